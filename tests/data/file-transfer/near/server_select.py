"""One thread, select, small reads, uploads into a temporary file that is renamed."""
import os
import selectors
import socket

selector = selectors.DefaultSelector()


class Client:
    def __init__(self, connection):
        self.connection, self.input, self.output = connection, b"", b""
        self.upload = None      # name, file, bytes that are left, size

    def is_name(self, name):
        return os.sep not in name and name not in ("", ".", "..")

    def step(self):
        if self.upload:
            name, file, left, size = self.upload
            part, self.input = self.input[:left], self.input[left:]
            if file:
                file.write(part)
            left -= len(part)
            self.upload = (name, file, left, size)
            if left:
                return False
            self.upload = None
            if not file:
                self.output += b"ERROR bad name\n"
                return True
            file.close()
            os.rename("files/." + name + ".tmp", "files/" + name)
            self.output += b"OK %d\n" % size
            return True
        line, end, rest = self.input.partition(b"\n")
        if not end:
            return False
        self.input = rest
        words = line.decode("utf-8", "replace").strip().split()
        if len(words) == 2 and words[0] == "GET":
            if self.is_name(words[1]) and os.path.isfile("files/" + words[1]):
                with open("files/" + words[1], "rb") as file:
                    data = file.read()
                self.output += b"OK %d\n" % len(data) + data
            else:
                self.output += b"ERROR cannot find it\n"
        elif len(words) == 3 and words[0] == "PUT" and words[2].isdigit():
            name, size = words[1], int(words[2])
            file = open("files/." + name + ".tmp", "wb") if self.is_name(name) else None
            self.upload = (name, file, size, size)
        else:
            self.output += b"ERROR what?\n"
        return True

    def ready(self, mask):
        if mask & selectors.EVENT_WRITE:
            self.output = self.output[self.connection.send(self.output):]
        if mask & selectors.EVENT_READ:
            data = self.connection.recv(4099)
            if not data:
                selector.unregister(self.connection)
                self.connection.close()
                if self.upload and self.upload[1]:
                    os.remove(self.upload[1].name)
                return
            self.input += data
        while self.input or self.upload:
            if not self.step():
                break
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self.output else 0)
        selector.modify(self.connection, events, self)


listener = socket.create_server(("", 65434))
listener.setblocking(False)
selector.register(listener, selectors.EVENT_READ, None)
while True:
    for key, mask in selector.select():
        if key.data:
            key.data.ready(mask)
        else:
            connection, _ = listener.accept()
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_READ, Client(connection))
