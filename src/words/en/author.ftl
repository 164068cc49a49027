# Mistakes of a scenario's or a lab's author: the sentences of diagnostics.
