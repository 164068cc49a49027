import socket
porta = int(input("Porta: "))
c = socket.create_connection(("127.0.0.1", porta))
c.sendall(input("> ").encode())
print(c.recv(1024).decode())
