# What expectations find: the sentences of findings, stories, notes and hints.
