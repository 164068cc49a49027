import socket

c = socket.create_connection(("10.0.0.7", 65432))
c.sendall(b"ola")
print(c.recv(100))
