"""File client: starter for the lab file-transfer. Fill in the places marked TODO."""
import socket
import sys


def get(connection, name):
    """Asks for a file and stores it in the working directory."""
    connection.sendall(f"GET {name}\n".encode())
    # TODO: read the line "OK size\n". After "ERROR text\n", print it and exit with code 1: no file.
    # TODO: receive exactly size bytes, in a loop. If the connection ends before, exit with code 1: no file.
    # TODO: write them into the file, in binary mode.


def put(connection, name):
    """Sends a file of the working directory."""
    # TODO: send "PUT name size\n" and the bytes of the file.
    # TODO: read the answer. After "ERROR text\n", print it and exit with code 1.


def main():
    if len(sys.argv) != 5 or sys.argv[3] not in ("get", "put"):
        sys.exit("usage: client HOST PORT get|put NAME")
    host, port, command, name = sys.argv[1:]
    with socket.create_connection((host, int(port))) as connection:
        if command == "get":
            get(connection, name)
        else:
            put(connection, name)


if __name__ == "__main__":
    main()
