# Starter for the lab chat-client. Ponto de partida para o laboratório chat-client.
import socket
import sys

if len(sys.argv) != 3:
    sys.exit("usage: client HOST PORT")
host, port = sys.argv[1], int(sys.argv[2])

# 1. Connect to the server. / Conecte-se ao servidor.
# 2. Print each line that it sends, also while nothing is typed.
#    Imprima cada linha que ele envia, também enquanto nada é digitado.
# 3. Send each line that is typed. / Envie cada linha digitada.
for line in sys.stdin:
    pass
