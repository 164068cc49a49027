# The texts of `--help`; those of arguments equal the doc comments (a test compares them). A command is `help-COMMAND`, an argument
# `help-COMMAND-ARGUMENT` or, if several commands have it, `help-any-ARGUMENT`; a possible value appends its name. `-after` follows
# the help of a command.

help-word-usage = Usage
help-word-commands = Commands
help-word-arguments = Arguments
help-word-options = Options
help-word-default = default
help-word-possible-values = possible values

# Placeholders of values.
help-value-options = OPTIONS
help-value-command = COMMAND
help-value-tag = TAG
help-value-when = WHEN
help-value-store = STORE
help-value-lab = LAB
help-value-folder = FOLDER
help-value-service = SERVICE
help-value-files = FILES
help-value-file = FILE
help-value-name = NAME
help-value-output = OUTPUT
help-value-words = KEYWORDS
help-value-port = PORT
help-value-item = ITEM
help-value-n = N
help-value-text = TEXT
help-value-arguments = ARGUMENTS
help-value-shell = SHELL
help-value-dir = DIR
help-value-delivery = DELIVERY
help-value-id = ID
help-value-jobs = JOBS
help-value-seed = SEED
help-value-time = TIME
help-value-format-file = FORMAT=FILE
help-value-what = WHAT
help-value-stage = STAGE
help-value-submissions = SUBMISSIONS
help-value-csv = CSV
help-value-format = FORMAT
help-value-column = COLUMN
help-value-i-n = I/N
help-value-parts = PARTS
help-value-steps = STEPS
help-value-role-command = ROLE=COMMAND
help-value-role-host-port = ROLE=HOST:PORT
help-value-name-value = NAME=VALUE
help-value-arg = ARG

# Arguments of several commands.
help-any-help = Print help
help-any-version = Print version
help-any-lang = Output language: en or pt-BR [default: from LC_ALL, LC_MESSAGES or LANG]
help-any-color = When to use colours: auto, always or never
help-any-verbose = Report every item by itself, all hints, and the line of the scenario
help-any-quiet = Report only where to start, and the points
help-any-store = Results file
help-any-lab = A bundled lab's name, or a directory with a lab.yaml
help-any-output = Write to this file instead of standard output
help-any-items = Only this item, or the items of this part (repeatable; `*` is a wildcard)
help-any-jobs = Number of scenarios to run in parallel [default: number of CPUs + 1]
help-any-build_timeout = Time limit for all builds of a submission together; a single build may use three quarters of it
help-any-observe_timeout = Time limit per submission for runs in addition to the lab's items: detecting programs, testing clients, explaining failures
help-any-reports = Write a report as FORMAT=FILE; `-` is standard output (repeatable)
help-any-shows = Also print this for each scenario
help-any-shows-timeline = Sequence diagram of packets and system calls
help-any-shows-packets = One line per packet
help-any-shows-sockets = The socket table in each snapshot
help-any-stage = Sandbox mode
help-any-stage-auto = Isolated if available, otherwise plain with a warning (`grade`: nothing is run)
help-any-stage-isolated = In its own namespaces
help-any-stage-plain = Without a sandbox, on this machine's own network
help-any-allow_unverified = Exit with 0 even if some items could not be verified
help-any-no_ci = Disable automatic CI and grading-platform output

help-socklab = Grades socket programming labs with evidence from the kernel
help-socklab-after = Exit codes: 0 every item passed; 1 an item failed; 2 invalid command line, scenario or manifest (nothing was run); 3 nothing failed, but some items could not be verified; 4 internal error; 130 interrupted.
help-help = Print this help or the help of a command

help-run = Run the bundled lab, or scenario files, and report each item
help-run-files = Scenario files, or one directory with a lab.yaml [default: the bundled lab]. A file listed by a lab.yaml in the same or a parent directory runs as part of that lab; items it depends on run too, unreported
help-run-lab = If no files are given: a bundled lab's name, or a directory with a lab.yaml
help-run-servers = Command line for a role; {"{port}"} and {"{host}"} are substituted; not run in a shell
help-run-targets = Test a server already running at this address; what cannot be observed is not verified
help-run-variables = Set a scenario variable
help-run-seed = Seed for all random choices [default: random, shown in the report; 1 if only bundled programs run]
help-run-evidence = Write the evidence of each scenario to this directory: packets for Wireshark, a sequence diagram, the journal, the socket table, the servers' output, and a manifest with the hash of every file
help-run-after =
    Examples:
      socklab run                                            the bundled lab on the bundled programs
      socklab run --server tcp-simple='python3 echo.py'      replace the program of one role
      socklab run --item tcp-multi.5 --item 'udp-simple.*'   only some items
      socklab run my-scenario.yaml                           your own scenario
      socklab run my-lab/many.yaml                           one scenario of a lab and its dependencies
      socklab run --target tcp-simple=192.0.2.7:65432        a server that is already running elsewhere
      socklab run --report junit=results.xml --report json=- two reports; - is standard output
      socklab run --evidence evidence --item tcp-multi.4     keep packets, diagram and journal

help-check = Check a submission: find its programs, run the lab, explain failures
help-check-delivery = The submission: a directory or an archive (zip, tar, tar.gz) [default: current directory, or Gradescope's]
help-check-seed = Seed for all random choices [default: random, shown in the report]
help-check-evidence = Write the evidence of failed items to this directory
help-check-steps = Replace the steps of the item after `start`, and check only its answers, as in `connect, exchange: a, close`
help-check-watch = Check again whenever a file changes, until Ctrl-C
help-check-after =
    Examples:
      socklab check                              the submission in this directory
      socklab check trabalho.zip                 an archive, as you will submit it
      socklab check . --item tcp-multi.5         one item
      socklab check . --watch                    again whenever a file changes
      socklab check . --report html=page.html    a page for the browser: items, packets, sockets, captures

help-grade = Grade all submissions in a folder or LMS download (resumable)
help-grade-submissions = Directories of submissions, archives of one submission each, or Moodle or Canvas assignment downloads
help-grade-roster = Class roster: CSV, with or without a heading, one submission per row, named in the first column, in one called submission, folder or id, or in the one that matches; reports show the names in another column
help-grade-jobs = Number of submissions to grade in parallel, each with up to four scenarios; more start while those wait [default: number of CPUs]
help-grade-seed = Seed for all random choices [default: the one in the results file, otherwise random; of a shard: derived from the class]
help-grade-reports = Write a report of the class as FORMAT=FILE; `-` is standard output (repeatable) [default: a table on a terminal, else csv=-]
help-grade-force = Re-run all submissions, even unchanged ones
help-grade-only = Only this submission (repeatable; `*` is a wildcard)
help-grade-failed = Re-run submissions that did not fully pass
help-grade-shard = Grade one of N parts of the class, as in `3/64`; `auto` reads it from the variables of the cluster or CI service. `socklab merge` joins the results files
help-grade-earlier = Begin with those that took longest in this earlier results file [default: --store]
help-grade-progress = Write the progress to this file as JSON, for other programs
help-grade-slurm = Grade the class as an array job of the Slurm cluster, merge its results into --store, and show the progress. Ctrl-C ends only the display; the same command shows it again, or submits what is missing
help-grade-shards = Slurm: number of shards, each a task of the array
help-grade-at_once = Slurm: maximum number of tasks that run at a time [default: as the cluster allows]
help-grade-sbatch_args = Slurm: argument for sbatch, such as `--sbatch-arg=--partition=long` (repeatable)
help-grade-dry_run = Slurm: print the scripts and commands; submit nothing
help-grade-after =
    Examples:
      socklab grade entregas/                    one folder or archive per submission
      socklab grade download.zip                 the download of a Moodle or Canvas assignment
      socklab grade entregas/ --roster turma.csv one row, with name, for everyone in the list
      socklab grade entregas/ --failed           only those that did not fully pass
      socklab grade entregas/ --shard 3/8 --store part-3.db
                                                 a part of the class, on one of several machines
      socklab grade entregas/ --slurm --shards 64
                                                 all parts and the merge, on a Slurm cluster
      socklab report socklab.db --format csv     the same table, without running anything

help-merge = Merge the shards of a class into one results file
help-merge-parts = Results files of all shards of the class, in any order
help-merge-store = Results file of the class; its marks are kept
help-merge-after =
    Examples:
      socklab merge part-*.db --store class.db   one results file from those of all shards
      socklab report class.db --format csv       the table of the whole class

    If a part is missing, unfinished or of another class, nothing is merged.

help-regrade = Re-judge stored evidence with the current lab, without running anything
help-regrade-after =
    Examples:
      socklab regrade                            re-judge the results in socklab.db
      socklab regrade notas.db --lab my-lab      with your own lab

help-mark = Add points by hand to those of an item, with a comment; without options, list them
help-mark-student = The submission: its id, or the student's name
help-mark-item = The item, such as `tcp-simple.5`
help-mark-points = Points to add; negative points are subtracted, at most to 0. Replaces an earlier mark
help-mark-comment = A comment, which students see in every report
help-mark-remove = Remove the mark of the item
help-mark-after =
    Examples:
      socklab mark notas.db --student ana --item tcp-simple.5 --points 2 --comment "clear answer"
      socklab mark notas.db --student ana --item tcp-simple.5 --remove
      socklab mark notas.db                      list all marks

    The points are added to those of the run in every report. Verdict and maximum stay.

help-report = Generate a report from stored results, or fill in a gradebook
help-report-format = Report format
help-report-only = Only this submission (`*` is a wildcard)
help-report-for_students = Omit hidden items
help-report-anonymous = html: replace names by numbers and omit text written by students
help-report-moodle = Fill in this Moodle worksheet; points are scaled to its maximum grade
help-report-canvas = Fill in this Canvas export; points are scaled to the assignment's "Points Possible"
help-report-column = Canvas: the assignment's title, or the first characters of its column heading
help-report-skip_unknown = Skip and list submissions that have no row in the gradebook
help-report-output = Write to this file instead of standard output; html: to this directory, with the class in index.html and one page per submission
help-report-after =
    Examples:
      socklab report notas.db                                     the class, in the terminal
      socklab report notas.db --only ana                          one submission
      socklab report notas.db --format csv --output notas.csv     a table
      socklab report notas.db --moodle worksheet.csv --output filled.csv
      socklab report notas.db --canvas export.csv --column Sockets --skip-unknown --output filled.csv

help-init = Find the programs of a submission and write socklab.yaml
help-init-folder = The submission's directory
help-init-force = Overwrite an existing file
help-init-ci = Write a workflow that checks every push on this CI service instead
help-init-ci-github = .github/workflows/socklab.yml
help-init-ci-gitlab = .gitlab-ci.yml
help-init-devcontainer = Write a development container for Codespaces and VS Code instead
help-init-after =
    Examples:
      socklab init                               the submission in this directory
      socklab init trabalho --force              again, overwriting the file
      socklab init --ci github                   a workflow that checks every push
      socklab init --devcontainer                a container with socklab for Codespaces and VS Code

help-new-lab = Create a small working lab: scenario, correct and broken server, README
help-new-lab-folder = A new or empty directory
help-new-lab-after =
    Examples:
      socklab new-lab my-lab                     write the lab
      socklab run my-lab                         run it on the correct server: everything passes
      socklab run my-lab --server sum='python3 my-lab/wrong.py'
                                                 run it on the broken server: one item fails

help-audit = Test a lab: mutate its correct programs, and report which items notice
help-audit-lab = A bundled lab's name, or a directory with a lab.yaml
help-audit-mutations = Only this mutation; may be repeated [default: all]
help-audit-faulty = A faulty program for a role, which some item should fail; may be repeated
help-audit-json = Print JSON
help-audit-after =
    Examples:
      socklab audit                              the default lab: every program with every mutation
      socklab audit my-lab --mutation sends-twice
                                                 one mutation
      socklab audit my-lab --faulty sum='python3 my-lab/wrong.py'
                                                 a faulty program beside the mutations

    Exit code: 0 if every item fails for some fault, otherwise 1.

help-lint = Check scenario and lab files without running anything
help-lint-files = Scenario files, lab.yaml files, or directories with a lab.yaml [default: the bundled labs]
help-lint-after =
    Examples:
      socklab lint                               the bundled labs
      socklab lint my-lab                        a lab: lab.yaml and all files it names
      socklab lint my-lab/sum.yaml               one scenario

help-schema = Print a JSON Schema (scenario, lab, submission or report)
help-schema-name = The schema to print
help-schema-after =
    Examples:
      socklab schema                             the schema of scenario files
      socklab schema lab --output lab.schema.json
      socklab schema report                      the schema of --report json

help-list = List the items of a lab
help-list-labs = List the bundled labs instead
help-list-after =
    Examples:
      socklab list                               the items of the bundled lab
      socklab list --lab my-lab                  the items of your own lab
      socklab list --labs                        the bundled labs

help-show = Show what the lab asks in an item, and the scenario that checks it
help-show-item = The item
help-show-lab = A bundled lab's name, or a directory with a lab.yaml
help-show-after =
    Examples:
      socklab show tcp-multi.5                   what is asked, and how it is checked

help-explain = Explain an item, a step, an expectation, the cause of a failure, an exit code or the sandbox
help-explain-words = An item, keyword, cause or exit code, such as `tcp-multi.5`, `connect`, `no-answer`, `3`; `sandbox`; or a cause quoted from a report
help-explain-all = Explain everything
help-explain-lab = The lab of the items: a bundled lab's name, or a directory with a lab.yaml
help-explain-after =
    Examples:
      socklab explain tcp-multi.5                an item
      socklab explain connect uppercase          a step and an expectation
      socklab explain no-answer                  the cause of a failure, by id
      socklab explain 'client 1 sent data but received no answer'
      socklab explain 3                          an exit code
      socklab explain --all                      everything

help-analyze = Summarize the TCP and UDP conversations of a capture file (pcapng or pcap)
help-analyze-file = The capture file, also compressed with gzip or zstd; "-" reads standard input
help-analyze-port = Only conversations that use this port at either end
help-analyze-summary = One line per conversation, without packets
help-analyze-expect = Judge the capture against this lab item, using packets only
help-analyze-after =
    Examples:
      socklab analyze capture.pcapng             every conversation, packet by packet
      socklab analyze capture.pcapng --port 65432 --summary
      socklab analyze capture.pcapng --expect tcp-multi.4
      tcpdump -i lo -w - | socklab analyze - --summary

help-doctor = Check what this machine supports, and how to fix what it does not
help-doctor-after =
    Examples:
      socklab doctor                             what works on this machine
      socklab doctor --lang pt-BR                in Portuguese

help-serve = Run one of the bundled servers (also installed as socklab-tcp-simple etc.)
help-serve-arguments = tcp-simple, udp-simple, tcp-multi, line-chat, http-server or file-server, followed by its options: --host, --port
help-serve-after =
    Examples:
      socklab serve tcp-simple                   an echo server on 127.0.0.1:65432, for one client
      socklab serve tcp-multi --host 0.0.0.0     reachable from other machines
      socklab serve udp-simple --help            its options
help-serve-program =
    The lab's { $name } server.

    Usage: { $name } [--host HOST] [--port PORT]{ $concurrent ->
        [yes] {" [--concurrent]"}
       *[no] {""}
    }

    Defaults: --host 127.0.0.1 --port { $port }{ $concurrent ->
        [yes] {"\u000A"}--concurrent serves each connection in its own thread
       *[no] {""}
    }

help-client = Run the bundled client
help-client-arguments = The client's options: --protocol, --host, --port, --message
help-client-after =
    Examples:
      socklab client --message hello             send to the server on 127.0.0.1:65432
      socklab client --protocol udp --port 65431 --message hello
help-client-program =
    The lab's client: sends one message and prints what comes back.
    With chat, a client for the line-chat server: sends each typed line, and prints each line that comes.
    With files, a client for the file-server: gets a file, or puts one there.

    Usage: client [tcp|udp|chat] [HOST PORT] [--host HOST] [--port PORT] [--message TEXT]
           client files HOST PORT get|put NAME

    Defaults: tcp --host 127.0.0.1 --message 'Hello, world'
              --port 65432 for tcp, 65431 for udp, 65433 for chat

help-completions = Print a completion script for a shell
help-completions-shell = Shell
help-completions-after =
    Examples:
      source <(socklab completions bash)         for the current shell
      socklab completions fish > ~/.config/fish/completions/socklab.fish

help-man = Write the manual pages of socklab and its commands
help-man-output = Output directory, created if missing
help-man-after =
    Examples:
      socklab man --output man                   man/socklab.1, man/socklab-run.1, …
      man -l man/socklab-check.1                 read one of them
