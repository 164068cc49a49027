import socket


class Servidor:
    def __init__(self, porta):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", porta))
        self.socket.listen()

    def executa(self):
        conexao, _ = self.socket.accept()
        with conexao:
            while dados := conexao.recv(1024):
                conexao.sendall(dados)
