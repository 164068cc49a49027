import socket, threading

def cliente(c):
    with c:
        m = c.recv(1024)
        c.sendall(m)

srv = socket.create_server(("127.0.0.1", 65432), backlog=5)
while True:
    c, a = srv.accept()
    threading.Thread(target=cliente, args=[c]).start()
