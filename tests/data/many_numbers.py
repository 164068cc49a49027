# A sound server that has used up as many process numbers as there may be processes, one after another, and then wants many
# at a time: the kernel gives out those below 300 only once.
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
