import socket
TAM = 1024
s = socket.socket()
s.bind(("0.0.0.0", 65432))
s.listen(8)
while True:
    con, end = s.accept()
    recebido = con.recv(TAM).upper()
    con.sendall(recebido.ljust(TAM, b"\0"))   # mensagem de tamanho fixo
    con.close()
