import socket
porta = int(input("Porta: "))
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("127.0.0.1", porta))
s.listen()
while True:
    c, e = s.accept()
    print("conectou", e)
    while True:
        d = c.recv(1024)
        if not d: break
        c.sendall(d)
    c.close()
