import socketserver

class Eco(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            pedaco = self.request.recv(1024)
            if not pedaco:
                return
            self.request.sendall(pedaco)

socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(("localhost", 65432), Eco).serve_forever()
