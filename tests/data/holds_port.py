# Holds port 65432 while another program runs, like the server of another user: until that program
# exits ("stays"), or until the first agent waits for the port, like a server that is just exiting
# ("goes").
import socket
import subprocess
import sys
import threading
import time

server = socket.create_server(("127.0.0.1", 65432))


def go():
    while True:
        with open("/proc/self/net/unix") as held:
            if "@socklab-port-65432" in held.read():
                break
        time.sleep(0.01)
    server.close()


if sys.argv[1] == "goes":
    threading.Thread(target=go, daemon=True).start()
sys.exit(subprocess.run(sys.argv[2:]).returncode)
