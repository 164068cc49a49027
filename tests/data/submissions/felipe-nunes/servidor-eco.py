import socket
with socket.create_server(("127.0.0.1", 65432)) as servidor:
    conn, addr = servidor.accept()
    conn.sendall("Bem-vindo ao servidor de eco!\n".encode())
    while (dados := conn.recv(1024)):
        conn.sendall(dados)
    conn.close()
