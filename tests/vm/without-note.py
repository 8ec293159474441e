# SPDX-License-Identifier: GPL-2.0-only
"""without-note.py CORE OUT [wiped]: a copy of an ELF core without its note VMCOREINFO, as hypervisors make them that were
not told where the kernel keeps it; wiped: nor is the text in memory any more."""
import mmap
import re
import shutil
import struct
import sys

shutil.copyfile(sys.argv[1], sys.argv[2])
with open(sys.argv[2], "r+b") as core:
    header = core.read(64)
    phoff, = struct.unpack_from("<Q", header, 32)
    count, = struct.unpack_from("<H", header, 56)
    for index in range(count):
        core.seek(phoff + 56 * index)
        program = struct.unpack("<IIQQQQQQ", core.read(56))
        if program[0] != 4:
            continue
        core.seek(program[2])
        notes, kept, at = core.read(program[5]), b"", 0
        while at + 12 <= len(notes):
            name, desc, _ = struct.unpack_from("<III", notes, at)
            end = at + 12 + (name + 3 & ~3) + (desc + 3 & ~3)
            if notes[at + 12:at + 22] != b"VMCOREINFO":
                kept += notes[at:end]
            at = end
        core.seek(program[2])
        core.write(kept.ljust(len(notes), b"\0"))
        core.seek(phoff + 56 * index + 32)
        core.write(struct.pack("<QQ", len(kept), len(kept)))
    if len(sys.argv) > 3:
        core.flush()
        with mmap.mmap(core.fileno(), 0) as memory:
            for at in [found.start() for found in re.finditer(b"OSRELEASE=", memory)]:
                memory[at:at + 1] = b"X"
