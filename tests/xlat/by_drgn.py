# SPDX-License-Identifier: GPL-2.0-only
"""by_drgn.py NAME DUMP WANT: what drgn, which walks page tables by itself, reads at each address of WANT ("VADDR PADDR"), must
be what stands at the physical one; nothing, where that is -. Addresses whose memory the dump does not have say nothing."""
import sys

import drgn

def read(program, address, physical):
    try:
        return program.read(address, 8, physical)
    except drgn.FaultError:
        return None

name, dump, want = sys.argv[1:]
program = drgn.Program()
program.set_core_dump(dump)
same = neither = 0
for line in open(want):
    vaddr, paddr = line.split()[:2]
    there = read(program, int(vaddr, 16) & ~7, False)
    if paddr in "-!":
        expected = None
        neither += there is None
    else:
        expected = read(program, int(paddr, 16) & ~7, True)
        same += expected is not None
    if there != expected:
        print(f"FAIL {name}: drgn reads {there} at {vaddr}, {expected} at {paddr}")
        sys.exit()
print(f"ok   {name}: drgn agrees, {same} read, {neither} not mapped")
