# SPDX-License-Identifier: GPL-2.0-only
"""opens.py VMLINUX DUMP: does drgn open DUMP, and read variables of its kernel?"""
import sys

import drgn

program = drgn.Program()
program.set_core_dump(sys.argv[2])
program.load_debug_info([sys.argv[1]])
print(program["init_uts_ns"].name.release.string_().decode(), program["init_task"].comm.string_().decode())
