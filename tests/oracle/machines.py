# SPDX-License-Identifier: GPL-2.0-only
"""machines.py - what page tables, addresses and sections of memory of a machine are like.

A machine says: SECTION, bits of a physical address within a section; HUGE, the order of the huge pages
that a PMD maps; levels, (shift, bits) of an address for each table from the last one up; image and shift, where what is
linked from there on is mapped, and how far from its physical address; SPECIAL, the mark of a page that is nobody's."""
PAGE = 4096


class Fault(Exception):
    pass


class Plain:
    """What x86_64 and arm64 have in common: the first table of the kernel is ROOT; USER and KERNEL are what of a first table
    is for the one and the other."""
    SECTION, HUGE = 27, 9

    def kernel_root(self, kernel):
        return kernel.physical(self.ROOT), len(self.levels) - 1

    def user_root(self, kernel, mm):
        return kernel.frame(mm.pgd.at) * PAGE + mm.pgd.at % PAGE, len(self.levels) - 1

    def present(self, entry, level):
        return entry & 1

    def address(self, entry, level):
        """Of the next table, or of the page."""
        return entry & self.ADDRESS


class X86_64(Plain):
    """One table has both halves of the addresses."""
    MACHINE, ROOT, SPECIAL, ADDRESS = 62, "init_top_pgt", 0x200, 0x000ffffffffff000
    USER, KERNEL = (0, 256), (256, 512)

    def __init__(self, info):
        self.levels = [(12 + 9 * i, 9) for i in range(5 if int(info.get("NUMBER(pgtable_l5_enabled)", "0")) else 4)]
        self.image, self.shift = 0xffffffff80000000, 0xffffffff80000000 - int(info["NUMBER(phys_base)"])

    def leaf(self, entry, level):
        return level == 0 or (level < 3 and entry & 0x80)

    def hidden(self, entry):
        """The address of a page that is there, and not accessible: bit 8, and the frame is inverted (6b28baca9b1f)."""
        return ~entry & self.ADDRESS if entry & 0x100 else None


class Arm64(Plain):
    """Pages of 4 KiB and addresses of 48 or (LPA2) 52 bits. The kernel's half has a table of its own."""
    MACHINE, ROOT, SPECIAL, ADDRESS = 183, "swapper_pg_dir", 1 << 56, 0x0000fffffffff000
    USER = KERNEL = (0, 512)

    def __init__(self, info):
        bits = 64 - int(info["NUMBER(TCR_EL1_T1SZ)"], 0)
        if bits not in (48, 52) or int(info["PAGESIZE"]) != PAGE:
            raise Fault("of arm64 the oracle knows pages of 4 KiB with addresses of 48 and 52 bits")
        self.wide = bits == 52
        self.levels = [(12 + 9 * i, 9) for i in range(4)] + ([(48, 4)] if self.wide else [])
        self.image, self.shift = 0xffff800000000000, int(info["NUMBER(kimage_voffset)"], 16)

    def leaf(self, entry, level):
        return level == 0 or not entry & 2

    def address(self, entry, level):
        """With LPA2 bits 8 and 9 of an entry are bits 50 and 51 of the address (Arm ARM, D8.3)."""
        if self.wide:
            return entry & 0x0003fffffffff000 | (entry & 0x300) << 42
        return entry & self.ADDRESS

    def hidden(self, entry):
        """PTE_PROT_NONE, of later kernels PTE_PRESENT_INVALID."""
        return self.address(entry, 0) if entry & (1 << 58 | 1 << 59) else None


class S390x:
    """Two thousand entries a table, and two tables of 256 pages in a page. How many levels there are says the address of
    the first table, bits 2 and 3 (Principles of Operation, Dynamic Address Translation). Memory is mapped to itself."""
    MACHINE, SECTION, HUGE, SPECIAL = 22, 28, 8, 0x40
    USER = KERNEL = (0, 2048)
    INVALID, LARGE = 0x20, 0x400

    def __init__(self, info):
        self.levels = [(12, 8)] + [(20 + 11 * i, 11) for i in range(4)]
        self.image = self.shift = 0

    def root(self, control):
        return control & -PAGE, 1 + (control >> 2 & 3)

    def kernel_root(self, kernel):
        return self.root(kernel.memory.word(kernel.physical("init_mm") + kernel.btf.offset("mm_struct", "context", "asce")))

    def user_root(self, kernel, mm):
        return self.root(mm.context.asce)

    def leaf(self, entry, level):
        return level == 0 or (level < 3 and entry & self.LARGE)

    def present(self, entry, level):
        """A page that was not used for a while is invalid, and present; so is a huge one."""
        return entry & 1 if level == 0 else not entry & self.INVALID or (level == 1 and entry & self.LARGE)

    def address(self, entry, level):
        return entry & (-2048 if level == 1 and not entry & self.LARGE else -PAGE)

    def hidden(self, entry):
        return None


MACHINES = {machine.MACHINE: machine for machine in (X86_64, Arm64, S390x)}
