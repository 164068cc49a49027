import socket

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 65432))
s.listen()
c, origem = s.accept()
while True:
    dados = c.recv(4096)
    if not dados:
        break
    c.sendall(dados)
c.close()
