import socket
s = socket.socket()
s.bind(("127.0.0.1", 65432))
s.listen(1)
c, _ = s.accept()
f = c.makefile("rwb")
for linha in f:
    f.write(linha)
    f.flush()
c.close()
