"""sendfile, the line byte by byte, socketserver with threads, and half uploads removed."""
import os
import socketserver


class Handler(socketserver.BaseRequestHandler):
    def line(self):
        line = b""
        while not line.endswith(b"\n"):
            byte = self.request.recv(1)
            if not byte:
                return None
            line += byte
        return line[:-1].decode()

    def handle(self):
        while (line := self.line()) is not None:
            command, name, *size = line.split(" ")
            path = os.path.join("files", os.path.basename(name))
            if os.path.basename(name) != name:
                if size:
                    left = int(size[0])
                    while left and (data := self.request.recv(left)):
                        left -= len(data)
                self.request.sendall("ERROR o nome não é permitido\n".encode())
            elif command == "PUT":
                left = int(size[0])
                with open(path + "~", "wb") as file:
                    while left:
                        data = self.request.recv(min(left, 1 << 16))
                        if not data:
                            os.remove(path + "~")
                            return
                        file.write(data)
                        left -= len(data)
                os.replace(path + "~", path)
                self.request.sendall(f"OK {size[0]}\n".encode())
            elif os.path.exists(path):
                with open(path, "rb") as file:
                    self.request.sendall(f"OK {os.path.getsize(path)}\n".encode())
                    self.request.sendfile(file)
            else:
                self.request.sendall(b"ERROR not found\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("127.0.0.1", 65434), Handler).serve_forever()
