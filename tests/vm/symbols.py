# SPDX-License-Identifier: GPL-2.0-only
"""symbols.py VMLINUX DUMP CORE MAKEDUMPFILE: each symbol of vmcoreinfo is translated in CORE by MAKEDUMPFILE --vtop. In
DUMP, which is the same memory, drgn, which walks the tables itself, must read the same bytes at the virtual and at that
physical address; what is not mapped for us (vmemmap, where memory does not begin at 0) must not be for it."""
import os
import re
import subprocess
import sys
import tempfile

import drgn

BYTES = 64

def translate(makedumpfile, core, vaddr, out):
    told = subprocess.run([makedumpfile, "-f", "-d", "31", "--dry-run", "--message-level", "31", "--vtop", hex(vaddr), core, out],
                          capture_output=True, text=True)
    found = re.search(r"^ *([0-9a-f]+)  ([0-9a-f]+)$", told.stdout, re.M)
    if told.returncode or not found:
        sys.exit(f"{vaddr:#x}: {told.stdout[-200:]} {told.stderr[-200:]}")
    return None if found[2] == "f" * 16 else int(found[2], 16)

def read(program, address, physical):
    try:
        return program.read(address, BYTES, physical)
    except drgn.FaultError:
        return None

vmlinux, dump, core, makedumpfile = sys.argv[1:]
program = drgn.Program()
program.set_core_dump(dump)
program.load_debug_info([vmlinux])
info = program["vmcoreinfo_data"].string_().decode()
same = neither = 0
with tempfile.TemporaryDirectory() as folder:
    for name, address in re.findall(r"^SYMBOL\((\w+)\)=([0-9a-f]+)$", info, re.M):
        vaddr = int(address, 16)
        if vaddr == 0:
            continue
        paddr = translate(makedumpfile, core, vaddr, folder + "/out")
        there = read(program, vaddr, False)
        if paddr is None and there is None:
            neither += 1
        elif paddr is None or there is None or there != read(program, paddr, True):
            sys.exit(f"{name} at {vaddr:#x}: physical {paddr}, where drgn does not read the same")
        else:
            same += 1
if same < 10 or neither > 1:
    sys.exit(f"{same} symbols are mapped, {neither} are not")
print(f"{same} symbols of vmcoreinfo translate to where drgn reads the same, {neither} are not mapped for either")
