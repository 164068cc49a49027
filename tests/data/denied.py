"""Turns on the loopback, sets the limit of user namespaces to 0, and executes a program."""

import fcntl
import os
import socket
import struct
import sys

SIOCSIFFLAGS = 0x8914
IFF_UP = 1
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
with open("/proc/sys/user/max_user_namespaces", "w") as setting:
    setting.write("0")
os.execvp(sys.argv[1], sys.argv[1:])
