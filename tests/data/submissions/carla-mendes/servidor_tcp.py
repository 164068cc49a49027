import socket

# Servidor TCP - Carla
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("127.0.0.1", 65432))
s.listen(1)
print("esperando...")
con, cli = s.accept()
print("cliente:", cli)
msg = con.recv(1024)
print("recebi", msg)
con.send(msg)
con.close()
s.close()
