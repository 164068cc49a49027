import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 65432))
s.listen()
conexao, cliente = s.accept()
with conexao:
    while True:
        dados = conexao.recv(1024)
        if not dados:
            break
        conexao.sendall(b"Mensagem recebida!")
