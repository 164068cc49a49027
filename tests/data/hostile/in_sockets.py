# Allocates up to 5 GB in the buffers of Unix sockets that are never read.
import socket
from serve import serve

block, held, total = b"x" * (1 << 20), [], 0
while total < 5 << 30:
    try:
        pair = socket.socketpair()
    except OSError:
        break
    pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8 << 20)
    pair[0].setblocking(False)
    try:
        while True:
            total += pair[0].send(block)
    except BlockingIOError:
        pass
    held.append(pair)
serve()
