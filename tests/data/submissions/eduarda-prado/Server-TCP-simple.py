import socket
srv = socket.socket()
srv.bind(("0.0.0.0", 65432))
srv.listen(5)
while True:
    c, a = srv.accept()
    print("+", a)
    while True:
        d = c.recv(65536)
        if d == b"":
            break
        c.sendall(b"Eco: " + d)
    c.close()
