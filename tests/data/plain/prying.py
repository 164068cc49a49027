"""Accesses outside resources, prints the results and exits. outside.txt holds a TCP port and the name of an abstract socket."""

import os
import signal
import socket
import sys

with open("outside.txt") as outside:
    port, name = outside.read().split()


def tried(what, act):
    try:
        act()
        print(what, "reached", flush=True)
    except OSError as error:
        print(what, "denied", error.errno, flush=True)


print("tried", flush=True)
tried("port", lambda: socket.create_connection(("127.0.0.1", int(port))))
tried("abstract", lambda: socket.socket(socket.AF_UNIX).connect("\0" + name))
tried("agent", lambda: os.kill(os.getppid(), signal.SIGTERM))
tried("terminals", lambda: open("/dev/ptmx"))
tried("shadow", lambda: open("/etc/shadow"))
tried("null", lambda: open("/dev/null", "w"))
tried("settings", lambda: open("/etc/passwd"))
sys.exit(3)
