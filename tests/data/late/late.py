# A correct echo server that answers late: MODE says what it waits for before each answer.
import asyncio
import concurrent.futures
import ctypes
import multiprocessing
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

SO_RCVTIMEO = 20
libc = ctypes.CDLL(None, use_errno=True)


def compute():
    until = time.process_time() + 1
    while time.process_time() < until:
        pass


def poll_three_times():
    reader, _ = os.pipe()
    for _ in range(3):
        select.select([reader], [], [], 0.5)


def thread_timer():
    done = threading.Event()
    threading.Timer(1, done.set).start()
    done.wait()


def alarm():
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.alarm(1)
    signal.pause()


def interval_timer():
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 1)
    signal.pause()


def wait_for_signal():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    signal.alarm(1)
    signal.sigwait([signal.SIGALRM])


def timer_descriptor():
    timer = libc.timerfd_create(1, 0)
    libc.timerfd_settime(timer, 0, struct.pack("qqqq", 0, 0, 1, 0), None)
    os.read(timer, 8)


def child_pipe():
    subprocess.run(["sh", "-c", "sleep 1; echo done"], stdout=subprocess.PIPE, check=True)


def child_exit():
    if os.fork() == 0:
        time.sleep(1)
        os._exit(0)
    os.wait()


def held_lock():
    lock = threading.Lock()
    lock.acquire()
    threading.Thread(target=lambda: (time.sleep(1), lock.release())).start()
    with lock:
        pass


def executor():
    with concurrent.futures.ThreadPoolExecutor() as pool:
        pool.submit(time.sleep, 1).result()


def worker_process():
    reader, writer = multiprocessing.Pipe(False)
    worker = multiprocessing.Process(target=lambda: (time.sleep(1), writer.send(1)))
    worker.start()
    reader.recv()
    worker.join()


def file_poll():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "done")
        subprocess.Popen(["sh", "-c", f"sleep 1; : > {path}"])
        while not os.path.exists(path):
            time.sleep(0.05)


def inotify():
    with tempfile.TemporaryDirectory() as folder:
        watch = libc.inotify_init()
        libc.inotify_add_watch(watch, folder.encode(), 0x100)
        subprocess.Popen(["sh", "-c", f"sleep 1; : > {folder}/done"])
        os.read(watch, 4096)
        os.close(watch)


def socket_limit():
    one, _ = socket.socketpair()
    one.setsockopt(socket.SOL_SOCKET, SO_RCVTIMEO, struct.pack("ll", 1, 0))
    try:
        os.read(one.fileno(), 1)
    except BlockingIOError:
        pass


def own_connection():
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname())
    other, _ = server.accept()
    threading.Thread(target=lambda: (time.sleep(1), other.sendall(b"x"))).start()
    client.recv(1)


MODES = {
    "sleep": lambda: time.sleep(1),
    "sleep_2": lambda: time.sleep(2),
    "poll": poll_three_times,
    "thread_timer": thread_timer,
    "alarm": alarm,
    "interval_timer": interval_timer,
    "signal": wait_for_signal,
    "timer_descriptor": timer_descriptor,
    "child_pipe": child_pipe,
    "child_exit": child_exit,
    "lock": held_lock,
    "executor": executor,
    "worker": worker_process,
    "file_poll": file_poll,
    "inotify": inotify,
    "socket_limit": socket_limit,
    "own_connection": own_connection,
    "asyncio": lambda: asyncio.run(asyncio.sleep(1)),
    "compute": compute,
}

multiprocessing.set_start_method("fork")
wait = MODES[sys.argv[1]]
server = socket.create_server(("127.0.0.1", 65432))
while True:
    client, _ = server.accept()
    while data := client.recv(1024):
        wait()
        client.sendall(data)
    client.close()
