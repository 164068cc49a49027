import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("localhost", 65431))
while True:
    d, quem = s.recvfrom(512)
    print(quem, "enviou", len(d), "bytes")
    s.sendto(d.upper(), quem)
