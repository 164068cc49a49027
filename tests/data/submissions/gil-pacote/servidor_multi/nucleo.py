import socket
import threading

from .texto import grito


def atende(conexao):
    with conexao:
        while dados := conexao.recv(1024):
            conexao.sendall(grito(dados))


def ligar(porta):
    with socket.create_server(("127.0.0.1", porta)) as servidor:
        while True:
            conexao, _ = servidor.accept()
            threading.Thread(target=atende, args=(conexao,)).start()
