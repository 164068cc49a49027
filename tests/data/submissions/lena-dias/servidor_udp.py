import socket
import time

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 65431))
while True:
    dados, quem = s.recvfrom(65535)
    time.sleep(8)  # para dar tempo de ver no Wireshark
    s.sendto(dados.upper(), quem)
