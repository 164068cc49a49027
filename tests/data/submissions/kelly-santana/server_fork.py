import os
import signal
import socket

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("localhost", 65432))
server.listen(20)
while True:
    conn, addr = server.accept()
    if os.fork() == 0:
        server.close()
        try:
            conn.sendall(conn.recv(1024).upper())
        except ConnectionResetError:
            pass
        conn.close()
        os._exit(0)
    conn.close()
