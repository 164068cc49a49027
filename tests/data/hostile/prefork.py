# No attack: a server that forks its workers beforehand. They see 4 GB together, and hold little of it, since it is the same.
import os

kept = b"x" * (32 << 20)
waits, holds = os.pipe()
for _ in range(100):
    if os.fork() == 0:
        os.close(holds)
        os.read(waits, 1)
        os._exit(0)

from serve import serve

serve()
