# What this machine can and cannot do: the sentences of `socklab doctor` and of evidence that is missing.

# The stage.
doctor-stage-isolated = programs run isolated here: in namespaces of their own, with a network of their own
doctor-stage-plain = programs run plainly here: on this machine's own network, without isolation
doctor-plain-means = so packets and items with two hosts are not verified here; system calls are, where they can be watched (below)
doctor-plain-means-captured = so items with two hosts are not verified here; packets are captured, of the servers' ports alone, and system calls are watched where that can be done (below)
doctor-because = why: { $problem }
doctor-needs-sandbox = it is only there inside a sandbox of namespaces, which is denied (see above)
doctor-refused = { $answer }, when { $deed }
doctor-as-it-came = { $text }
doctor-no-bound = this kernel does not list bound sockets

# What was being done.
doctor-deed-namespaces = making namespaces
doctor-deed-user = mapping the user into a namespace
doctor-deed-fork = starting a process
doctor-deed-nobody = becoming a user without rights
doctor-deed-name = naming the host
doctor-deed-mount = mounting in the sandbox
doctor-deed-limit = limiting the processes
doctor-deed-network = turning on loopback
doctor-deed-packet-socket = opening a packet socket
doctor-deed-table = asking for the socket table
doctor-deed-bind = binding a socket
doctor-deed-pidfd = opening a pidfd
doctor-deed-notify = asking for notification of system calls
doctor-deed-memory-group = making a group with a bound on memory
doctor-deed-probe = starting the process that tries it

# What the kernel answered.
doctor-answer-permission = operation not permitted (EPERM)
doctor-answer-denied = permission denied (EACCES)
doctor-answer-no-more = the limit is reached (ENOSPC)
doctor-answer-unknown = the kernel does not know it (ENOSYS)
doctor-answer-invalid = the kernel does not take it so (EINVAL)
doctor-answer-missing = it is not there (ENOENT)
doctor-answer-read-only = it is read-only (EROFS)
doctor-answer-for-now = not now, there is too much of it (EAGAIN)
doctor-answer-memory = no memory left (ENOMEM)

# What is tried.
doctor-namespaces = a sandbox of namespaces, without being root
doctor-own-proc = a /proc of its own inside the sandbox
doctor-packet-socket = packet sockets inside the sandbox
doctor-capture = packets of the servers' ports on this machine's own loopback, without a sandbox
doctor-pid-max = a cap on processes for each sandbox
doctor-sock-diag = the kernel's socket table
doctor-bound-inactive = TCP sockets that are bound and do not listen, in the socket table
doctor-pidfd = holding processes by descriptors (pidfd)
doctor-seccomp-notify = watching system calls (seccomp user notification)
doctor-memory-group = a bound on memory that the kernel keeps for all programs of a run together (a cgroup)
doctor-other = another ability of this machine
doctor-open-files = { $files ->
    [1] a process may have 1 file open at a time
   *[other] a process may have { $files } files open at a time
}

# What would allow it.
doctor-remedy-max-namespaces = remedy: sudo sysctl -w user.max_user_namespaces=15000
doctor-remedy-userns-clone = remedy: sudo sysctl -w kernel.unprivileged_userns_clone=1
doctor-remedy-apparmor = remedy: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
doctor-remedy-container = remedy: start the container with docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined
doctor-remedy-capture = remedy: run socklab as root (it opens the capture, and then starts the programs as nobody)
doctor-remedy-kernel-pid-max = remedy: Linux 6.14 or newer (until then other caps hold the number of processes)
doctor-remedy-kernel-bound = remedy: Linux 6.8 or newer (until then a server that forgets listen is told as one that opens nothing)
doctor-remedy-memory-group = remedy: systemd-run --user --scope -p Delegate=yes socklab … (until then socklab adds up what the programs hold, and does not see full pipes and sockets)
doctor-remedy-none = no setting that socklab knows would change this

# Why something was not observed, in reports.
stage-plain = the programs could not be isolated here, so they ran on this machine's own network: { $problem }
stage-denied = this machine does not allow the stage that was asked for: { $problem }
needs-another = the item { $item } comes first: it has not passed
gap-socket-table = the kernel's socket table could not be read: { $problem }
gap-closed = the program (process { $process }) does not let itself be looked into, so that it is not known which sockets are its own: take prctl(PR_SET_DUMPABLE) out of it, or make its file readable (chmod u+r)
gap-32-bit = { $program } is a 32-bit program, which cannot be watched here: compile it for this machine (without -m32)
gap-hidden-program = the program runs { $program }, which is not its own: nothing of it was verified
gap-fenced = the program connects to port { $port }, which it serves itself: where programs are not isolated they may connect only to the lab's own ports, so nothing of it was verified (socklab doctor tells how to allow isolation)
gap-ipv6 = the server serves IPv6 alone ({ $at }), and the link between the two hosts is IPv4's: bind to 127.0.0.1 or 0.0.0.0 to have it verified
gap-target = the server runs elsewhere, and only its own machine can see its sockets and its process: there, ss -tulnp shows them, and socklab run verifies them
gap-calls = the system calls could not be watched: { $problem }
gap-packets = the packets could not be captured: { $problem }
gap-packets-plain = packets are captured without isolation only by root, or with the capability CAP_NET_RAW, and these were not (socklab doctor tells what this machine allows)
gap-packets-dropped = the capture is not whole: { $count ->
    [1] 1 packet went by and is
   *[other] { $count } packets went by and are
} not in it
gap-no-hosts = two hosts need namespaces, and this run had none (socklab doctor tells what this machine allows)
gap-target-packets = the packets go by on a real network: capture them with Wireshark (filter: tcp.port == { $port }) and run "socklab analyze FILE --port { $port }"
gap-stands-in = no program was given for the remote server; that of { $role } stands in and is bound to { $at }, which no other machine reaches: give one that is bound to 0.0.0.0 (--server remote='…', or "remote:" in socklab.yaml)
note-others = besides the clients of this scenario, { $count ->
    [1] somebody else on this machine
   *[other] { $count } others on this machine
} sent something to the server's port: their packets are neither judged nor kept

sandbox-shows = A sandbox shows of this machine, read-only:
sandbox-system = the system: { $places }
sandbox-tools = the tools on your PATH: { $places }
sandbox-devices = devices: { $places }, and terminals of its own
sandbox-etc = /etc: { $places }
sandbox-etc-what = what compilers, interpreters and libraries read; no list of users, no keys
sandbox-writable = writable, empty at first, in memory: { $places }
sandbox-nothing-else = Nothing else is there: no other files, no unix sockets or FIFOs of the machine, no terminals, no disks.
sandbox-network = The network is its own: loopback only. Nothing outside can be reached, and nothing outside reaches it.
sandbox-calls = System calls are denied as container engines do it: keys, io_uring, bpf, perf, mounts, namespaces, exotic socket families, and everything on processes that are not the submission's (EPERM; they are recorded).
sandbox-bounds = Bounds for each scenario: 400 processes and threads, 1 to 3 GiB of memory (System V segments: 256 MiB), 60 s of processor time for each process, 64 MiB for each file, 256 MiB in each writable folder. A program over a bound is ended, and the item says which bound it was.
sandbox-plain = Where the machine allows no sandbox, --stage plain runs programs on the machine itself: Landlock keeps them from files outside the system's and their own folder, and the list of denied calls is longer (unix sockets, System V objects, changes of other files' modes and times).
