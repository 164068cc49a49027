# Allocates memory in many processes, each below its own limit.
import os
for _ in range(40):
    if os.fork() == 0:
        kept = []
        while True:
            kept.append(bytearray(b"x" * (32 << 20)))
os.wait()
while True:
    pass
