import socket
HOST = 'localhost'
PORTA = 65431
soquete = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
soquete.bind((HOST, PORTA))
while True:
    dados, cliente = soquete.recvfrom(1024)
    print(f"{cliente} wrote: {dados}")
    soquete.sendto(dados, cliente)   # devolve a mensagem
