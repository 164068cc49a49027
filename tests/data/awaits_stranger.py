"""Answers in upper case, and none of its clients before a stranger's request has come."""

import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind(("127.0.0.1", 65431))
    waiting = []
    is_known = False
    while True:
        waiting.append(server.recvfrom(1024))
        is_known = is_known or waiting[-1][0] == b"from a stranger"
        while is_known and waiting:
            data, client = waiting.pop(0)
            server.sendto(data.upper(), client)
