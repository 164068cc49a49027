# A correct server that uses up as many process numbers as the limit allows processes, one after
# another, and then needs many at a time. The kernel assigns numbers below 300 only once.
import os
import socket
import threading

for _ in range(450):
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)

over = threading.Event()
for _ in range(200):
    threading.Thread(target=over.wait, daemon=True).start()

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", 65432))
server.listen()
while True:
    client, _ = server.accept()
    while data := client.recv(1024):
        client.sendall(data)
    client.close()
