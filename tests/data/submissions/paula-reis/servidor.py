import socket

import pyfiglet

print(pyfiglet.figlet_format("Servidor TCP"))

with socket.socket() as servidor:
    servidor.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    servidor.bind(("127.0.0.1", 65432))
    servidor.listen()
    conexao, endereco = servidor.accept()
    with conexao:
        while dados := conexao.recv(1024):
            conexao.sendall(dados)
