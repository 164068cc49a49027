"""A single-threaded TCP echo server: an event loop over any number of clients. It runs until it is killed.

    python3 crowd.py [PORT]
"""
import resource
import selectors
import socket
import sys


def main():
    # Each client needs a descriptor, so raise the limit as far as allowed.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 65432
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(socket.SOMAXCONN)
    listener.setblocking(False)
    loop = selectors.DefaultSelector()
    loop.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in loop.select():
            if key.fileobj is listener:
                accept_all(listener, loop)
            else:
                answer(key.fileobj, loop)


def accept_all(listener, loop):
    while True:
        try:
            client, _ = listener.accept()
        except BlockingIOError:
            return
        client.setblocking(False)
        loop.register(client, selectors.EVENT_READ)


def answer(client, loop):
    # Short lines only: data that exceeds the kernel's buffer would need a buffer in the server.
    data = client.recv(4096)
    if data:
        client.sendall(data)
    else:
        loop.unregister(client)
        client.close()


if __name__ == "__main__":
    main()
