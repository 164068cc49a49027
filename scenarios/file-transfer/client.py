"""Reference client of the lab: client HOST PORT get|put NAME."""
import socket
import sys


def read_answer(stream):
    """Reads the line OK size, and returns the size. Any other line ends the program."""
    line = stream.readline().decode(errors="replace").rstrip("\r\n")
    word, _, size = line.partition(" ")
    if word != "OK" or not size.isdigit():
        sys.exit(f"the server answered: {line}")
    return int(size)


def get(connection, name):
    """Asks for a file, and stores it once all of it has come."""
    connection.sendall(f"GET {name}\n".encode())
    with connection.makefile("rb") as stream:
        size = read_answer(stream)
        data = stream.read(size)
    if len(data) < size:
        sys.exit(f"only {len(data)} of {size} bytes came")
    with open(name, "wb") as file:
        file.write(data)
    print(f"{name}: {size} bytes received")


def put(connection, name):
    """Sends a file, and waits until the server has confirmed it."""
    with open(name, "rb") as file:
        data = file.read()
    connection.sendall(f"PUT {name} {len(data)}\n".encode())
    connection.sendall(data)
    with connection.makefile("rb") as stream:
        size = read_answer(stream)
    print(f"{name}: {size} bytes sent")


def main():
    if len(sys.argv) != 5 or sys.argv[3] not in ("get", "put"):
        sys.exit("usage: client HOST PORT get|put NAME")
    host, port, command, name = sys.argv[1:]
    try:
        with socket.create_connection((host, int(port))) as connection:
            if command == "get":
                get(connection, name)
            else:
                put(connection, name)
    except OSError as error:
        sys.exit(f"{command} {name}: {error}")


if __name__ == "__main__":
    main()
