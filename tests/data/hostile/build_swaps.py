# Its build (build_swaps.build.py) has put other things in the place of what was delivered; it serves all the same.
from serve import serve
serve()
