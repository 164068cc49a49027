# A correct server that cannot be inspected, because PR_SET_DUMPABLE is off. Its argument is the
# port.
import ctypes
import socketserver
import sys


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(1024):
            self.request.sendall(data)


ctypes.CDLL(None).prctl(4, 0)
socketserver.TCPServer.allow_reuse_address = True
socketserver.TCPServer(("127.0.0.1", int(sys.argv[1])), Echo).serve_forever()
