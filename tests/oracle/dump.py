# SPDX-License-Identifier: GPL-2.0-only
"""dump.py - a kdump-compressed file of a 64-bit machine, read without the tool that wrote it."""
import mmap
import os
import struct
import zlib

HEADER, SUB = "8si390x6xQQIIIIIIIIII", "Qii16x48x3Q"
RAW, ZLIB = 0, 1


class Dump:
    def __init__(self, path, writable=False):
        self.file = open(path, "r+b" if writable else "rb")
        self.map = mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ)
        self.order = "<>"[not self.map[8]]      # of a number that is small
        signature, version, _, _, _, self.block, sub, bitmaps, *_ = struct.unpack_from(self.order + HEADER, self.map)
        if signature != b"KDUMP   " or version < 6:
            raise ValueError(f"{path} is no kdump-compressed file of version 6")
        _, self.level, _, _, _, self.end = struct.unpack_from(self.order + SUB, self.map, self.block)
        self.bitmap_bytes = bitmaps // 2 * self.block
        self.kept_at = (1 + sub) * self.block + self.bitmap_bytes
        self.descriptors_at = self.kept_at + self.bitmap_bytes

    def is_kept(self, frame):
        return self.map[self.kept_at + frame // 8] >> frame % 8 & 1

    def written(self, at, end):
        """(offset, bytes) of [at, end) without the holes of the file, of which there may be terabytes."""
        while at < end:
            try:
                at = os.lseek(self.file.fileno(), at, os.SEEK_DATA)
            except OSError:         # a hole up to the end
                return
            hole = os.lseek(self.file.fileno(), at, os.SEEK_HOLE)
            if at < end:
                yield at, self.map[at:min(hole, end)]
            at = hole

    def kept(self):
        """The page frames that have a descriptor, in order."""
        return [(at - self.kept_at + i) * 8 + bit
                for at, bits in self.written(self.kept_at, self.kept_at + self.bitmap_bytes)
                for i, byte in enumerate(bits) if byte for bit in range(8) if byte >> bit & 1]

    def keep(self, frame, kept):
        """Set or clear a page's bit; the descriptors are then no longer in step."""
        byte, bit = self.kept_at + frame // 8, 1 << frame % 8
        self.map[byte] = self.map[byte] | bit if kept else self.map[byte] & ~bit

    def descriptors(self, count):
        """(offset, size, flags) of each kept page."""
        for i in range(count):
            yield struct.unpack_from(self.order + "QII", self.map, self.descriptors_at + 24 * i)

    def content(self, offset, size, flags):
        packed = self.map[offset:offset + size]
        if flags not in (RAW, ZLIB):
            raise ValueError(f"page packed by method {flags}")
        return zlib.decompress(packed) if flags else packed
