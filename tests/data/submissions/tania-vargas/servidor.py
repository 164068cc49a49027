import socket
import threading
import time


def servir():
    time.sleep(1)  # "carregando..."
    s = socket.create_server(("127.0.0.1", 65432))
    c, quem = s.accept()
    with c:
        while True:
            dados = c.recv(4096)
            if not dados:
                break
            c.sendall(dados)


threading.Thread(target=servir, daemon=True).start()
input("Enter para encerrar ")
