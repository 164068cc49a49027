import socketserver

class Maiusculas(socketserver.StreamRequestHandler):
    """Cada conexao roda em uma thread."""
    def handle(self):
        texto = self.request.recv(1024)
        print(self.client_address[0], "escreveu:", texto)
        self.wfile.write(texto.upper())

class Servidor(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    daemon_threads = True

if __name__ == "__main__":
    Servidor(("0.0.0.0", 65432), Maiusculas).serve_forever()
