# SPDX-License-Identifier: GPL-2.0-only
"""pages.py VMCORE DUMP COUNT: drgn reads each page it finds in DUMP, which must be COUNT pages, and finds in each the
bytes that VMCORE has there. libkdumpfile stands behind drgn here, so two other readers agree with us."""
import struct
import sys

import drgn

PAGE = 4096

def segments(path):
    core = open(path, "rb").read()
    phoff, = struct.unpack_from("<Q", core, 32)
    count, = struct.unpack_from("<H", core, 56)
    for i in range(count):
        kind, _, offset, _, paddr, filesz, _, _ = struct.unpack_from("<IIQQQQQQ", core, phoff + 56 * i)
        if kind == 1:
            yield paddr, core[offset:offset + filesz]

program = drgn.Program()
program.set_core_dump(sys.argv[2])
read = 0
for start, data in segments(sys.argv[1]):
    for at in range(0, len(data), PAGE):
        try:
            page = program.read(start + at, PAGE, True)
        except drgn.FaultError:
            continue
        if page != data[at:at + PAGE]:
            sys.exit(f"page at {start + at:#x} differs")
        read += 1
if read != int(sys.argv[3]):
    sys.exit(f"{read} pages instead of {sys.argv[3]}")
print(read, "pages as the vmcore has them")
