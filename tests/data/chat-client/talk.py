"""talk HOST PORT: no threads and no text, only bytes and select."""
import os
import select
import socket
import sys


def main(arguments):
    host, port = arguments[1:3]
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    error = server.connect_ex((host, int(port)))
    if error:
        os.write(2, f"talk: {os.strerror(error)}\n".encode())
        return 111
    inputs = [server, 0]
    while True:
        ready, _, _ = select.select(inputs, [], [])
        if server in ready:
            data = server.recv(7)
            if not data:
                return 0
            os.write(1, data)
        if 0 in ready:
            data = os.read(0, 1)
            if data:
                server.sendall(data)
            else:
                server.shutdown(socket.SHUT_WR)
                inputs.remove(0)


sys.exit(main(sys.argv))
