import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 65431))
print("UDP ligado")
while True:
    dados, end = s.recvfrom(1024)
    if not dados:
        break          # cliente terminou
    s.sendto(dados.upper(), end)
s.close()
