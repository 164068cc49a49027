# Output of `init`, `new-lab` and `man`, and the progress line.

cli-meant = { $complaint }; did you mean "{ $near }"?
cli-man-no-folder = "{ $folder }" is not a directory
cli-man-written = { $pages } manual pages written to { $folder }
cli-new-lab-not-empty = "{ $folder }" is not an empty directory: choose another one
cli-new-lab-written =
    created a lab in { $folder }; try it:
      socklab lint { $folder }
      socklab run { $folder }
      socklab run { $folder } --server sum={ $wrong }

# Comments in socklab.yaml.
init-what = How socklab runs the programs of this folder, as found by trying them. Edit freely: this file takes precedence.
init-how = run: the command as a list of words; {"{port}"} and {"{host}"} are replaced. Other keys: build, port, stdin (see socklab schema submission).
init-servers = The servers, by their role in the lab.
init-clients = The clients, by the role of the server they connect to.
init-role = { $title }: { $protocol }, port { $port }
init-because = { $file }: { $because }
init-without = No program was found for these roles. If you have one, add it under "servers:" in the same way:
init-others = Other programs found, not used:

# The current activity, on the progress line.
progress-scenario = { $scenario }: { $doing }
progress-looking = finding and building the programs
progress-again = re-running failed items
progress-start = waiting for the server's socket
progress-type = typing
progress-listen = opening a listening socket
progress-accept = waiting for connections of the program
progress-connect = connecting
progress-send = sending
progress-receive = waiting for an answer
progress-exchange = sending and waiting for the answer
progress-finish-sending = half-closing the connections
progress-close = closing
progress-abort = resetting
progress-snapshot = reading the socket table
progress-wait = waiting for the server to exit or print
progress-stop = stopping the server
progress-packets = reading the packets
progress-other = running
