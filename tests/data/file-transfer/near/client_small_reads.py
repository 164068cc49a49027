"""Reads the line byte by byte and the data in small pieces, and writes while it receives."""
import os
import socket
import sys


def line(s):
    text = b""
    while not text.endswith(b"\n"):
        byte = s.recv(1)
        if not byte:
            print("no answer", file=sys.stderr)
            sys.exit(3)
        text += byte
    return text.decode().strip()


def main():
    _, host, port, command, name = sys.argv
    s = socket.socket()
    s.connect((host, int(port)))
    if command == "put":
        size = os.path.getsize(name)
        s.send(b"PUT ")
        s.send(name.encode())
        s.send(f" {size}\n".encode())
        with open(name, "rb") as f:
            while block := f.read(50):
                s.sendall(block)
        answer = line(s)
        s.close()
        return 0 if answer == f"OK {size}" else 1
    s.sendall(b"GET " + name.encode() + b"\n")
    answer = line(s).split()
    if answer[0] != "OK":
        print(*answer)
        return 1
    left = int(answer[1])
    with open(name, "wb") as f:
        while left > 0:
            block = s.recv(min(left, 1009))
            if not block:
                f.close()
                os.remove(name)
                return 1
            f.write(block)
            left -= len(block)
    s.shutdown(socket.SHUT_RDWR)
    s.close()
    return 0


sys.exit(main())
