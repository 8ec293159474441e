# SPDX-License-Identifier: GPL-2.0-only
"""pages_of.py VMLINUX DUMP stack COMM: the page frames of the anonymous pages in the stacks of the processes of that name,
as drgn finds them by the page tables. pages_of.py VMLINUX DUMP private MIB: of each page that is no tail and whose
page.private is neither 0 nor 1, page frame and value. In hexadecimal, a line each, sorted as text."""
import sys

import drgn
from drgn.helpers.linux.mm import pfn_to_page, virt_to_pfn
from drgn.helpers.linux.pid import for_each_task

program = drgn.Program()
program.set_core_dump(sys.argv[2])
program.load_debug_info([sys.argv[1]])
PAGE = 4096


def anonymous(page):
    """folio_test_anon(): bit 0 of the mapping, and not bit 1 as well."""
    return page.mapping.value_() & 3 == 1


def frame(mm, at):
    """The page frame behind an address of a process of x86_64, or None: by hand, for drgn's own way is of 0.0.25."""
    levels = 5 if program["__pgtable_l5_enabled"] else 4
    table = virt_to_pfn(mm.pgd).value_() * PAGE
    for level in reversed(range(levels)):
        place = table + (at >> 12 + 9 * level & 511) * 8
        entry = int.from_bytes(program.read(place, 8, True), "little")
        if not entry & 1 or level and entry & 0x80:
            return None
        table = entry & 0xffffffffff000
    return table // PAGE


def stack(name):
    """A stack is the only thing in the MiB below where it began; above it are environment and names."""
    for task in for_each_task(program):
        if task.pid != task.tgid or task.comm.string_().decode() != name or not task.mm:
            continue
        top = task.mm.start_stack.value_()
        end = (max(top, task.mm.env_end.value_()) + PAGE) & -PAGE
        for at in range((top & -PAGE) - (1 << 20), end + PAGE, PAGE):
            pfn = frame(task.mm, at)
            if pfn is not None and anonymous(pfn_to_page(program, pfn)):
                yield f"{pfn:x}"


def private(mib):
    page_type = program.type("struct page")
    word = "compound_head" if page_type.has_member("compound_head") else "compound_info"  # renamed in 7.1
    for pfn in range((mib << 20) // PAGE):
        page = pfn_to_page(program, pfn)
        try:
            value, is_tail = page.private.value_(), page.member_(word).value_() & 1
        except drgn.FaultError:
            continue
        if value > 1 and not is_tail:
            yield f"{pfn:x} {value:x}"


for line in sorted(stack(sys.argv[4]) if sys.argv[3] == "stack" else private(int(sys.argv[4]))):
    print(line)
