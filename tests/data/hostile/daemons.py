# Leaves daemons behind that run in their own sessions and ignore signals.
import os, signal, time
from serve import serve
for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            os.closerange(0, 256)
            while True:
                time.sleep(60)
        os._exit(0)
serve()
