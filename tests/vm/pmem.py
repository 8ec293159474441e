# SPDX-License-Identifier: GPL-2.0-only
"""pmem.py CORE MACHINE BITS START:BYTES:FILE...: pieces of physical memory, as QEMU's pmemsave writes them, become an ELF core
whose notes are empty: for machines of which QEMU's own dump-guest-memory makes none, or a wrong one. MACHINE is e_machine,
BITS 32 or 64, with a minus in front for big-endian."""
import os
import struct
import sys

core, machine, bits = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
order = ">" if bits < 0 else "<"
pieces = [piece.split(":", 2) for piece in sys.argv[4:]]
headers = 1 + len(pieces)
data = 64 + 56 * headers + 4095 & ~4095
with open(core, "wb") as out:
    ident = b"\x7fELF" + bytes([2, 2 if bits < 0 else 1, 1]) + bytes(9)
    out.write(struct.pack(order + "16sHHIQQQIHHHHHH", ident, 4, machine, 1, 0, 64, 0, 0, 64, 56, headers, 0, 0, 0))
    out.write(struct.pack(order + "IIQQQQQQ", 4, 0, data, 0, 0, 0, 0, 4))
    at = data
    for start, size, _ in pieces:
        out.write(struct.pack(order + "IIQQQQQQ", 1, 7, at, 0, int(start, 0), int(size, 0), int(size, 0), 4096))
        at += int(size, 0)
    at = data
    for _, size, name in pieces:
        with open(name, "rb") as piece:
            while chunk := piece.read(1 << 20):
                if chunk.count(0) < len(chunk):
                    out.seek(at)
                    out.write(chunk)
                at += len(chunk)
    out.truncate(at)
