import socket
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 65431))
while True:
    data, addr = sock.recvfrom(4096)
    sock.sendto(data.upper(), addr)
    print("sent to", addr)
    sock.sendto(data.upper(), addr)
