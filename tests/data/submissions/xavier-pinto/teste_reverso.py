import socket
# exercicio da aula passada: inverte a mensagem
s = socket.socket()
s.bind(("127.0.0.1", 7000))
s.listen(1)
while True:
    c, _ = s.accept()
    c.sendall(c.recv(1024)[::-1])
    c.close()
