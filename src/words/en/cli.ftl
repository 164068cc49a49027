# What the command line itself says: bad options, lists, explanations, progress.
# A sentence begins in lower case and ends without a full stop.

# Around a complaint.
cli-error = error: { $message }

# Options that ask for something that there is not.
cli-unknown-language = there is no language "{ $tag }" here: use en or pt-BR
cli-unknown-lab = there is no lab "{ $lab }": name a bundled one ({ $known }) or a folder with a lab.yaml
cli-several-labs = several labs cannot be run at once: name one folder with a lab.yaml, or scenario files of one lab
cli-unknown-item = there is no item "{ $item }" here; there are: { $known }
cli-unknown-item-near = there is no item "{ $item }" here: did you mean "{ $near }"?
cli-unknown-role = the lab has no role "{ $role }"; it has: { $known }
cli-unknown-variable = no scenario has a variable "{ $name }" (known: { $known })
cli-no-variables = no scenario has a variable "{ $name }": there are none
cli-unknown-format = there is no report format "{ $format }"; there are: { $known }
cli-not-a-pair = { $flag } needs a name and a value joined by "=", not "{ $word }"
cli-bad-command = "{ $command }" is no command line: is a quotation mark missing, or is it empty?
cli-bad-address = "{ $address }" is not an address that can be reached: write HOST:PORT, as 192.0.2.7:65432
cli-unknown-name = there is no machine "{ $name }": its name leads to no address
cli-same-file = two reports would go to "{ $file }": give each a file of its own
cli-no-folder = a report cannot be written to "{ $file }": it is a folder, or its folder is not there
cli-not-readable = the programs run as another user here, who may not read "{ $path }": move it or allow it to be read
cli-server-folder = "{ $folder }" is a folder and no program: name the file in it, as --server ROLE='python3 { $folder }/server.py'
cli-server-and-target = --server and --target both name the role "{ $role }": either socklab starts the program, or it runs already
cli-evidence-place = evidence cannot be kept in "{ $folder }": { $why }
cli-evidence-file = it is a file
cli-evidence-foreign = "{ $path }" is there already, is no evidence folder of socklab, and stays as it is
cli-evidence-denied = nothing may be written there
cli-planted-link = "{ $link }" is a link that came with the submission: nothing is written through it (remove it, or name another place)
cli-evidence-link = no evidence is kept: "{ $link }" is a link that came with the submission (remove it, or name another place with --evidence)

# A command line that cannot be read.
cli-misread-option = there is no option "{ $arg }" here
cli-misread-verb = there is no command "{ $verb }"
cli-misread-near = { $what }: did you mean "{ $near }"?
cli-misread-no-value = "{ $arg }" needs a value
cli-misread-value = "{ $value }" does not fit "{ $arg }"
cli-misread-value-known = "{ $value }" does not fit "{ $arg }"; there are: { $known }
cli-misread-range = "{ $value }" is outside of what "{ $arg }" takes: from { $low } to { $high }
cli-misread-missing = { $args } is missing
cli-misread-conflict = "{ $arg }" and "{ $other }" do not go together
cli-misread-usage = usage: { $usage }
cli-misread-help = --help tells more

# Progress and lists.
cli-scenario-over = { $scenario }: { $pass } of { $all } passed ({ $ms } ms)
cli-points = { $points ->
    [1] 1 point
   *[other] { $points } points
}
cli-lint-clean = { $files ->
    [1] 1 file or lab read, no mistakes
   *[other] { $files } files or labs read, no mistakes
}

# Explanations.
cli-nothing-to-explain = there is nothing called "{ $word }" to explain; `socklab explain --all` shows everything
cli-nothing-to-explain-near = there is nothing called "{ $word }" to explain: did you mean "{ $near }"?
cli-explain-points = points
cli-explain-file = file
cli-explain-needs = needs
cli-explain-expects = expects
cli-explain-hint = hint
cli-explain-step = step
cli-explain-expectation = expectation
cli-explain-exit = exit code {"{}"}
cli-exit-passed = every item passed
cli-exit-failed = at least one item failed
cli-exit-usage = the command line, a scenario or a manifest is wrong; nothing was run
cli-exit-not-verified = nothing failed, but something could not be verified (--allow-unverified makes this 0)
cli-exit-harness = socklab itself failed; this never counts against a program
cli-exit-interrupted = broken off by Ctrl-C or a signal; the report holds what was done until then

cli-harness = socklab itself failed: { $problem }
cli-given-twice = { $flag } names { $name } twice; give it once

# Where programs cannot be isolated.
cli-plain-means = programs cannot be isolated on this machine ({ $problem }), and without isolation they run { $user ->
    [root] as the user nobody
   *[other] under your account
} and on this machine's own network: they can reach its local services, read the files of the system and see its other processes
cli-plain-refused = { $means }; nothing was run; { $remedy }; to grade without isolation all the same: --stage plain
cli-plain-warning = warning: { $means }; { $remedy }; to run them so without this warning: --stage plain
cli-plain-note = warning: { $means }; { $remedy }
