# Messages of the command line: bad options, lists, explanations, progress.
# A message starts in lower case and has no full stop.

# Prefix of an error.
cli-error = error: { $message }

# Options with unusable values.
cli-unknown-language = unknown language "{ $tag }": use en or pt-BR
cli-unknown-lab = unknown lab "{ $lab }": use a bundled one ({ $known }) or a directory with a lab.yaml
cli-several-labs = only one lab can be run at a time: give one directory with a lab.yaml, or scenario files of one lab
cli-unknown-item = unknown item "{ $item }"; available: { $known }
cli-unknown-item-near = unknown item "{ $item }": did you mean "{ $near }"?
cli-steps-one-item = --steps needs exactly one --item, whose answers it checks
cli-steps-no-answers = --steps: item "{ $item }" belongs to no program with a known kind of answer
cli-unknown-role = unknown role "{ $role }"; the lab has: { $known }
cli-unknown-variable = no scenario has a variable "{ $name }" (known: { $known })
cli-no-variables = no scenario has a variable "{ $name }": there are no variables
cli-unknown-format = unknown report format "{ $format }"; available: { $known }
cli-not-a-pair = { $flag } needs a name and a value separated by "=", not "{ $word }"
cli-bad-command = invalid command line "{ $command }": it is empty or a quotation mark is missing
cli-bad-address = "{ $address }" is not a valid address: write HOST:PORT, for example 192.0.2.7:65432
cli-unknown-name = cannot resolve the host name "{ $name }"
cli-file-twice = "{ $file }" is a file of this run already: use another one for { $option }
cli-same-file = two reports would be written to "{ $file }": use a different file for each
cli-no-folder = cannot write a report to "{ $file }": it is a directory, or its directory does not exist
cli-not-readable = programs run as another user here, who cannot read "{ $path }": move it or allow it to be read
cli-server-folder = "{ $folder }" is a directory, expected a program: name the file in it, for example --server ROLE='python3 { $folder }/server.py'
cli-server-and-target = --server and --target both name the role "{ $role }": socklab either starts the program or connects to a running one
cli-evidence-place = cannot write evidence to "{ $folder }": { $why }
cli-evidence-file = it is a file
cli-evidence-foreign = "{ $path }" already exists and is not an evidence directory of socklab: not overwritten
cli-evidence-denied = permission denied
cli-planted-link = "{ $link }" is a symbolic link from the submission: socklab does not write through it (remove it, or choose another location)
cli-evidence-link = no evidence will be written: "{ $link }" is a symbolic link from the submission (remove it, or choose another directory with --evidence)

# Errors in the command line.
cli-misread-option = unknown option "{ $arg }"
cli-misread-verb = unknown command "{ $verb }"
cli-misread-near = { $what }; did you mean "{ $near }"?
cli-misread-no-value = "{ $arg }" needs a value
cli-misread-value = invalid value "{ $value }" for "{ $arg }"
cli-misread-value-known = invalid value "{ $value }" for "{ $arg }"; possible values: { $known }
cli-misread-range = "{ $value }" is out of range for "{ $arg }": from { $low } to { $high }
cli-misread-missing = missing argument { $args }
cli-misread-conflict = "{ $arg }" cannot be used with "{ $other }"
cli-misread-usage = usage: { $usage }
cli-misread-help = for more information, use --help

# Progress and lists.
cli-scenario-over = { $scenario }: { $pass } of { $all } passed ({ $ms } ms)
cli-points = { $points ->
    [1] 1 point
   *[other] { $points } points
}
cli-lint-clean = { $files ->
    [1] checked 1 file or lab: no errors
   *[other] checked { $files } files or labs: no errors
}

# Explanations.
cli-nothing-to-explain = nothing to explain for "{ $word }"; `socklab explain --all` shows everything
cli-nothing-to-explain-near = nothing to explain for "{ $word }": did you mean "{ $near }"?
cli-explain-points = points
cli-show-questions = asks
watch-again = a file changed: checking again
watch-same-files = saved, but no content changed: nothing was run
watch-same = no item changed since the last run ({ $earned } of { $of } { $of ->
    [1] point
   *[other] points
})
watch-points = changed since the last run: { $before } → { $earned } of { $of } { $of ->
    [1] point
   *[other] points
}
watch-better = better: { $item } ({ $before } → { $now })
watch-worse = worse: { $item } ({ $before } → { $now })
watch-changed = changed: { $item } ({ $before } → { $now })
watch-other-cause = still { $now }, with another cause: { $item }
cli-watching = watching { $path } for changes; Ctrl-C ends
cli-explain-file = file
cli-explain-needs = needs
cli-explain-expects = expects
cli-explain-hint = hint
cli-explain-step = step
cli-explain-expectation = expectation
cli-explain-exit = exit code {"{}"}
cli-exit-passed = every item passed
cli-exit-failed = at least one item failed
cli-exit-usage = the command line, a scenario, a manifest or a capture is invalid; nothing was run
cli-exit-not-verified = nothing failed, but something could not be verified (exit code 0 with --allow-unverified)
cli-exit-harness = internal error of socklab; this never counts against a program
cli-exit-interrupted = interrupted by Ctrl-C or a signal; the report contains everything completed until then

cli-harness = internal error: { $problem }
cli-given-twice = { $flag } names { $name } more than once

# Machines without a sandbox.
cli-plain-means = no sandbox is available on this machine ({ $problem }); without one, programs run { $user ->
    [root] as the user nobody
   *[other] under your account
} and on this machine's own network: they can reach its local services, read its system files and see its other processes
cli-plain-refused = { $means }; nothing was run; { $remedy }; to grade without a sandbox anyway: --stage plain
cli-plain-warning = warning: { $means }; { $remedy }; to run without a sandbox and without this warning: --stage plain
cli-plain-note = warning: { $means }; { $remedy }

# Grading by Slurm.
cli-slurm-missing = "{ $command }" was not found: --slurm needs the commands of a Slurm cluster, as on its login node. --dry-run prints the scripts without them, and --shard grades without Slurm
cli-slurm-refused = { $command } failed: { $problem }
cli-slurm-argument = --sbatch-arg { $argument }: socklab sets this option itself
cli-slurm-other-options = "{ $folder }" belongs to a class with other options: "{ $before }", and now "{ $now }". Use the earlier ones, choose another --store, or remove the folder
cli-slurm-commands = Commands
cli-slurm-submitted = { $n ->
    [0] all shards are graded
    [1] 1 shard submitted as job { $job }
   *[other] { $n } shards submitted as job { $job }
}; the merge is job { $merge }
cli-slurm-attached = the jobs of this class are in the queue
cli-slurm-progress = { $complete } of { $shards } shards, { $done } of { $total } submissions{ $errors ->
    [0] {""}
    [1] {""}, 1 with an error
   *[other] {""}, { $errors } with errors
}; { $running ->
    [1] 1 task running
   *[other] { $running } tasks running
}{ $left ->
    [none] {""}
   *[other] {""}; { $left } left
}
cli-slurm-failed = shard { $shard } has ended without results ({ $state }): see { $log }
cli-slurm-more = { $n ->
    [1] 1 more shard has ended without results
   *[other] { $n } more shards have ended without results
}
cli-slurm-incomplete = { $n ->
    [0] all shards are graded, but not merged: see { $log }; run the same command again to merge them
    [1] 1 shard is missing, and nothing is merged: run the same command again to submit it
   *[other] { $n } shards are missing, and nothing is merged: run the same command again to submit them
}
cli-slurm-left = the jobs go on; run the same command again to see their progress
cli-slurm-unknown = squeue failed, which is tried again: { $problem }
cli-slurm-done = { $n ->
    [1] 1 submission in "{ $store }"
   *[other] { $n } submissions in "{ $store }"
}
