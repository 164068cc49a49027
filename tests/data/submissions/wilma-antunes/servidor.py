import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.bind(("0.0.0.0", 65431))
    while True:
        dados, origem = s.recvfrom(2048)
        print(origem, dados)
        s.sendto(dados.upper(), origem)
