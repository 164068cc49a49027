# What this machine can and cannot do: the sentences of `socklab doctor` and of evidence that is missing.
