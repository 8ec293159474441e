# SPDX-License-Identifier: GPL-2.0-only
"""note.py CORE PADDR: give an ELF core of 64 bits the note that its kernel keeps at a physical address, as
/sys/kernel/vmcoreinfo tells it: for machines whose QEMU does not."""
import struct
import sys

NOTE, LOAD = 4, 1
paddr = int(sys.argv[2], 16)
with open(sys.argv[1], "r+b") as core:
    order = "<" if core.read(6)[5] == 1 else ">"
    core.seek(0)
    header = struct.unpack(order + "16sHHIQQQIHHHHHH", core.read(64))
    phoff, phnum = header[5], header[10]
    loads, note_at = [], None
    for i in range(phnum):
        core.seek(phoff + 56 * i)
        kind, flags, offset, vaddr, at, filesz, memsz, align = struct.unpack(order + "IIQQQQQQ", core.read(56))
        if kind == NOTE:
            note_at, notes = phoff + 56 * i, (offset, filesz)
        elif kind == LOAD:
            loads.append((at, filesz, offset))
    offset = next(o + paddr - p for p, size, o in loads if p <= paddr < p + size)
    core.seek(offset)
    namesz, descsz, _ = struct.unpack(order + "III", core.read(12))
    if namesz != 11 or descsz > 65536:
        sys.exit(f"there is no note at {paddr:#x}")
    core.seek(offset)
    own = core.read(24 + (descsz + 3) // 4 * 4)
    core.seek(notes[0])
    old = core.read(notes[1])
    core.seek(0, 2)
    end = core.tell()
    core.write(old + own)
    core.seek(note_at)
    core.write(struct.pack(order + "IIQQQQQQ", NOTE, 0, end, 0, 0, len(old + own), 0, 0))
