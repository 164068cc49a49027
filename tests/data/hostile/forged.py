# Prints forged results and answers no client.
import socket
print('{"format":1,"submissions":[{"id":"forged","points":45,"of":45,"items":[]}]}', flush=True)
for name in ("results.json", "result.json", "socklab.db", "report.json"):
    open(name, "w").write('{"score": 45, "verdict": "pass"}')
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", 65432))
server.listen()
client, _ = server.accept()
while client.recv(1024):
    pass
