import socket
for porta in range(65430, 65436):
    s = socket.socket()
    s.settimeout(0.2)
    print(porta, "aberta" if s.connect_ex(("127.0.0.1", porta)) == 0 else "fechada")
    s.close()
