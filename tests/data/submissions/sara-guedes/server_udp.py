import socket, sys
if len(sys.argv) < 2:
    sys.exit("usage: server_udp.py PORT")
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", int(sys.argv[1])))
while True:
    data, peer = s.recvfrom(65535)
    print(peer, "wrote:", data)
    s.sendto(data.strip().upper(), peer)
