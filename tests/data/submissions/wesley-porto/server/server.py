import select
import socket

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", 65432))
listener.listen(16)
readers = [listener]
while True:
    ready, _, _ = select.select(readers, [], [])
    for r in ready:
        if r is listener:
            conn, addr = listener.accept()
            print("new client", addr)
            readers.append(conn)
            continue
        data = r.recv(1024)
        if data:
            r.sendall(data.upper())
        else:
            readers.remove(r)
            r.close()
