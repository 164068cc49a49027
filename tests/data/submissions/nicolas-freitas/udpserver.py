import socket
# UDP server
server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.bind(("localhost", 65431))
server.listen(1)
while True:
    client, address = server.accept()
    message = client.recv(1024)
    client.sendall(message.upper())
    client.close()
