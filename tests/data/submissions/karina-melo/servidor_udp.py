import socketserver


class Tratador(socketserver.BaseRequestHandler):
    def handle(self):
        dados = self.request[0].strip()
        sock = self.request[1]
        print("{} wrote:".format(self.client_address[0]))
        print(dados)
        sock.sendto(dados.upper(), self.client_address)


if __name__ == "__main__":
    with socketserver.UDPServer(("localhost", 65431), Tratador) as server:
        server.serve_forever()
