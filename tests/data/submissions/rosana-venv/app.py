import socket

with socket.create_server(("127.0.0.1", 65432)) as servidor:
    conexao, endereco = servidor.accept()
    with conexao:
        while dados := conexao.recv(4096):
            conexao.sendall(dados)
