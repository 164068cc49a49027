# One thread with selectors; sends a few kilobytes at a time; Connection: close on every response.
import os
import selectors
import socket
from urllib.parse import unquote

selector = selectors.DefaultSelector()
server = socket.create_server(("127.0.0.1", 8080), backlog=50)
server.setblocking(False)
selector.register(server, selectors.EVENT_READ)
waiting, sending = {}, {}


def answer(head):
    method, target, _ = head.split(b"\r\n")[0].decode("latin-1").split(" ")
    root = os.path.realpath("www")
    file = os.path.realpath(os.path.join(root, unquote(target).lstrip("/") or "index.html"))
    status, kind, body = "200 Fine", "application/octet-stream", b""
    if method not in ("GET", "HEAD"):
        status = "405 No"
    elif not file.startswith(root + os.sep) or not os.path.exists(file):
        status = "404 Not here"
    else:
        body = open(file, "rb").read()
        kind = {".html": "Text/HTML;charset=UTF-8", ".txt": "text/plain", ".png": "image/png"}.get(file[-4:].replace("html", ".html"), kind)
    head = f"HTTP/1.1 {status}\r\nCONTENT-LENGTH:{len(body)}\r\nContent-type:{kind}\r\nconnection:Close\r\n\r\n"
    return head.encode() + (b"" if method == "HEAD" else body)


while True:
    for key, _ in selector.select():
        one = key.fileobj
        if one is server:
            connection, _ = server.accept()
            connection.setblocking(False)
            waiting[connection] = b""
            selector.register(connection, selectors.EVENT_READ)
        elif one in sending:
            try:
                sent = one.send(sending[one][:3000])
            except OSError:
                sent = len(sending[one])
            sending[one] = sending[one][sent:]
            if not sending[one]:
                del sending[one]
                selector.unregister(one)
                one.close()
        else:
            data = one.recv(512)
            waiting[one] += data
            if not data:
                del waiting[one]
                selector.unregister(one)
                one.close()
            elif b"\r\n\r\n" in waiting[one]:
                sending[one] = answer(waiting.pop(one))
                selector.modify(one, selectors.EVENT_WRITE)
