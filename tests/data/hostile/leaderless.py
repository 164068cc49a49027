# Allocates memory in threads of processes whose first thread has exited: such processes seem to
# hold nothing and to be finished. Also leaves daemons of this kind behind.
import ctypes
import os
import platform
import threading
import time

EXIT = {"x86_64": 60}.get(platform.machine(), 93)


def go_on_without_the_first_thread(work):
    threading.Thread(target=work).start()
    ctypes.CDLL(None).syscall(EXIT, 0)


def take():
    kept = []
    while True:
        kept.append(bytearray(b"x" * (32 << 20)))


def stay():
    while True:
        time.sleep(60)


for work in [stay] * 4 + [take] * 36:
    if os.fork() == 0:
        os.setsid()
        go_on_without_the_first_thread(work)
go_on_without_the_first_thread(stay)
