#!/usr/bin/env python3
"""Records the captures in this folder from traffic on its own loopback, one per kind of conversation.

Run it as `unshare -rn python3 make.py FOLDER`; it needs dumpcap and ip. It does not write the files
made-*.pcapng: socklab's writer made them frame by frame, for cases that a loopback cannot produce.
The golden texts of tests/it/packets.rs belong to these files. New captures have other ports and times, so the
texts must be reviewed again.
"""
import os, signal, socket, struct, subprocess, sys, threading, time

TCP, UDP = 65432, 65431
LO = "127.0.0.1"


def run(*words):
    return subprocess.run(words, stderr=subprocess.DEVNULL).returncode == 0


def capture(folder, name, act, options=(), interface="lo", wait=0.3):
    path = os.path.join(folder, name)
    words = ["dumpcap", "-q", "-i", interface, "-w", path, *options]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    act()
    time.sleep(wait)
    process.send_signal(signal.SIGINT)
    process.wait()
    os.chmod(path, 0o644)
    forget_machine(path)
    print(name, os.path.getsize(path))


def forget_machine(path):
    """Blanks the names of the CPU and the system, which dumpcap records."""
    data = bytearray(open(path, "rb").read())
    at = 0
    while path.endswith("ng") and at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        private = {0x0A0D0D0A: (24, (2, 3, 4)), 1: (16, (12,))}.get(kind)
        if private:
            option, codes = at + private[0], private[1]
            while option < at + length - 4:
                code, size = struct.unpack_from("<HH", data, option)
                if code in codes:
                    data[option + 4 : option + 4 + size] = b"x" * size
                option += 4 + (size + 3) // 4 * 4
        at += length
    open(path, "wb").write(data)


def listener(address=LO, family=socket.AF_INET, backlog=5):
    server = socket.socket(family)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((address, TCP))
    server.listen(backlog)
    return server


def serve(answer, address=LO, family=socket.AF_INET, count=1):
    server = listener(address, family)

    def loop():
        for _ in range(count):
            connection, _ = server.accept()
            while data := connection.recv(1024):
                connection.sendall(answer(data))
            connection.close()
        server.close()

    thread = threading.Thread(target=loop)
    thread.start()
    return thread


def client(messages, address=LO, family=socket.AF_INET, pause=0.0):
    with socket.socket(family) as one:
        one.connect((address, TCP))
        for message in messages:
            one.sendall(message)
            got = 0
            while got < len(message):
                got += len(one.recv(65536))
            time.sleep(pause)


def echo(address=LO, family=socket.AF_INET, answer=bytes, messages=(b"hello",), count=1):
    def act():
        thread = serve(answer, address, family, count)
        for _ in range(count):
            client(messages, address, family)
        thread.join()

    return act


def reset():
    server = listener()
    one = socket.create_connection((LO, TCP))
    connection, _ = server.accept()
    one.sendall(b"hello")
    connection.recv(1024)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    time.sleep(0.1)
    one.close()
    server.close()


def unread():
    """The client closes first; the server closes with unread data: RST after a FIN."""
    server = listener()
    one = socket.create_connection((LO, TCP))
    connection, _ = server.accept()
    one.sendall(b"hello, hello")
    one.shutdown(socket.SHUT_WR)
    connection.recv(5)
    connection.close()
    time.sleep(0.1)
    one.close()
    server.close()


def refused():
    try:
        socket.create_connection((LO, TCP))
    except ConnectionRefusedError:
        pass


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def half_open():
    """A SYN from a host that does not exist: the SYN-ACK is never acknowledged and is retransmitted."""
    run("ip", "route", "add", "10.9.9.9", "dev", "lo")
    server = listener("0.0.0.0")
    source, destination = socket.inet_aton("10.9.9.9"), socket.inet_aton(LO)
    header = struct.pack("!HHIIBBHHH", 40000, TCP, 1000, 0, 0x50, 0x02, 64240, 0, 0)
    check = checksum(source + destination + struct.pack("!BBH", 0, 6, len(header)) + header)
    header = header[:16] + struct.pack("!H", check) + header[18:]
    packet = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 1, 0, 64, 6, 0, source, destination) + header
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    raw.sendto(packet, (LO, 0))
    time.sleep(3.5)
    server.close()


def udp():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((LO, UDP))
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for message in (b"hello", b"", bytes(range(97, 123)) * 40):
        one.sendto(message, (LO, UDP))
        data, peer = server.recvfrom(2048)
        server.sendto(data.upper(), peer)
        one.recv(2048)
    server.close()


def udp_unreachable(address=LO, family=socket.AF_INET):
    def act():
        one = socket.socket(family, socket.SOCK_DGRAM)
        for message in (b"is anybody there?", b"hello"):
            one.sendto(message, (address, UDP))
            time.sleep(0.1)

    return act


def fragmented():
    """Datagrams larger than the MTU: IP fragments."""
    run("ip", "link", "set", "lo", "mtu", "1500")
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((LO, UDP))
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.sendto(b"a" * 4000, (LO, UDP))
    data, peer = server.recvfrom(8000)
    server.sendto(data.upper(), peer)
    run("ip", "link", "set", "lo", "mtu", "65536")


def keep_alive():
    server = listener()
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    one.connect((LO, TCP))
    connection, _ = server.accept()
    one.sendall(b"x")
    connection.sendall(connection.recv(10))
    time.sleep(2.5)
    one.close()
    connection.close()
    server.close()


def zero_window():
    server = listener()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    one.connect((LO, TCP))
    connection, _ = server.accept()
    one.setblocking(False)
    sent = 0
    try:
        while True:
            sent += one.send(b"z" * 4096)
    except BlockingIOError:
        pass
    time.sleep(0.6)
    one.setblocking(True)
    reader = threading.Thread(target=lambda: [None for _ in iter(lambda: connection.recv(65536), b"")])
    reader.start()
    one.close()
    reader.join()
    connection.close()
    server.close()


def full_backlog():
    """A server that never accepts: the third client's SYN is not answered and is retransmitted."""
    server = listener(backlog=0)
    clients = [socket.socket() for _ in range(3)]
    for one in clients:
        one.setblocking(False)
        one.connect_ex((LO, TCP))
    time.sleep(1.5)
    server.close()
    for one in clients:
        one.close()


def several():
    """Five simultaneous clients that send in reverse order."""
    server = listener()
    clients = [socket.create_connection((LO, TCP)) for _ in range(5)]
    connections = [server.accept()[0] for _ in range(5)]
    for number in reversed(range(5)):
        clients[number].sendall(b"client %d" % number)
    for connection in connections:
        connection.sendall(connection.recv(1024).upper())
        connection.close()
    for one in clients:
        one.recv(1024)
        one.close()
    server.close()


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    run("ip", "link", "set", "lo", "up")
    capture(folder, "echo.pcapng", echo())
    capture(folder, "upper.pcapng", echo(answer=bytes.upper, messages=[b"one", b"two"]))
    capture(folder, "echo-cooked.pcap", echo(count=2), ["-P"], "any")
    capture(folder, "echo-classic.pcap", echo(), ["-P"])
    capture(folder, "snapped.pcap", echo(messages=[b"q" * 1000]), ["-P", "-s", "96"])
    capture(folder, "reset.pcapng", reset)
    capture(folder, "reset-after-fin.pcapng", unread)
    capture(folder, "refused.pcapng", refused)
    capture(folder, "half-open.pcapng", half_open)
    capture(folder, "udp.pcapng", udp)
    capture(folder, "udp-unreachable.pcapng", udp_unreachable())
    capture(folder, "udp-fragmented.pcapng", fragmented)
    capture(folder, "ipv6.pcapng", echo("::1", socket.AF_INET6))
    capture(folder, "ipv6-unreachable.pcapng", udp_unreachable("::1", socket.AF_INET6))
    capture(folder, "keep-alive.pcapng", keep_alive)
    capture(folder, "zero-window.pcap", zero_window, ["-P", "-s", "100"])
    capture(folder, "full-backlog.pcapng", full_backlog)
    capture(folder, "several.pcapng", several)


main()
