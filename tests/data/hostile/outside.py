# Reads, writes and connects outside the sandbox; the targets are in the file `outside.txt` beside
# it.
import os, socket, sys
from serve import serve
found = []
canary, port = open("outside.txt").read().split("\n")[:2]
for what, mode in (("read", "r"), ("written", "r+")):
    try:
        with open(canary, mode) as file:
            file.read() if mode == "r" else file.write("x")
        found.append(what)
    except OSError:
        pass
try:
    socket.create_connection(("127.0.0.1", int(port)), timeout=1).close()
    found.append("connected")
except OSError:
    pass
for name in ("../x", "/etc/x", "/usr/x"):
    try:
        open(name, "w").close()
        if name != "../x":
            found.append(name)
    except OSError:
        pass
if found:
    sys.exit("LEAK " + ", ".join(found))
serve()
