# Searches for the harness's memory, environment, descriptors and scenarios, the user's home, and
# other submissions.
import ctypes, os, subprocess, sys
from serve import serve
found = []


def may(what, path, flags=os.O_RDONLY):
    try:
        os.close(os.open(path, flags))
        found.append(what)
    except OSError:
        pass


for pid in (1, os.getppid()):
    if pid > 0:
        may("memory", f"/proc/{pid}/mem", os.O_RDWR)
        may("environment", f"/proc/{pid}/environ")
        try:
            if os.listdir(f"/proc/{pid}/fd"):
                found.append("descriptors")
        except OSError:
            pass
        if ctypes.CDLL(None, use_errno=True).ptrace(16, pid, None, None) == 0:
            found.append("ptrace")
if "SOCKLAB_TEST_SECRET" in os.environ:
    found.append("the caller's environment")
own_class, harness = open("outside.txt").read().split("\n")[2:4]
try:
    subprocess.run([harness, "--version"], stdout=subprocess.DEVNULL)
    found.append("the harness's program")
except OSError:
    pass
# Folders with tools remain visible: whole toolchains, and only the programs of other folders.
tools = [os.path.dirname(harness)]
for place in os.environ["PATH"].split(":"):
    whole = os.path.basename(place) in ("bin", "shims") and os.path.basename(os.path.dirname(place)) not in (".cargo", ".local")
    tools.append(os.path.dirname(place) if whole else place)
for root in ("/home", "/root", "/tmp", "/var/tmp", "/run", own_class):
    for folder, folders, files in os.walk(root):
        if folder.startswith((os.getcwd(), *tools)):
            continue
        found += [os.path.join(folder, name) for name in files]
if len([name for name in os.listdir("/proc") if name.isdigit()]) > 20:
    found.append("other processes")
if found:
    sys.exit("LEAK " + ", ".join(found[:8]))
serve()
