import socket

with socket.socket() as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", 65432))
    s.listen(10)
    while True:
        con, end = s.accept()
        print("atendendo", end)
        with con:
            while True:
                dados = con.recv(1024)
                if not dados:
                    break
                con.sendall(dados.upper())
