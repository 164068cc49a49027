# Prints a sanitizer's error about missing memory. When it is restarted without that limit, it
# allocates and fills most of the machine's memory in one call.
import mmap
import os
import resource
import sys
from serve import serve
if resource.getrlimit(resource.RLIMIT_DATA)[0] != resource.RLIM_INFINITY:
    sys.exit("==1==ERROR: AddressSanitizer failed to allocate 0xdfff0001000 (15392894357504) bytes")
for _ in range(2):
    os.fork()
most = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4 * 3
# MAP_POPULATE
mmap.mmap(-1, most, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x8000)
serve()
