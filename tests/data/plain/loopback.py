"""Turns on the loopback of this network namespace, then executes a program."""

import fcntl
import os
import socket
import struct
import sys

with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
os.execvp(sys.argv[1], sys.argv[1:])
