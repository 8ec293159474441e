# SPDX-License-Identifier: GPL-2.0-only
"""straight.py CORE OUT [VIRTUAL]: a copy of an ELF core as a kernel would have written it: its program headers stand right
behind the ELF header, in place of QEMU's section headers, and it tells the size of the former; with VIRTUAL memory
has that address and those behind it, and what lies above 896 MiB, memory of QEMU's devices, is gone. Other makedumpfiles look nowhere else, and believe it."""
import shutil
import struct
import sys

shutil.copyfile(sys.argv[1], sys.argv[2])
with open(sys.argv[2], "r+b") as core:
    head = bytearray(core.read(64))
    order = "<" if head[5] == 1 else ">"
    wide = head[4] == 2
    word, at, size = ("Q", 32, 64) if wide else ("I", 28, 52)
    phoff, = struct.unpack_from(order + word, head, at)
    ehsize, phentsize, phnum = struct.unpack_from(order + "3H", head, size - 12)
    core.seek(phoff)
    headers = bytearray(core.read(phentsize * phnum))
    for header in range(0, len(headers), phentsize):
        vaddr_at, paddr_at = (header + 16, header + 24) if wide else (header + 8, header + 12)
        paddr, = struct.unpack_from(order + word, headers, paddr_at)
        if len(sys.argv) > 3 and headers[header] == 1 and paddr >= 0x38000000:
            headers[header] = 0
        elif len(sys.argv) > 3 and headers[header] == 1:
            struct.pack_into(order + word, headers, vaddr_at, paddr + int(sys.argv[3], 0))
    struct.pack_into(order + word * 2, head, at, size, 0)
    struct.pack_into(order + "6H", head, size - 12, size, phentsize, phnum, 0, 0, 0)
    core.seek(0)
    core.write(head[:size] + headers)
