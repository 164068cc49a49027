# Allocates 5 GB in anonymous files that no process maps, so that no process accounts for it. Is not
# dumpable, so that it cannot be inspected.
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
