import socket
import random

PORTA = random.randint(20000, 30000)
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("127.0.0.1", PORTA))
s.listen(1)
print("Servidor na porta", PORTA)
conn, addr = s.accept()
while True:
    data = conn.recv(1024)
    if not data:
        break
    conn.sendall(data)
conn.close()
