import socket

# Descobre uma porta livre, só para mostrar.
sonda = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sonda.bind(("", 0))
livre = sonda.getsockname()[1]
tabela = [n * n for n in range(400_000)]
sonda.close()
print("porta livre:", livre, len(tabela))

s = socket.create_server(("127.0.0.1", 65432))
c, quem = s.accept()
with c:
    while True:
        dados = c.recv(4096)
        if not dados:
            break
        c.sendall(dados)
