# Replaces itself and its manifest while it runs. The next run must use the submitted files.
from serve import serve
for name in ("replace.py", "servidor.py", "socklab.yaml", "serve.py"):
    open(name, "w").write("raise SystemExit(9)\n")
serve()
