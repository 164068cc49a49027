from socket import *
# cliente TCP
cliente = socket(AF_INET, SOCK_STREAM)
cliente.connect(('localhost', 65432))
frase = input('Digite uma frase: ')
cliente.send(frase.encode())
resposta = cliente.recv(2048)
print('Do servidor:', resposta.decode())
cliente.close()
