# SPDX-License-Identifier: GPL-2.0-only
"""tasks.py VMLINUX DUMP [LOG]: the processes drgn finds in DUMP, "PID COMM", as the guest's ps prints them; and the
kernel's log, into the file LOG."""
import sys

import drgn
from drgn.helpers.linux.pid import for_each_task
from drgn.helpers.linux.printk import get_dmesg

program = drgn.Program()
program.set_core_dump(sys.argv[2])
program.load_debug_info([sys.argv[1]])
for task in for_each_task(program):
    if task.pid == task.tgid:
        print(task.pid.value_(), task.comm.string_().decode(errors="replace"))
if len(sys.argv) > 3:
    with open(sys.argv[3], "wb") as log:
        log.write(get_dmesg(program))
