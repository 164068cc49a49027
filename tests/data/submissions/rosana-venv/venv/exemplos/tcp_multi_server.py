# Of a library: it is no program of the delivery, though it serves.
import socket

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", 65432))
server.listen()
while True:
    client, _ = server.accept()
    client.sendall(client.recv(1024).upper())
    client.close()
