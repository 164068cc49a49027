# Searches for resources of the machine: terminals, devices, sockets and FIFOs, files of other
# users, mounts. Then it serves.
import os, stat, sys
from serve import serve

found = []
allowed = {"null", "zero", "full", "random", "urandom", "tty", "fd", "stdin", "stdout", "stderr", "ptmx", "pts", "shm"}
found += [f"/dev/{name}" for name in os.listdir("/dev") if name not in allowed]
found += [f"/dev/pts/{name}" for name in os.listdir("/dev/pts") if name != "ptmx"]
for top in ("srv", "mnt", "media", "opt", "boot", "run", "home", "data", "lost+found", "snap"):
    try:
        found += [f"/{top}/{name}" for name in os.listdir(f"/{top}")][:2]
    except OSError:
        pass
for place in ("/var/lib/dpkg", "/var/log", "/var/spool", "/etc/shadow", "/etc/ssh", "/etc/machine-id", "/sys/class", "/sys/fs",
              "/dev/kmsg", "/dev/mem", "/proc/kcore"):
    try:
        os.listdir(place) if os.path.isdir(place) else open(place, "rb").read(1)
        found.append(place)
    except OSError:
        pass
for folder, folders, files in os.walk("/etc"):
    for name in files:
        try:
            kind = os.lstat(os.path.join(folder, name)).st_mode
        except OSError:
            continue
        if stat.S_ISSOCK(kind) or stat.S_ISFIFO(kind) or stat.S_ISBLK(kind) or stat.S_ISCHR(kind):
            found.append(os.path.join(folder, name))
names = [line.split(":")[0] for line in open("/etc/passwd")]
if names != ["root", "student", "nobody"]:
    found.append(f"users {names}")
if open("/proc/keys", "rb").read():
    found.append("keys")
if found:
    sys.exit("LEAK " + ", ".join(found[:8]))
serve()
