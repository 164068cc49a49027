# What this machine supports: messages of `socklab doctor`, and of missing evidence.

# The sandbox mode.
doctor-stage-isolated = programs run in a sandbox here: in their own namespaces, with their own network
doctor-stage-plain = no sandbox available: programs run directly on this machine's network
doctor-plain-means = so packets and items with two hosts are not verified here; system calls are, if they can be observed (see below)
doctor-plain-means-captured = so items with two hosts are not verified here; packets are captured on the servers' ports only; system calls are verified if they can be observed (see below)
doctor-because = reason: { $problem }
doctor-needs-sandbox = requires the sandbox (see above)

# What is probed.
doctor-namespaces = an unprivileged sandbox (namespaces)
doctor-own-proc = a separate /proc inside the sandbox
doctor-packet-socket = packet sockets inside the sandbox
doctor-capture = capturing packets on the loopback interface, on the servers' ports only, without a sandbox
doctor-pid-max = a process limit for each sandbox
doctor-sock-diag = the kernel's socket table
doctor-bound-inactive = bound TCP sockets that do not listen, in the socket table
doctor-pidfd = process file descriptors (pidfd)
doctor-seccomp-notify = observing system calls (seccomp user notification)
doctor-memory-group = a kernel limit on the memory of all programs of a run together (cgroup)
doctor-other = another capability of this machine
doctor-kernel = Linux { $release }
doctor-namespace-limits = each user can have { $user } user namespaces and { $net } network namespaces at a time; a scenario uses two user namespaces and up to five network namespaces
doctor-open-files = { $files ->
    [1] a process can have 1 file open at a time
   *[other] a process can have { $files } files open at a time
}

# Fixes.
doctor-remedy-max-namespaces = fix: sudo sysctl -w user.max_user_namespaces=15000
doctor-remedy-userns-clone = fix: sudo sysctl -w kernel.unprivileged_userns_clone=1
doctor-remedy-apparmor = fix: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
doctor-remedy-container = fix: start the container with docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined
doctor-remedy-capture = fix: run socklab as root (it opens the capture, then starts the programs as nobody)
doctor-remedy-kernel-pid-max = fix: Linux 6.14 or newer (until then, other limits bound the number of processes)
doctor-remedy-kernel-bound = fix: Linux 6.8 or newer (until then, a server that forgets listen is reported as one that opens nothing)
doctor-remedy-memory-group = fix: systemd-run --user --scope -p Delegate=yes socklab … (until then, socklab adds up the memory of the programs and does not see full pipes and sockets)
doctor-remedy-none = no setting known to socklab would change this

# Gaps in the evidence, in reports.
stage-plain = no sandbox is available here, so the programs ran on this machine's own network: { $problem }
stage-denied = this machine does not allow the requested sandbox mode: { $problem }
needs-another = depends on { $item }, which did not pass
gap-socket-table = the kernel's socket table could not be read: { $problem }
gap-closed = the program (process { $process }) does not allow itself to be inspected, so its sockets cannot be identified: remove prctl(PR_SET_DUMPABLE), or make its file readable (chmod u+r)
gap-32-bit = { $program } is a 32-bit program, which cannot be observed here: compile it for this machine's architecture (without -m32)
gap-hidden-program = the program runs { $program }, which is not part of the submission: nothing was verified
gap-fenced = the program connects to port { $port }, which it serves itself; without a sandbox, programs can connect only to the lab's own ports, so nothing was verified (run socklab doctor to find out how to enable the sandbox)
gap-ipv6 = the server serves IPv6 only ({ $at }), but the link between the two hosts is IPv4: bind to 127.0.0.1 or 0.0.0.0 to have it verified
gap-target = the server runs elsewhere, and only its own machine can see its sockets and its process: there, use ss -tulnp to see them and socklab run to verify them
gap-calls = the system calls could not be observed: { $problem }
gap-packets = the packets could not be captured: { $problem }
gap-packets-plain = without a sandbox, packets are captured only by root or with the capability CAP_NET_RAW, and neither applies here (run socklab doctor for details)
gap-packets-dropped = the capture is incomplete: { $count ->
    [1] 1 packet was
   *[other] { $count } packets were
} dropped
gap-no-hosts = two hosts require namespaces, which this run did not have (run socklab doctor for details)
gap-target-packets = the packets cross a real network: capture them with Wireshark (filter: tcp.port == { $port }) and run "socklab analyze FILE --port { $port }"
gap-scenario-time = the scenario's time ({ $limit } s) ended while the server still answered, but slowly: answer without waiting (no sleep), or raise limits.scenario
gap-stands-in = no remote server was submitted; the { $role } server was used instead, but it is bound to { $at }, which other machines cannot reach: give one that binds to 0.0.0.0 (--server remote='…', or "remote:" in socklab.yaml)
gap-stand-in-fails = no remote server was submitted; the { $role } server was used instead, but it does not start: that counts there only
note-others = in addition to the clients of this scenario, { $count ->
    [1] another program on this machine
   *[other] { $count } others on this machine
} sent data to the server's port: these packets are neither checked nor stored

# `socklab explain sandbox`.
sandbox-shows = Parts of this machine that a sandbox shows, read-only:
sandbox-system = the system: { $places }
sandbox-tools = the tools on your PATH: { $places }
sandbox-devices = devices: { $places }, and separate terminals
sandbox-etc = /etc: { $places }
sandbox-etc-what = files that compilers, interpreters and libraries read; no list of users, no keys
sandbox-writable = writable, initially empty, in memory: { $places }
sandbox-nothing-else = Everything else is absent: other files, the Unix sockets and FIFOs of the machine, its terminals and disks.
sandbox-network = The network is private and has only a loopback interface: it cannot reach anything outside, and nothing outside can reach it.
sandbox-calls = System calls are denied as in container engines: keys, io_uring, bpf, perf, mounts, namespaces, rare socket families, and every call on a process outside the submission. They fail with EPERM and are recorded.
sandbox-bounds = Limits of each scenario: 400 processes and threads, 1 to 3 GiB of memory (System V segments: 256 MiB), 60 s of CPU time per process, 64 MiB per file, 256 MiB in each writable folder. A program that exceeds a limit is stopped, and the item names the limit.
sandbox-plain = If the machine does not allow a sandbox, --stage plain runs programs directly on it: Landlock restricts them to system files and their own folder, and more calls are denied (Unix sockets, System V objects, changes to the mode and times of other files).
