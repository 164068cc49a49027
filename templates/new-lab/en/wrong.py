"""Faulty on purpose: joins the words instead of adding the numbers. It must fail sum.2, and nothing else."""

import socket

with socket.create_server(("127.0.0.1", 65432)) as server:
    while True:
        connection, _ = server.accept()
        with connection, connection.makefile("rw", newline="\n") as lines:
            lines.write("".join(lines.readline().split()) + "\n")
