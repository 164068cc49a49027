import socket
entrada = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
entrada.bind(("127.0.0.1", 65431))
saida = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    msg, origem = entrada.recvfrom(2048)
    print("de", origem, ":", msg)
    saida.sendto(msg.upper(), origem)
