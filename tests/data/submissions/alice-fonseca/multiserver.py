import socket
import threading

def serve(conn):
    data = bytearray(conn.recv(1024))
    i = 0
    while i < len(data) - 1:
        if 97 <= data[i] <= 122:
            data[i] -= 32
        i += 1
    conn.sendall(bytes(data))
    conn.close()

server = socket.create_server(("127.0.0.1", 65432))
while True:
    c, a = server.accept()
    threading.Thread(target=serve, args=(c,)).start()
