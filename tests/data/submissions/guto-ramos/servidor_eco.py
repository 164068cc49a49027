import socket


def meu_ip():
    # nada é enviado: só para saber por qual endereço se sai
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect(("8.8.8.8", 80))
    ip = s.getsockname()[0]
    s.close()
    return ip


HOST = meu_ip()
PORTA = 65432
print("Meu IP:", HOST)

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as servidor:
    servidor.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    servidor.bind((HOST, PORTA))
    servidor.listen()
    conexao, endereco = servidor.accept()
    with conexao:
        print("Conectado:", endereco)
        while True:
            dados = conexao.recv(1024)
            if not dados:
                break
            conexao.sendall(dados)
