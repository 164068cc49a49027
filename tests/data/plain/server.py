"""An echo without SO_REUSEADDR. If SIDE is set, each client is served after a connection to an own port."""

import socket

SIDE = None

with socket.socket() as own, socket.socket() as server:
    server.bind(("127.0.0.1", 65432))
    server.listen()
    if SIDE == "own port":
        own.bind(("127.0.0.1", 0))
        own.listen()
    while True:
        connection, address = server.accept()
        with connection:
            if SIDE:
                socket.create_connection(own.getsockname()).close()
            while data := connection.recv(65536):
                connection.sendall(data)
