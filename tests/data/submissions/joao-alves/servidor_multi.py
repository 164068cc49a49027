import socket, threading

abertas = []   # guarda as conexoes para nao perder

def atende(con, end):
    dados = con.recv(1024)
    print(end, "escreveu:", dados)
    con.sendall(dados.upper())
    abertas.append(con)

s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 65432))
s.listen(10)
while True:
    con, end = s.accept()
    threading.Thread(target=atende, args=(con, end), daemon=True).start()
