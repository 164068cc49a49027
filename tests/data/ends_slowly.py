# Serves one client, closes the listener, and exits 1.5 s later without ever being idle. Until its
# child has been executed it waits uninterruptibly (vfork(2)), and the child waits for the other end
# of a FIFO.
import os
import socket
import subprocess
import tempfile

fifo = os.path.join(tempfile.mkdtemp(), "fifo")
os.mkfifo(fifo)
listener = socket.create_server(("127.0.0.1", 65432))
client, _ = listener.accept()
# Before the first answer, so that later clients are refused.
listener.close()
while data := client.recv(1024):
    client.sendall(data)
subprocess.Popen(["sh", "-c", 'sleep 1.5; exec 3>"$0"', fifo])
client.close()
os.posix_spawn("/bin/true", ["true"], {}, file_actions=[(os.POSIX_SPAWN_OPEN, 3, fifo, os.O_RDONLY, 0)])
