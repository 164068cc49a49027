from socket import socket, AF_INET, SOCK_STREAM

porta = 65432
servidor = socket(AF_INET, SOCK_STREAM)
servidor.bind(('', porta))
servidor.listen(1)
print('Servidor TCP pronto na porta', porta)
while True:
    conexao, endereco = servidor.accept()
    print('Conectado:', endereco)
    dados = conexao.recv(4096)
    while dados:
        conexao.sendall(dados)
        dados = conexao.recv(4096)
    conexao.close()
