import socket
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("127.0.0.1", 65432))
s.listen(1)
conn, addr = s.accept()
while True
    data = conn.recv(1024)
    if not data:
        break
    conn.send(data)
conn.close()
