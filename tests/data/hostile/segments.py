# Allocates System V segments that no process has attached; more than 1 GiB must be refused. The
# namespace releases them. Then it serves.
import ctypes
import sys
from serve import serve

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.shmat.restype = ctypes.c_void_p
LIBC.shmdt.argtypes = [ctypes.c_void_p]
LIBC.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
held = 0
while held < 1 << 30:
    segment = LIBC.shmget(0, 32 << 20, 0o1600)
    if segment < 0:
        break
    place = LIBC.shmat(segment, None, 0)
    LIBC.memset(place, 1, 32 << 20)
    LIBC.shmdt(place)
    held += 32 << 20
else:
    sys.exit(f"LEAK {held >> 20} MiB in segments")
serve()
