# SPDX-License-Identifier: GPL-2.0-only
"""fix-elf.py CORE OUT: a copy of QEMU's core with the program headers right behind the ELF header, without sections.
The packaged makedumpfile 1.7.2 looks for them only there, whatever e_phoff says."""
import shutil
import struct
import sys

shutil.copyfile(sys.argv[1], sys.argv[2])
with open(sys.argv[2], "r+b") as core:
    header = bytearray(core.read(64))
    phoff, = struct.unpack_from("<Q", header, 32)
    count, = struct.unpack_from("<H", header, 56)
    core.seek(phoff)
    programs = core.read(56 * count)
    struct.pack_into("<QQ", header, 32, 64, 0)
    struct.pack_into("<H", header, 52, 64)
    struct.pack_into("<HHH", header, 58, 0, 0, 0)
    core.seek(0)
    core.write(header + programs)
