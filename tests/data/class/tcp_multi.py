import socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('HOST', 65432))
s.listen(16)
while True:
    c, a = s.accept()
    d = c.recv(1024)
    c.sendall(d.upper())
    c.close()
