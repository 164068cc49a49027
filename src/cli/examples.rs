//! Whole commands to copy, shown below the help of each verb. English, as all help is.

pub(super) const RUN: &str = "Examples:
  socklab run                                            the bundled lab on the bundled programs
  socklab run --server tcp-simple='python3 echo.py'      one role's program replaced
  socklab run --item tcp-multi.5 --item 'udp-simple.*'   some items
  socklab run my-scenario.yaml                           a scenario of your own
  socklab run my-lab/many.yaml                           one scenario of a lab, and what its items need
  socklab run --target tcp-simple=192.0.2.7:65432        a server that runs already, elsewhere
  socklab run --report junit=results.xml --report json=- several reports; - is standard output
  socklab run --evidence evidence --item tcp-multi.4     packets, diagram and journal to keep";

pub(super) const CHECK: &str = "Examples:
  socklab check                              the submission in this folder
  socklab check trabalho.zip                 an archive, as it will be delivered
  socklab check . --item tcp-multi.5         one item
  socklab check . --watch                    again whenever a file is saved
  socklab check . --report html=page.html    a page for the browser: items, packets, sockets, captures";

pub(super) const GRADE: &str = "Examples:
  socklab grade entregas/                    one folder or archive a submission
  socklab grade download.zip                 the download of a Moodle or Canvas assignment
  socklab grade entregas/ --roster turma.csv everybody on the list has a row, with name
  socklab grade entregas/ --failed           only what was not right the last time
  socklab report socklab.db --format csv     the table again, without running anything";

pub(super) const REGRADE: &str = "Examples:
  socklab regrade                            what socklab.db holds, judged anew
  socklab regrade notas.db --lab my-lab      with a lab of your own";

pub(super) const REPORT: &str = "Examples:
  socklab report notas.db                                     the class on the terminal
  socklab report notas.db --only ana                          one submission, as its student sees it
  socklab report notas.db --format csv --output notas.csv     a table
  socklab report notas.db --moodle worksheet.csv --output filled.csv
  socklab report notas.db --canvas export.csv --column Sockets --skip-unknown --output filled.csv";

pub(super) const INIT: &str = "Examples:
  socklab init                               the submission in this folder
  socklab init trabalho --force              again, in place of the file that is there";

pub(super) const NEW_LAB: &str = "Examples:
  socklab new-lab my-lab                     writes the lab
  socklab run my-lab                         runs it on its reference server: everything passes
  socklab run my-lab --server sum='python3 my-lab/wrong.py'
                                             runs it on the wrong one: one item fails";

pub(super) const LINT: &str = "Examples:
  socklab lint                               the bundled labs
  socklab lint my-lab                        a lab: lab.yaml and all that it names
  socklab lint my-lab/sum.yaml               one scenario";

pub(super) const SCHEMA: &str = "Examples:
  socklab schema                             what scenario files may hold
  socklab schema lab --output lab.schema.json
  socklab schema report                      what --report json gives";

pub(super) const LIST: &str = "Examples:
  socklab list                               the items of the bundled lab
  socklab list --lab my-lab                  those of a lab of your own";

pub(super) const EXPLAIN: &str = "Examples:
  socklab explain tcp-multi.5                an item
  socklab explain connect uppercase          a step and an expectation
  socklab explain no-answer                  why an item failed: the id of its cause
  socklab explain 'client 1 sent and got no answer'
  socklab explain 3                          an exit code
  socklab explain --all                      everything there is";

pub(super) const ANALYZE: &str = "Examples:
  socklab analyze capture.pcapng             every conversation, packet by packet
  socklab analyze capture.pcapng --port 65432 --summary
  socklab analyze capture.pcapng --expect tcp-multi.4";

pub(super) const DOCTOR: &str = "Examples:
  socklab doctor                             what works here
  socklab doctor --lang pt-BR                the same in Portuguese";

pub(super) const SERVE: &str = "Examples:
  socklab serve tcp-simple                   the echo on 127.0.0.1:65432, for one client
  socklab serve tcp-multi --host 0.0.0.0     reached from other machines
  socklab serve udp-simple --help            its options";

pub(super) const CLIENT: &str = "Examples:
  socklab client --message hello             to the server on 127.0.0.1:65432
  socklab client --protocol udp --port 65431 --message hello";

pub(super) const COMPLETIONS: &str = "Examples:
  source <(socklab completions bash)         for this shell, now
  socklab completions fish > ~/.config/fish/completions/socklab.fish";

pub(super) const MAN: &str = "Examples:
  socklab man --output man                   man/socklab.1, man/socklab-run.1, and so on
  man -l man/socklab-check.1                 reads one of them";
