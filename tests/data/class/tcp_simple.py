import socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('HOST', 65432))
s.listen()
c, a = s.accept()
while True:
    d = c.recv(4096)
    if not d:
        break
    c.sendall(PREFIX + d)
c.close()
