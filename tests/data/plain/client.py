import socket

with socket.socket() as client:
    client.connect(("127.0.0.1", 65432))
    client.sendall("Olá, mundo".encode())
    print("Recebido:", client.recv(1024).decode())
