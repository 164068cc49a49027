# Not an attack: a preforking server. Its workers map 4 GB in total but use little of it, since they
# share the pages.
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
