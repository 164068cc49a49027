"""Executes a program as root of a default container: Docker's capabilities, no namespaces, loopback on."""

import ctypes
import fcntl
import os
import socket
import struct
import sys

CAPABILITIES = 0x00000000A80425FB
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
PR_SET_SECCOMP, PR_CAPBSET_DROP = 22, 24
ALLOW, DENY, UNKNOWN = 0x7FFF0000, 0x00050001, 0x00050026  # SECCOMP_RET_ERRNO with EPERM, with ENOSYS
NUMBERS = {  # clone; then unshare, setns, mount, clone3 with their results
    "x86_64": (56, {272: DENY, 308: DENY, 165: DENY, 435: UNKNOWN}),
    "aarch64": (220, {97: DENY, 268: DENY, 40: DENY, 435: UNKNOWN}),
}
CLONE_NEWUSER = 0x10000000
LOAD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06

with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
libc = ctypes.CDLL(None, use_errno=True)
for capability in range(64):
    if not CAPABILITIES >> capability & 1:
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def instruction(code, k, yes=0, no=0):
    return struct.pack("HBBI", code, yes, no, k)


clone, answers = NUMBERS[os.uname().machine]
program = [instruction(LOAD, 0)]
for number, answer in answers.items():
    program += [instruction(EQUAL, number, 0, 1), instruction(RETURN, answer)]
program += [instruction(EQUAL, clone, 0, 3), instruction(LOAD, 16), instruction(ANY_BIT, CLONE_NEWUSER, 0, 1)]
program += [instruction(RETURN, DENY), instruction(RETURN, ALLOW)]
code = ctypes.create_string_buffer(b"".join(program))
filter_of = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
if libc.prctl(PR_SET_SECCOMP, 2, filter_of, 0, 0) != 0:
    sys.exit("seccomp is denied")
header = struct.pack("Ii", 0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3
sets = struct.pack("IIIIII", CAPABILITIES, CAPABILITIES, 0, 0, 0, 0)
if libc.capset(header, sets) != 0:
    sys.exit("the capabilities stay")
os.execvp(sys.argv[1], sys.argv[1:])
