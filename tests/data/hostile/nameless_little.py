# Like nameless.py, but with an amount that a correct server may use.
import os
from serve import serve
held, block = [], b"x" * (1 << 20)
for _ in range(4):
    held.append(os.memfd_create("held"))
    for _ in range(63):
        os.write(held[-1], block)
serve()
