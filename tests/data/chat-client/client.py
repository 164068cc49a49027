import os
import socket
import sys
import threading

def main():
    host, port = sys.argv[1], int(sys.argv[2])
    try:
        server = socket.create_connection((host, port))
    except OSError as error:
        print("cannot connect:", error)
        sys.exit(1)
    receiver = threading.Thread(target=receive, args=(server,))
    receiver.start()
    while True:
        line = sys.stdin.readline()
        if not line:
            break
        server.sendall(line.encode())
    server.shutdown(socket.SHUT_WR)

def receive(server):
    pending = b""
    while True:
        data = server.recv(4096)
        if not data:
            break
        pending += data
        *lines, pending = pending.split(b"\n")
        for line in lines:
            print(line.decode(), flush=True)
    os._exit(0)

main()
