import socket
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
msg = " ".join(["ola", "mundo"])
sock.sendto(msg.encode(), ("localhost", 65431))
print("Enviado:", msg)
print("Recebido:", sock.recv(1024).decode())
