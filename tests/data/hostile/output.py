# Prints terminal control characters and markup without end.
import os, threading
from serve import serve


def print_for_ever():
    while True:
        os.write(1, b"\x1b[31m\x1b]0;owned\x07<script>alert(1)</script>::error::x\n" * 2000)


threading.Thread(target=print_for_ever, daemon=True).start()
serve()
