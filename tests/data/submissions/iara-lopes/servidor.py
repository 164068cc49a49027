import socket
s = socket.socket()
s.bind(("127.0.0.1", 65432))
s.listen(1)
c, quem = s.accept()
print("conectado:", quem)
while True:
    c.sendall(c.recv(1024))
