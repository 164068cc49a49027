"""A referência: soma os números de uma linha, um cliente de cada vez."""

import socket

with socket.create_server(("127.0.0.1", 65432)) as server:
    while True:
        connection, _ = server.accept()
        with connection, connection.makefile("rw", newline="\n") as lines:
            numbers = [int(word) for word in lines.readline().split()]
            lines.write(f"{sum(numbers)}\n")
