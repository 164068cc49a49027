# Like unseen.py, but with an amount that a correct server may use.
import os
import socket
from serve import serve
here, there = socket.socketpair()
block = b"x" * (1 << 20)
for _ in range(4):
    held = os.memfd_create("held")
    for _ in range(63):
        os.write(held, block)
    socket.send_fds(here, [b"x"], [held])
    os.close(held)
serve()
