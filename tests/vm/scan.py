# SPDX-License-Identifier: GPL-2.0-only
"""scan.py DUMP BYTES: reads every page of DUMP by drgn (behind which is libkdumpfile), in BYTES of physical memory, and
looks for what plant.c planted: any 16 of the 64 letters of a secret that begin at a multiple of 16, and for the keys of
disks the same in hexadecimal.
Prints "PAGES KIND:PAGES...": how many pages there are, and how many have letters of each secret."""
import sys

import drgn

PAGE, SECRET, PIECE = 4096, 64, 16
KINDS = {"k": "key", "d": "disk", "g": "plain", "m": "module", "e": "environment", "a": "argument"}


def secret(kind):
    state, letters = ord(kind), bytearray()
    for _ in range(SECRET):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        letters.append(ord("A") + (state >> 33) % 26)
    return bytes(letters)


def pieces(kind):
    whole = secret(kind)
    parts = [whole[at:at + PIECE] for at in range(0, SECRET, PIECE)]
    return parts + [part.hex().encode() for part in parts] if kind in "dg" else parts


def pages(path):
    """The pages of a dump: of all page frames below the end of the guest's memory."""
    program = drgn.Program()
    program.set_core_dump(path)
    missing = 0
    for pfn in range(int(sys.argv[2]) // PAGE):
        try:
            yield program.read(pfn * PAGE, PAGE, True)
        except drgn.FaultError:
            missing += 1


wanted = {kind: pieces(kind) for kind in KINDS}
found = dict.fromkeys(KINDS, 0)
count = 0
for page in pages(sys.argv[1]):
    count += 1
    for kind, parts in wanted.items():
        found[kind] += any(part in page for part in parts)
print(count, *(f"{name}:{found[kind]}" for kind, name in KINDS.items()))
