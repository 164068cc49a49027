"""HTTP server: starter for the lab http-server. Fill in the places marked TODO."""
import socket

ADDRESS = ("127.0.0.1", 8080)
FOLDER = "www"


def read_head(connection):
    """Returns the head of a request, up to its empty line, as text.

    TODO: one recv may return only a part. Read in a loop until b"\\r\\n\\r\\n" came.
    """
    return connection.recv(4096).decode("latin-1")


def serve(connection):
    """Answers one client."""
    head = read_head(connection)
    method, target, version = head.split("\r\n")[0].split(" ")
    # TODO: find the file of target in FOLDER, and stay inside FOLDER.
    # TODO: 404 if there is none, 405 or 501 if the method is neither GET nor HEAD.
    body = b"TODO\n"
    # TODO: Content-Type by the extension of the file, Content-Length in bytes.
    connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body)
    connection.close()


def main():
    with socket.create_server(ADDRESS) as server:
        while True:
            connection, _ = server.accept()
            # TODO: a client that is slow must not keep the others waiting.
            serve(connection)


if __name__ == "__main__":
    main()
