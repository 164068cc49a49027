# A sound server whose first thread ends while the others go on, as `pthread_exit` in the `main` of a program in C does.
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


# Bound when only this thread is left: nothing of it is to be found at the first one.
threading.Thread(target=lambda: Server(("127.0.0.1", 65432), Echo).serve_forever()).start()
# SYS_exit: this thread alone.
ctypes.CDLL(None).syscall({"x86_64": 60}.get(platform.machine(), 93), 0)
