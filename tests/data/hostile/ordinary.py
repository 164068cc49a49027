# Operations of ordinary programs on themselves and their children, which must succeed. A refusal
# raises an error; otherwise it serves.
import ctypes, multiprocessing, os, pty, resource, signal, socket, subprocess, tempfile, threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import shared_memory
from serve import serve


def square(number):
    return number * number


def main():
    os.nice(1)
    os.sched_setaffinity(0, os.sched_getaffinity(0))
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    os.setpriority(os.PRIO_PROCESS, 0, 2)
    os.setpriority(os.PRIO_PROCESS, os.getpid(), 3)
    os.setpriority(os.PRIO_PGRP, 0, 3)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    resource.prlimit(os.getpid(), resource.RLIMIT_CORE, (0, 0))
    child = subprocess.Popen(["sleep", "100"])
    # Its own child.
    resource.prlimit(child.pid, resource.RLIMIT_CORE, (0, 0))
    os.sched_setaffinity(child.pid, os.sched_getaffinity(0))
    os.setpriority(os.PRIO_PROCESS, child.pid, 5)
    child.send_signal(signal.SIGTERM)
    assert child.wait() == -signal.SIGTERM
    subprocess.run(["nice", "-n", "5", "taskset", "1", "true"], check=True)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(square, range(50))) == [k * k for k in range(50)]
    # A forking server communicates with its children through named Unix sockets.
    context = multiprocessing.get_context("forkserver")
    with context.Pool(2) as pool:
        assert pool.map(square, range(10)) == [k * k for k in range(10)]
    block = shared_memory.SharedMemory(create=True, size=1 << 20)
    block.close()
    block.unlink()
    one, other = socket.socketpair()
    one.sendall(b"x")
    assert other.recv(1) == b"x"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "s")
        with open(path, "w") as file:
            file.write("x")
        os.chmod(path, 0o755)
        os.utime(path, (1, 1))
        server = socket.socket(socket.AF_UNIX)
        server.bind(os.path.join(folder, "u"))
        server.listen()
    master, terminal = pty.openpty()
    os.write(terminal, b"y")
    assert os.read(master, 1) == b"y"
    # A signal to one of its own threads, as language runtimes send it.
    signal.signal(signal.SIGUSR1, lambda *_: None)
    signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
    # Its own System V queue and segment.
    libc = ctypes.CDLL(None, use_errno=True)
    segment = libc.shmget(0, 4096, 0o1600)
    assert segment >= 0, os.strerror(ctypes.get_errno())
    assert libc.shmctl(segment, 0, None) == 0
    serve()


if __name__ == "__main__":
    main()
