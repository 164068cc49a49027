import socket

porta = int(input("Porta do servidor: "))
with socket.create_server(("127.0.0.1", porta)) as servidor:
    conexao, cliente = servidor.accept()
    with conexao:
        while True:
            dados = conexao.recv(1024)
            if not dados:
                break
            conexao.sendall(dados)
