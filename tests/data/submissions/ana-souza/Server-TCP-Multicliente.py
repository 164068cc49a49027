import socketserver


class MeuTratador(socketserver.BaseRequestHandler):
    def handle(self):
        self.data = self.request.recv(1024).strip()
        print("{} escreveu:".format(self.client_address[0]))
        print(self.data)
        self.request.sendall(self.data.upper())


if __name__ == "__main__":
    HOST, PORT = "localhost", 65432
    with socketserver.TCPServer((HOST, PORT), MeuTratador) as server:
        server.serve_forever()
