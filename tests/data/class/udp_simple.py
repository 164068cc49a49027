import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('HOST', 65431))
while True:
    d, a = s.recvfrom(9000)
    s.sendto(d.upper(), a)
