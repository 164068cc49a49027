"""Defeituoso de propósito: junta as palavras em vez de somar os números. Deve falhar em sum.2, e em mais nada."""

import socket

with socket.create_server(("127.0.0.1", 65432)) as server:
    while True:
        connection, _ = server.accept()
        with connection, connection.makefile("rw", newline="\n") as lines:
            lines.write("".join(lines.readline().split()) + "\n")
