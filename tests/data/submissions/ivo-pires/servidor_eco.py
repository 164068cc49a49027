import socket

servidor = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
servidor.bind(("127.0.0.1", 65432))
servidor.listen()
conexao, cliente = servidor.accept()
ultima = b""
while True:
    dados = conexao.recv(4096)
    if dados:
        ultima = dados
    conexao.sendall(ultima)
