import socket
import sys

if len(sys.argv) != 2:
    print("usage: server.py PORT")
    sys.exit(1)

with socket.socket() as listener:
    listener.bind(("", int(sys.argv[1])))
    listener.listen()
    connection, peer = listener.accept()
    print("Connected by", peer)
    with connection:
        for chunk in iter(lambda: connection.recv(1024), b""):
            connection.sendall(chunk)
