# SPDX-License-Identifier: GPL-2.0-only
"""symbols.py VMLINUX DUMP CORE MAKEDUMPFILE: each symbol of vmcoreinfo is translated in CORE by MAKEDUMPFILE --vtop. In
DUMP, which is the same memory, drgn, which walks the tables itself, must read the same bytes at the virtual and at that
physical address."""
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
    if told.returncode or not found or found[2] == "f" * 16:
        sys.exit(f"{vaddr:#x}: {told.stdout[-200:]} {told.stderr[-200:]}")
    return int(found[2], 16)

vmlinux, dump, core, makedumpfile = sys.argv[1:]
program = drgn.Program()
program.set_core_dump(dump)
program.load_debug_info([vmlinux])
info = program["vmcoreinfo_data"].string_().decode()
same = 0
with tempfile.TemporaryDirectory() as folder:
    for name, address in re.findall(r"^SYMBOL\((\w+)\)=([0-9a-f]+)$", info, re.M):
        vaddr = int(address, 16)
        if vaddr == 0:
            continue
        paddr = translate(makedumpfile, core, vaddr, folder + "/out")
        if program.read(vaddr, BYTES) != program.read(paddr, BYTES, True):
            sys.exit(f"{name} at {vaddr:#x}: other bytes at physical {paddr:#x}")
        same += 1
if same < 10:
    sys.exit(f"only {same} symbols")
print(f"{same} symbols of vmcoreinfo translate to where drgn reads the same")
