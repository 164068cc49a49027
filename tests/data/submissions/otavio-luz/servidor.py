import socket
porta = int(input("Em qual porta? "))
s = socket.create_server(("127.0.0.1", porta))
c, a = s.accept()
while True:
    x = c.recv(1024)
    if not x:
        break
    c.sendall(x)
c.close()
