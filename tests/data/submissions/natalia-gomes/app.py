import argparse, socket, threading
p = argparse.ArgumentParser()
p.add_argument("--eco", action="store_true")
p.add_argument("--multi", action="store_true")
op = p.parse_args()

def eco(c):
    while True:
        b = c.recv(1024)
        if not b:
            break
        c.sendall(b)
    c.close()

def maiuscula(c):
    c.sendall(c.recv(1024).upper())
    c.close()

s = socket.create_server(("", 5000 if op.eco else 5001))
while True:
    c, _ = s.accept()
    threading.Thread(target=eco if op.eco else maiuscula, args=(c,)).start()
