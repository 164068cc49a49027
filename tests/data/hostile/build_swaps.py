# Its build (build_swaps.build.py) has replaced submitted files; the server itself is correct.
from serve import serve
serve()
