# Puts other things in the place of what was delivered, for whoever reads the copy later, perhaps as root: a pipe to which nobody
# writes, a link to what lies outside, and one where the next build's folder is.
import os
import shutil

canary, _, folder = open("outside.txt").read().split("\n")[:3]
os.remove("README.md")
os.mkfifo("README.md")
os.remove("tela.png")
os.symlink(canary, "tela.png")
shutil.rmtree(".socklab")
os.symlink(folder, ".socklab")
