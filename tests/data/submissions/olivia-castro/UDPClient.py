from socket import *
serverName = 'localhost'
serverPort = 65431
clientSocket = socket(AF_INET, SOCK_DGRAM)
message = input('Input lowercase sentence:')
clientSocket.sendto(message.encode(), (serverName, serverPort))
modified, serverAddress = clientSocket.recvfrom(2048)
print(modified.decode())
clientSocket.close()
