"""Reference server of the lab: gives and takes the files of the folder files, one thread per client."""
import os
import socket
import sys
import threading

FOLDER = "files"
PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 65434


def path_of(name):
    """Returns the path of a file in the folder, or None if the name leads elsewhere."""
    if "/" in name or "\0" in name or name.startswith("."):
        return None
    return os.path.join(FOLDER, name)


def give(output, name):
    """Answers GET."""
    path = path_of(name)
    if path is None or not os.path.isfile(path):
        output.sendall(b"ERROR no such file\n")
        return
    with open(path, "rb") as file:
        data = file.read()
    output.sendall(f"OK {len(data)}\n".encode())
    output.sendall(data)


def take(stream, output, name, size):
    """Answers PUT. Returns False if the client has closed before all bytes came."""
    data = stream.read(size)
    if len(data) < size:
        return False
    path = path_of(name)
    if path is None:
        output.sendall(b"ERROR not a name of a file\n")
        return True
    with open(path, "wb") as file:
        file.write(data)
    output.sendall(f"OK {size}\n".encode())
    return True


def serve(connection):
    """Answers the requests of one client until it closes the connection."""
    with connection, connection.makefile("rb") as stream:
        while True:
            # All reads go through the same buffer, which may hold the next request already.
            line = stream.readline(1000)
            if not line:
                return
            words = line.decode(errors="replace").rstrip("\r\n").split(" ")
            if words[0] == "GET" and len(words) == 2:
                give(connection, words[1])
            elif words[0] == "PUT" and len(words) == 3 and words[2].isdigit():
                if not take(stream, connection, words[1], int(words[2])):
                    return
            else:
                connection.sendall(b"ERROR unknown request\n")


def main():
    with socket.create_server(("127.0.0.1", PORT), backlog=64) as server:
        while True:
            connection, _ = server.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
