"""File server: starter for the lab file-transfer. Fill in the places marked TODO."""
import socket

ADDRESS = ("127.0.0.1", 65434)
FOLDER = "files"


def read_line(connection):
    """Returns the next line of a client without its end.

    TODO: one recv may return only a part of a line, or more than one. Read until b"\\n" came, and keep
    what comes after it.
    """
    return connection.recv(1024).decode().strip()


def serve(connection):
    """Answers the requests of one client."""
    words = read_line(connection).split(" ")
    # TODO: refuse names that lead out of FOLDER.
    # TODO: GET name: answer "OK size\n" and the bytes of the file, or "ERROR text\n".
    # TODO: PUT name size: read exactly size bytes and store them, answer "OK size\n".
    connection.sendall(b"ERROR not done yet: " + words[0].encode() + b"\n")
    # TODO: answer further requests until the client closes the connection.
    connection.close()


def main():
    with socket.create_server(ADDRESS) as server:
        while True:
            connection, _ = server.accept()
            # TODO: a client that is slow must not keep the others waiting.
            serve(connection)


if __name__ == "__main__":
    main()
