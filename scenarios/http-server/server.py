"""Reference server of the lab: serves the files of the folder www over HTTP/1.1, one thread per client."""
import os
import socket
import sys
import threading
from urllib.parse import unquote

FOLDER = os.path.realpath("www")
PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
TYPES = {".html": "text/html; charset=utf-8", ".txt": "text/plain; charset=utf-8", ".png": "image/png"}


def read_head(connection, data):
    """Returns the head of the next request and the bytes after it; no head if the client has closed."""
    while b"\r\n\r\n" not in data:
        part = connection.recv(4096)
        if not part:
            return None, b""
        data += part
    head, _, rest = data.partition(b"\r\n\r\n")
    return head.decode("latin-1"), rest


def find_file(target):
    """Returns the path of a file inside the folder, or None."""
    path = unquote(target.split("?", 1)[0])
    if path.endswith("/"):
        path += "index.html"
    file = os.path.realpath(os.path.join(FOLDER, path.lstrip("/")))
    inside = os.path.commonpath([FOLDER, file]) == FOLDER
    return file if inside and os.path.isfile(file) else None


def answer(method, target):
    """Returns status, media type and body."""
    if method not in ("GET", "HEAD"):
        return "405 Method Not Allowed", "text/plain", b"only GET and HEAD\n"
    file = find_file(target)
    if file is None:
        return "404 Not Found", "text/plain", b"no such file\n"
    with open(file, "rb") as content:
        body = content.read()
    return "200 OK", TYPES.get(os.path.splitext(file)[1], "application/octet-stream"), body


def respond(connection, method, response, close):
    """Sends a response; one to HEAD has no body."""
    status, kind, body = response
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    if status.startswith("405"):
        lines.append("Allow: GET, HEAD")
    if close:
        lines.append("Connection: close")
    head = "\r\n".join(lines) + "\r\n\r\n"
    connection.sendall(head.encode("latin-1"))
    if method != "HEAD":
        connection.sendall(body)


def serve(connection):
    """Answers the requests of one client until it closes or asks for that."""
    with connection:
        rest = b""
        while True:
            head, rest = read_head(connection, rest)
            if head is None:
                return
            lines = head.split("\r\n")
            words = lines[0].split(" ")
            if len(words) != 3:
                return respond(connection, "GET", ("400 Bad Request", "text/plain", b"not a request\n"), True)
            method, target, version = words
            fields = (line.partition(":") for line in lines[1:])
            headers = {name.lower(): value.strip().lower() for name, _, value in fields}
            close = headers.get("connection") == "close" or version == "HTTP/1.0"
            # The body of another method is not read: what follows could not be told apart from it.
            close = close or method not in ("GET", "HEAD")
            respond(connection, method, answer(method, target), close)
            if close:
                return


def main():
    with socket.create_server(("127.0.0.1", PORT), backlog=64) as server:
        while True:
            connection, _ = server.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
