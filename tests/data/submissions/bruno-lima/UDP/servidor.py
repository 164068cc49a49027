from socket import *

s = socket(AF_INET, SOCK_DGRAM)
s.bind(('', 65431))
print("Aguardando datagramas...")
while 1:
    mensagem, quem = s.recvfrom(2048)
    print(quem, mensagem)
    s.sendto(mensagem.decode().upper().encode(), quem)
