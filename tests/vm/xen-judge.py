# SPDX-License-Identifier: GPL-2.0-only
"""xen-judge.py CORE SYMS DUMP0 DUMP31: which pages of a machine with Xen 4.17 and a 6.1 dom0 must be in DUMP0 (-X -c -d0)
and DUMP31 (-X -c -d31), and are they? CORE is the ELF core, with the notes of xen-notes.py; SYMS are the symbols of the
hypervisor. What nobody told makedumpfile decides:
  * free is what lies on the lists of the hypervisor's heap, not what a page's own state says;
  * another domain's are the pages with the text of xen-domain.c;
  * dom0's pages are gone by its own struct pages, found by its p2m and page tables, one by one.
Prints counts, or what is wrong, and then ends with 1."""
import struct
import subprocess
import sys

sys.path.insert(0, sys.path[0] + "/../oracle")
from core import Memory
from dump import Dump
from machines import PAGE, X86_64, Fault

INFO, ORDERS, NONE = 32, 19, 0xffffffff
IMAGE, FRAMES, VMEMMAP = 0xffff82d040000000, 0xffff82e000000000, 0xffffea0000000000
TEXT = b"-".join((b"A", b"PAGE", b"OF", b"ANOTHER", b"DOMAIN"))


TABLES = X86_64({"NUMBER(phys_base)": "0"})     # of the hypervisor and of dom0


class Hypervisor:
    def __init__(self, core, symbols):
        self.core, self.symbols = core, symbols
        self.image, self.p2m = struct.unpack_from("<QQ", core.notes[b"Xen"], 64)
        self.root = symbols["idle_pg_table"][0] - IMAGE + self.image
        self.end = int.from_bytes(self.read(symbols["max_page"][0], 8), "little")
        self.table = self.read(FRAMES, self.end * INFO)

    def read(self, at, size):
        data = b""
        while len(data) < size:
            step = min(size - len(data), PAGE - (at + len(data)) % PAGE)
            data += self.core.read(self.core.walk(TABLES, self.root, 3, at + len(data)), step)
        return data

    def info(self, frame):
        """(next of its list, count_info, owner or order) of a struct page_info."""
        after, _, count, _, owner, _ = struct.unpack_from("<IIQQII", self.table, frame * INFO)
        return after, count, owner

    def free(self):
        """What lies on the lists of the heap: [node 0][zone][order], each a pair of pointers to struct page_info."""
        at, size = self.symbols["_heap_static.1"]
        if int.from_bytes(self.read(self.symbols["_heap"][0], 8), "little") != at:
            raise ValueError("the heap is not where it was when this was written")
        found = set()
        for place, (first, last) in enumerate(struct.iter_unpack("<QQ", self.read(at, size))):
            frame = (first - FRAMES) // INFO if first else NONE
            while frame != NONE:
                after, _, order = self.info(frame)
                block = set(range(frame, frame + (1 << order)))
                if order != place % ORDERS or found & block:
                    raise ValueError(f"frame {frame:#x} of the free lists: order {order}, list {place}")
                found |= block
                if after == NONE and frame != (last - FRAMES) // INFO:
                    raise ValueError(f"list {place} does not end where it says")
                frame = after
        return found


class Dom0:
    """A kernel 6.1 without KASLR, as a PV kernel is."""
    def __init__(self, core, top):
        self.core = core
        self.facts = core.info()
        leaves = [leaf for part in self.entries(top) if part for leaf in self.entries(part)]
        self.machine = {}               # page frame -> the machine's; entries with high bits are no RAM of its own
        for at, leaf in enumerate(leaves):
            if leaf:
                self.machine.update((at * 512 + i, frame) for i, frame in enumerate(self.entries(leaf))
                                    if frame and not frame >> 62)
        self.root = self.machine[int(self.facts["SYMBOL(swapper_pg_dir)"], 16) - 0xffffffff80000000 >> 12] * PAGE

    def entries(self, frame):
        return struct.unpack("<512Q", self.core.read(frame * PAGE, PAGE))

    def fact(self, name):
        return int(self.facts[name])

    def pages(self):
        """(page frame, struct page), of each that has one."""
        for block in sorted({pfn // 64 for pfn in self.machine}):
            try:
                data = self.core.read(self.core.walk(TABLES, self.root, 3, VMEMMAP + block * PAGE), PAGE)
            except Fault:
                continue
            yield from ((block * 64 + i, data[i * 64:i * 64 + 64]) for i in range(64))

    def gone(self):
        """The machine's frames that level 31 leaves out but for zeros: by the page, or its head's word."""
        def word(page, member, size=8, signed=False):
            at = self.fact(f"OFFSET(page.{member})")
            return int.from_bytes(page[at:at + size], "little", signed=signed)

        def flag(page, name):
            return word(page, "flags") >> self.fact(f"NUMBER({name})") & 1

        def dropped(page):
            anonymous = word(page, "mapping") & 1 and not flag(page, "PG_slab")
            return anonymous or flag(page, "PG_lru") or flag(page, "PG_hwpoison") or \
                flag(page, "PG_swapcache") and flag(page, "PG_swapbacked")

        result, cover_end, verdict = set(), 0, False
        pages = dict(self.pages())
        for pfn, page in pages.items():
            if pfn >= cover_end:
                order = 0
                if word(page, "_mapcount", 4, True) == self.fact("NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)"):
                    order, verdict = word(page, "private"), True
                elif word(page, "compound_head") & 1:
                    verdict = False
                else:
                    verdict = bool(dropped(page))
                    if word(page, "flags") & self.fact("NUMBER(PG_head_mask)"):
                        order = word(pages[pfn + 1], "compound_order", 1)
                        huge = word(pages[pfn + 1], "compound_dtor", 1) == self.fact("NUMBER(HUGETLB_PAGE_DTOR)")
                        verdict = verdict or huge
                cover_end = pfn + (1 << order)
            if verdict and pfn in self.machine:
                result.add(self.machine[pfn])
        return result


def symbols(name):
    text = subprocess.run(["nm", "-S", name], capture_output=True, text=True, check=True).stdout
    lines = [line.split() for line in text.splitlines()]
    return {line[-1]: (int(line[0], 16), int(line[1], 16) if len(line) == 4 else 0) for line in lines if len(line) > 2}


def some(frames):
    return f"{len(frames)} ({' '.join(hex(frame) for frame in sorted(frames)[:6])})"


def main():
    core = Memory(sys.argv[1])
    xen = Hypervisor(core, symbols(sys.argv[2]))
    everything, free = core.pages(), xen.free()
    there = {frame for frame in everything if frame < xen.end}
    other = {frame for frame in there if core.read(frame * PAGE, len(TEXT)) == TEXT} - free
    dom0 = Dom0(core, xen.p2m)
    gone = dom0.gone()
    dumps = [Dump(name) for name in sys.argv[3:]]
    kept = [set(dump.kept()) for dump in dumps]
    wanted = there - free - other
    complaints = [
        ("-d0 lacks", wanted - kept[0]), ("-d0 has more", kept[0] - wanted - (everything - there)),
        ("-d31 lacks", wanted - gone - kept[1]), ("-d31 has more", kept[1] - (wanted - gone) - (everything - there)),
        ("not in the machine's memory", kept[0] - everything),
        ("dom0's and free", set(dom0.machine.values()) & free), ("dom0's and of another", set(dom0.machine.values()) & other)]
    for dump, pages in zip(dumps, kept):
        with_text = {frame for frame, place in zip(sorted(pages), dump.descriptors(len(pages))) if TEXT in dump.content(*place)}
        complaints.append(("pages with the other domain's text", with_text))
    enough = len(free) > 10000 and len(other) == 4096 and len(dom0.machine) > 90000 and len(gone & wanted) > 10000
    print(f"{len(everything)} pages: {len(free)} free by the heap's lists, {len(other)} another domain's, {len(dom0.machine)} "
          f"dom0's, {len(wanted - set(dom0.machine.values()))} the hypervisor's; -d0 has {len(kept[0])}, -d31 without "
          f"{len(gone & wanted)} of dom0's {len(kept[1])}", *(f"; {what} {some(pages)}" for what, pages in complaints if pages), sep="")
    return any(pages for _, pages in complaints) or not enough


sys.exit(main())
