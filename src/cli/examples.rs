//! Example commands, shown below the English `--help` of each command. [`super::help`] has the
//! Portuguese ones.

pub(super) const RUN: &str = "Examples:
  socklab run                                            the bundled lab on the bundled programs
  socklab run --server tcp-simple='python3 echo.py'      replace the program of one role
  socklab run --item tcp-multi.5 --item 'udp-simple.*'   only some items
  socklab run my-scenario.yaml                           your own scenario
  socklab run my-lab/many.yaml                           one scenario of a lab and its dependencies
  socklab run --target tcp-simple=192.0.2.7:65432        a server that is already running elsewhere
  socklab run --report junit=results.xml --report json=- two reports; - is standard output
  socklab run --evidence evidence --item tcp-multi.4     keep packets, diagram and journal";

pub(super) const CHECK: &str = "Examples:
  socklab check                              the submission in this directory
  socklab check trabalho.zip                 an archive, as you will submit it
  socklab check . --item tcp-multi.5         one item
  socklab check . --watch                    again whenever a file changes
  socklab check . --report html=page.html    a page for the browser: items, packets, sockets, captures";

pub(super) const GRADE: &str = "Examples:
  socklab grade entregas/                    one folder or archive per submission
  socklab grade download.zip                 the download of a Moodle or Canvas assignment
  socklab grade entregas/ --roster turma.csv one row, with name, for everyone in the list
  socklab grade entregas/ --failed           only those that did not fully pass
  socklab grade entregas/ --shard 3/8 --store part-3.db
                                             a part of the class, on one of several machines
  socklab grade entregas/ --slurm --shards 64
                                             all parts and the merge, on a Slurm cluster
  socklab report socklab.db --format csv     the same table, without running anything";

pub(super) const MERGE: &str = "Examples:
  socklab merge part-*.db --store class.db   one results file from those of all shards
  socklab report class.db --format csv       the table of the whole class

If a part is missing, unfinished or of another class, nothing is merged.";

pub(super) const REGRADE: &str = "Examples:
  socklab regrade                            re-judge the results in socklab.db
  socklab regrade notas.db --lab my-lab      with your own lab";

pub(super) const MARK: &str = "Examples:
  socklab mark notas.db --student ana --item tcp-simple.5 --points 2 --comment \"clear answer\"
  socklab mark notas.db --student ana --item tcp-simple.5 --remove
  socklab mark notas.db                      list all marks

The points are added to those of the run in every report. Verdict and maximum stay.";

pub(super) const REPORT: &str = "Examples:
  socklab report notas.db                                     the class, in the terminal
  socklab report notas.db --only ana                          one submission
  socklab report notas.db --format csv --output notas.csv     a table
  socklab report notas.db --moodle worksheet.csv --output filled.csv
  socklab report notas.db --canvas export.csv --column Sockets --skip-unknown --output filled.csv";

pub(super) const INIT: &str = "Examples:
  socklab init                               the submission in this directory
  socklab init trabalho --force              again, overwriting the file
  socklab init --ci github                   a workflow that checks every push
  socklab init --devcontainer                a container with socklab for Codespaces and VS Code";

pub(super) const NEW_LAB: &str = "Examples:
  socklab new-lab my-lab                     write the lab
  socklab run my-lab                         run it on the correct server: everything passes
  socklab run my-lab --server sum='python3 my-lab/wrong.py'
                                             run it on the broken server: one item fails";

pub(super) const AUDIT: &str = "Examples:
  socklab audit                              the default lab: every program with every mutation
  socklab audit my-lab --mutation sends-twice
                                             one mutation
  socklab audit my-lab --faulty sum='python3 my-lab/wrong.py'
                                             a faulty program beside the mutations

Exit code: 0 if every item fails for some fault, otherwise 1.";

pub(super) const LINT: &str = "Examples:
  socklab lint                               the bundled labs
  socklab lint my-lab                        a lab: lab.yaml and all files it names
  socklab lint my-lab/sum.yaml               one scenario";

pub(super) const SCHEMA: &str = "Examples:
  socklab schema                             the schema of scenario files
  socklab schema lab --output lab.schema.json
  socklab schema report                      the schema of --report json";

pub(super) const LIST: &str = "Examples:
  socklab list                               the items of the bundled lab
  socklab list --lab my-lab                  the items of your own lab
  socklab list --labs                        the bundled labs";

pub(super) const SHOW: &str = "Examples:
  socklab show tcp-multi.5                   what is asked, and how it is checked";

pub(super) const EXPLAIN: &str = "Examples:
  socklab explain tcp-multi.5                an item
  socklab explain connect uppercase          a step and an expectation
  socklab explain no-answer                  the cause of a failure, by id
  socklab explain 'client 1 sent data but received no answer'
  socklab explain 3                          an exit code
  socklab explain --all                      everything";

pub(super) const ANALYZE: &str = "Examples:
  socklab analyze capture.pcapng             every conversation, packet by packet
  socklab analyze capture.pcapng --port 65432 --summary
  socklab analyze capture.pcapng --expect tcp-multi.4
  tcpdump -i lo -w - | socklab analyze - --summary";

pub(super) const DOCTOR: &str = "Examples:
  socklab doctor                             what works on this machine
  socklab doctor --lang pt-BR                in Portuguese";

pub(super) const SERVE: &str = "Examples:
  socklab serve tcp-simple                   an echo server on 127.0.0.1:65432, for one client
  socklab serve tcp-multi --host 0.0.0.0     reachable from other machines
  socklab serve udp-simple --help            its options";

pub(super) const CLIENT: &str = "Examples:
  socklab client --message hello             send to the server on 127.0.0.1:65432
  socklab client --protocol udp --port 65431 --message hello";

pub(super) const COMPLETIONS: &str = "Examples:
  source <(socklab completions bash)         for the current shell
  socklab completions fish > ~/.config/fish/completions/socklab.fish";

pub(super) const MAN: &str = "Examples:
  socklab man --output man                   man/socklab.1, man/socklab-run.1, …
  man -l man/socklab-check.1                 read one of them";
