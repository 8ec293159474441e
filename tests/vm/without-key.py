# SPDX-License-Identifier: GPL-2.0-only
"""without-key.py CORE: the keys that the note VMCOREINFO of an ELF core has, one a line.
without-key.py CORE KEY: take that line out of the note, or, when called again, put it back."""
import re
import sys

with open(sys.argv[1], "r+b") as core:
    notes = core.read(1 << 20)
    found = re.search(rb"VMCOREINFO\0\0([^\0]*)", notes)
    keys = {match[1].decode("latin-1"): match.start() for match in re.finditer(rb"^([^=\n]+)=", found[1], re.M)}
    if len(sys.argv) == 2:
        print("\n".join(keys))
    else:
        # The first letter is changed, and the key is another that nobody asks for.
        at = next(found.start(1) + at for key, at in keys.items() if key[1:] == sys.argv[2][1:])
        core.seek(at)
        core.write(bytes([notes[at] ^ 0x80]))
