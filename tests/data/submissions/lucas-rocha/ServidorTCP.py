import socket

class Servidor:
    def __init__(self, host="127.0.0.1", porta=65432):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.bind((host, porta))
        self.sock.listen

    def rodar(self):
        conn, addr = self.sock.accept()
        with conn:
            while True:
                dados = conn.recv(1024)
                if not dados:
                    break
                conn.sendall(dados)

Servidor().rodar()
