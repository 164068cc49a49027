import socket

SERVIDOR = "192.168.0.23"  # a maquina do Rafael
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.sendto(input("Mensagem: ").encode(), (SERVIDOR, 65431))
resposta, origem = s.recvfrom(2048)
print("Resposta:", resposta.decode())
