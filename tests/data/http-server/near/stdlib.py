# HTTP/1.0 with Content-Length, by the standard library; 501 for other methods.
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

ThreadingHTTPServer(("127.0.0.1", 8080), partial(SimpleHTTPRequestHandler, directory="www")).serve_forever()
