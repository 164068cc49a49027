# System calls that affect other processes: each must fail with an expected errno. Then it serves.
import ctypes, errno, os, platform, sys
from serve import serve

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long
X86 = platform.machine() == "x86_64"
# x86-64, aarch64; numbers from 424 on are the same on both.
NUMBERS = {
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "ptrace": (101, 117), "kcmp": (312, 272),
    "prlimit64": (302, 261), "sched_setaffinity": (203, 122), "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119), "sched_setattr": (314, 274), "setpriority": (141, 140), "ioprio_set": (251, 30),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "migrate_pages": (256, 238),
    "move_pages": (279, 239), "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "unshare": (272, 97), "clone": (56, 220), "mount": (165, 40), "chroot": (161, 51), "setns": (308, 268),
    "io_setup": (206, 0), "fanotify_init": (300, 262), "personality": (135, 92), "mbind": (237, 235),
    "syslog": (103, 116), "open_by_handle_at": (304, 265), "io_uring_setup": (425,), "pidfd_getfd": (438,),
    "process_madvise": (440,), "process_mrelease": (448,), "open_tree": (428,), "fsopen": (430,), "clone3": (435,),
    "after the list": (470,), "x32": (0x40000000 + 39,),
}
MANY = (ctypes.c_ulonglong * 8)(*[0] * 8)


def call(name, *arguments):
    numbers = NUMBERS[name]
    number = numbers[0] if X86 else numbers[-1]
    given = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    ctypes.set_errno(0)
    result = LIBC.syscall(ctypes.c_long(number), *given)
    return result if result >= 0 else -ctypes.get_errno()


# Process 1 is the agent; its threads are tried as well.
others = [1] + [int(one) for one in os.listdir("/proc/1/task")]
tried = {}
for who in others:
    for resource in range(16):
        tried[f"prlimit64({who}, {resource})"] = call("prlimit64", who, resource, MANY, None)
    tried[f"sched_setaffinity({who})"] = call("sched_setaffinity", who, 8, (ctypes.c_ulonglong * 1)(1))
    tried[f"sched_setscheduler({who})"] = call("sched_setscheduler", who, 5, MANY)
    tried[f"sched_setparam({who})"] = call("sched_setparam", who, MANY)
    tried[f"sched_setattr({who})"] = call("sched_setattr", who, MANY, 0)
    tried[f"setpriority({who})"] = call("setpriority", 0, who, 19)
    tried[f"ioprio_set({who})"] = call("ioprio_set", 1, who, 3 << 13)
    tried[f"process_vm_writev({who})"] = call("process_vm_writev", who, MANY, 1, MANY, 1, 0)
    tried[f"process_vm_readv({who})"] = call("process_vm_readv", who, MANY, 1, MANY, 1, 0)
    tried[f"ptrace({who})"] = call("ptrace", 16, who, None, None)
    tried[f"ptrace seize({who})"] = call("ptrace", 0x4206, who, None, None)
    tried[f"migrate_pages({who})"] = call("migrate_pages", who, 8, MANY, MANY)
    tried[f"move_pages({who})"] = call("move_pages", who, 0, None, None, None, 0)
    tried[f"kcmp({who})"] = call("kcmp", who, os.getpid(), 0, 0, 0)
# Every process of this user.
tried["setpriority(PRIO_USER)"] = call("setpriority", 2, 0, 19)
tried["ioprio_set(PRIO_USER)"] = call("ioprio_set", 3, 0, 3 << 13)
tried["ioprio_set(PRIO_USER, uid)"] = call("ioprio_set", 3, os.getuid(), 3 << 13)
pidfd = os.pidfd_open(1)
tried["pidfd_getfd"] = call("pidfd_getfd", pidfd, 0, 0)
tried["process_madvise"] = call("process_madvise", pidfd, MANY, 1, 21, 0)
tried["process_mrelease"] = call("process_mrelease", pidfd, 0)
tried["add_key"] = call("add_key", b"user", b"left", b"x", 1, -3)
tried["request_key"] = call("request_key", b"user", b"left", None, -3)
for operation in (0, 1, 6, 7, 11):
    tried[f"keyctl({operation})"] = call("keyctl", operation, -3, None, 0)
for name, arguments in {
    "bpf": (0, MANY, 64), "perf_event_open": (MANY, 0, -1, -1, 0), "userfaultfd": (1,), "unshare": (0x10000000,),
    "clone": (0x10000000 | 17, None, None, None, None), "clone3": (MANY, 64), "mount": (b"none", b"/tmp", b"tmpfs", 0, None),
    "chroot": (b"/tmp",), "setns": (pidfd, 0), "io_setup": (1, MANY), "fanotify_init": (0, 0), "io_uring_setup": (4, MANY),
    "personality": (0x4000000,), "mbind": (None, 0, 0, None, 0, 0), "syslog": (10, None, 0), "open_tree": (-100, b"/", 1),
    "open_by_handle_at": (-100, MANY, 0), "fsopen": (b"tmpfs", 0), "after the list": (), "x32": (),
}.items():
    tried[name] = call(name, *arguments)
for family in range(0, 46):
    if family not in (1, 2, 10, 16):
        tried[f"socket({family})"] = call_socket = LIBC.socket(family, 1, 0)
        if call_socket < 0:
            tried[f"socket({family})"] = -ctypes.get_errno()
refused = {-errno.EPERM, -errno.ENOSYS, -errno.EAFNOSUPPORT, -errno.ESRCH}
got_through = {name: result for name, result in tried.items() if result not in refused}
if got_through:
    sys.exit(f"LEAK {got_through}")
serve()
