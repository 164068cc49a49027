# Takes memory in files without a name that nobody maps, which is no process's own: 5 GB of it. Does not let itself be looked into.
import ctypes
import os
from serve import serve
ctypes.CDLL(None).prctl(4, 0)
held, block = [], b"x" * (1 << 20)
for _ in range(80):
    held.append(os.memfd_create("held"))
    for _ in range(63):
        os.write(held[-1], block)
serve()
