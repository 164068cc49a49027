# HTTP/1.1 by the standard library: the connection stays open.
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

SimpleHTTPRequestHandler.protocol_version = "HTTP/1.1"
ThreadingHTTPServer(("127.0.0.1", 8080), partial(SimpleHTTPRequestHandler, directory="www")).serve_forever()
