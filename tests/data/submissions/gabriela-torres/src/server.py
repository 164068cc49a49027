import socket

def main():
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", 65432))
    sock.listen()
    conn, addr = sock.accept()
    print(f"Connected by {addr}")
    while True:
        text = conn.recv(1024).decode("utf-8")
        if not text:
            break
        print("client says:", text)
        conn.sendall(text.encode("utf-8"))
    conn.close()

main()
