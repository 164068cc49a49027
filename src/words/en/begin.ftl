# The first five minutes: what `init`, `new-lab` and `man` write and say.

cli-meant = { $complaint }; did you mean "{ $near }"?
cli-man-no-folder = "{ $folder }" is no folder
cli-man-written = { $pages } manual pages written into { $folder }
cli-new-lab-not-empty = "{ $folder }" is there and is not an empty folder: name another one
cli-new-lab-written =
    a lab was written into { $folder }; try it:
      socklab lint { $folder }
      socklab run { $folder }
      socklab run { $folder } --server sum={ $wrong }

# Comments in socklab.yaml.
init-what = How the programs of this folder are run, found by trying them. Change it freely: socklab believes what stands here.
init-how = run: the command as a list of words; {"{port}"} and {"{host}"} are replaced. Also possible: build, port, stdin (socklab schema submission).
init-servers = The servers, by their role in the lab.
init-clients = The clients, by the role of the server that they talk to.
init-role = { $title }: { $protocol }, port { $port }
init-because = { $file }: { $because }
init-without = No program was found for these roles. Where you have one, write it under "servers:", in the same way:
init-others = Also there, and not used:

# What is being waited for, on the moving line.
progress-scenario = { $scenario }: { $doing }
progress-looking = finding and building the programs
progress-again = looking again at what failed
progress-start = waiting for the server's socket
progress-connect = connecting
progress-send = sending
progress-receive = waiting for an answer
progress-exchange = sending and waiting for the answer
progress-finish-sending = ending the clients' sending
progress-close = closing
progress-abort = resetting
progress-snapshot = looking at the socket table
progress-wait = waiting for the server to end, or to print something
progress-stop = stopping the server
progress-packets = reading the packets
progress-other = running
