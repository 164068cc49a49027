import socket
import time

HOST, PORT = "127.0.0.1", 65432
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind((HOST, PORT))
s.listen()
conn, addr = s.accept()
while True:
    data = conn.recv(1024)
    if data:
        conn.sendall(data)
    else:
        time.sleep(0.1)   # nada chegou ainda
