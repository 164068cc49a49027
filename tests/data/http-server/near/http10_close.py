# HTTP/1.0 without Content-Length: the end of the connection ends the body. One process per client.
import os
import signal
import socket
from urllib.parse import unquote

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
TYPES = {"html": "text/html", "txt": "text/plain", "png": "image/png"}
server = socket.create_server(("127.0.0.1", 8080), backlog=20)
while True:
    connection, _ = server.accept()
    if os.fork():
        connection.close()
        continue
    stream = connection.makefile("rwb")
    words = stream.readline().split()
    while stream.readline().strip():
        pass
    method, target = words[0], unquote(words[1].decode())
    path = os.path.normpath("www/" + ("index.html" if target == "/" else target))
    if method not in (b"GET", b"HEAD"):
        stream.write(b"HTTP/1.0 501 Not Implemented\r\n\r\n")
    elif not path.startswith("www/") or not os.path.isfile(path):
        stream.write(b"HTTP/1.0 404 Not Found\r\nContent-Type: text/html\r\n\r\n<h1>404</h1>")
    else:
        kind = TYPES.get(path.rsplit(".", 1)[1], "application/octet-stream")
        stream.write(f"HTTP/1.0 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode())
        if method == b"GET":
            stream.write(open(path, "rb").read())
    stream.flush()
    connection.shutdown(socket.SHUT_WR)
    os._exit(0)
