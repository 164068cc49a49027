"""Runs a program, and sends one request to the lab's UDP port, as another program on the machine might."""

import os
import socket
import subprocess
import sys

program = subprocess.Popen(sys.argv[1:])
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
    stranger.connect(("127.0.0.1", 65431))
    while program.poll() is None:
        try:
            stranger.send(b"from a stranger")
            stranger.recv(1024)
            break
        except ConnectionRefusedError:
            os.sched_yield()  # no server is bound yet
sys.exit(program.wait())
