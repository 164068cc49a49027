# Reads by lines, writes the head line by line, keeps connections with a time limit, ends with a line of its own.
import os
import socketserver
from urllib.parse import unquote


class Handler(socketserver.StreamRequestHandler):
    timeout = 2

    def handle(self):
        while True:
            try:
                line = self.rfile.readline().decode("latin-1").rstrip("\r\n")
            except TimeoutError:
                return
            if not line:
                return
            fields = {}
            while (field := self.rfile.readline().decode("latin-1").strip()):
                name, value = field.split(":", 1)
                fields[name.lower()] = value.strip().lower()
            method, target, version = line.split()
            keep = version == "HTTP/1.1" and fields.get("connection") != "close"
            path = os.path.abspath("www" + unquote(target))
            if os.path.isdir(path):
                path = os.path.join(path, "index.html")
            root = os.path.abspath("www") + os.sep
            status, body = "404 Not Found", b"<p>404</p>"
            if path.startswith(root) and os.path.isfile(path):
                status, body = "200 OK", open(path, "rb").read()
            if method not in ("GET", "HEAD"):
                status, body, keep = "405 Method Not Allowed", b"", False
            kind = {"html": "text/html", "txt": "text/plain;charset=utf-8", "png": "image/png"}.get(path.rsplit(".")[-1], "text/html")
            for out in ("HTTP/1.1 " + status, "Content-Type: " + kind, f"Content-Length: {len(body)}",
                        "Keep-Alive: timeout=2", "Connection: " + ("keep-alive" if keep else "close"), ""):
                self.wfile.write(out.encode() + b"\r\n")
            if method != "HEAD":
                for at in range(0, len(body), 60000):
                    self.wfile.write(body[at:at + 60000])
            if not keep:
                return


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("127.0.0.1", 8080), Handler).serve_forever()
