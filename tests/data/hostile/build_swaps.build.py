# Replaces submitted files, for a reader that may later copy them as root: by a FIFO without a
# writer, a link to a file outside, and a link in place of the next build's folder.
import os
import shutil

canary, _, folder = open("outside.txt").read().split("\n")[:3]
os.remove("README.md")
os.mkfifo("README.md")
os.remove("tela.png")
os.symlink(canary, "tela.png")
shutil.rmtree(".socklab", ignore_errors=True)
if os.path.isdir(".socklab"):
    # It keeps a link to the interpreter, if only `python3` is installed: the folders of the next builds.
    for build in range(10):
        if not os.path.exists(f".socklab/{build}"):
            os.symlink(folder, f".socklab/{build}")
else:
    os.symlink(folder, ".socklab")
