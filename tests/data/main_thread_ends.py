# A correct server whose first thread exits while others continue, like `pthread_exit` in `main` in
# C.
import ctypes
import platform
import socketserver
import threading


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(1024):
            self.request.sendall(data)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


# Bound after the first thread has exited, so that the socket is not found in its descriptors.
threading.Thread(target=lambda: Server(("127.0.0.1", 65432), Echo).serve_forever()).start()
# SYS_exit ends this thread only.
ctypes.CDLL(None).syscall({"x86_64": 60}.get(platform.machine(), 93), 0)
