import socket, sys
host = sys.argv[1]
s = socket.socket()
s.bind((host, 65432))
s.listen()
c, quem = s.accept()
print("Connected by", quem)
while d := c.recv(2048):
    c.sendall(d)
c.close()
