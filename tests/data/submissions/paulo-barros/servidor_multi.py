import socket

# servidor de varias conexoes
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(('localhost', 65432))
s.listen(5)
conn, addr = s.accept()
while True:
    msg = conn.recv(1024)
    if not msg:
        break
    conn.send(msg.upper())
conn.close()
s.close()
