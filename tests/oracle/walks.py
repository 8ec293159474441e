# SPDX-License-Identifier: GPL-2.0-only
"""walks.py - the walks. Each goes along structures of the kernel and enters the pages it comes upon in the book. None
asks what a dump tool asks, the words of a struct page; where a mark there is all there is (slabs, reserved memory), it
is used for kinds that must be kept, so that it can only accuse."""
import struct

from core import PAGE, Fault

HAS_MEM_MAP = 2
HUGETLBFS = 0x958458f6
STACK_PAGES = 4
VM_IOREMAP = 1


class Pages:
    """The struct pages: addresses, and their words as far as a walk needs them."""

    def __init__(self, kernel):
        self.kernel, btf = kernel, kernel.btf
        self.in_section, self.huge = 1 << kernel.machine.SECTION - 12, kernel.machine.HUGE
        self.size = btf.sizeof(btf.find("page"))
        self.sections = dict(self.read_sections())
        self.base = next(iter(self.sections.values()))
        if any(base != self.base for base in self.sections.values()):
            raise Fault("the sections' struct pages are not one array")
        flag, self.types = btf.enums["pageflags"], btf.enums.get("pagetype", {})
        self.bit = {name: 1 << number for name, number in flag.items() if number < 64}
        self.flags_at, self.type_at = btf.offset("page", "flags"), btf.offset("page", "_mapcount")
        head = "compound_info" if btf.has("page", "compound_info") else "compound_head"
        self.head_at = btf.offset("page", head)
        self.raw = {number: self.read_section(number) for number in self.sections}

    def read_sections(self):
        kernel = self.kernel
        each = kernel.btf.sizeof(kernel.btf.find("mem_section"))
        roots = kernel.word(kernel.symbol("mem_section"))
        for number in range(max(kernel.memory.pages()) // self.in_section + 1):
            root = kernel.word(roots + number // (PAGE // each) * 8)
            word = kernel.object("mem_section", root + number % (PAGE // each) * each).section_mem_map if root else 0
            if word & HAS_MEM_MAP:
                yield number, word & ~0x3f

    def read_section(self, number):
        at, end = self.base + number * self.in_section * self.size, self.base + (number + 1) * self.in_section * self.size
        parts = []
        for page in range(at, end, PAGE):
            try:
                parts.append(self.kernel.read(page, PAGE))
            except Fault:           # a section may be mapped in part
                parts.append(bytes(PAGE))
        return b"".join(parts)

    def has(self, frame):
        return frame // self.in_section in self.sections

    def frame(self, page):
        return (page - self.base) // self.size

    def field(self, frame, at, form):
        section = self.raw.get(frame // self.in_section)
        return struct.unpack_from(self.kernel.order + form, section, frame % self.in_section * self.size + at)[0] if section else 0

    def flags(self, frame):
        return self.field(frame, self.flags_at, "Q")

    def head(self, frame):
        """The first page of the compound page this one is in, or the page itself."""
        word, own = self.field(frame, self.head_at, "Q"), self.base + frame * self.size
        if not word & 1:
            return frame
        inverted = ~(word - 1) & (1 << 64) - 1
        if inverted & inverted + 1 == 0:        # a mask: struct page.compound_info since 7.1
            return self.frame(own & word - 1)
        return self.frame(word - 1)

    def span(self, head):
        """Pages of a compound page: as many as follow and say so."""
        end = head + 1
        while end % (1 << self.huge) and self.head(end) == head:
            end += 1
        return end - head

    def has_type(self, frame, name, flag):
        """Is the page of a type (since 6.11, top byte since 6.12), or has it the flag of old?"""
        word = self.field(frame, self.type_at, "I")
        if "PGTY_" + name in self.types:
            return word >> 24 == self.types["PGTY_" + name]
        if "PG_" + name in self.types:
            return word & 0xf0000000 == 0xf0000000 and not word & self.types["PG_" + name]
        return bool(self.flags(frame) & self.bit.get(flag, 0))


def nodes(kernel):
    if not kernel.has_symbol("node_data"):      # no NUMA
        return [kernel.variable("pglist_data", "contig_page_data")]
    words = kernel.words(kernel.symbol("node_data"), kernel.linked["node_data"][1] // 8)
    return [kernel.object("pglist_data", word) for word in words if word]


def zones(kernel):
    return [zone for node in nodes(kernel) for zone in (node.node_zones[i] for i in range(node.nr_zones)) if
            zone.present_pages]


def own(kernel, name, pointer, cpu):
    """A CPU's own copy of what a per-cpu pointer points to."""
    return kernel.object(name, pointer.at + cpu & (1 << 64) - 1)


# Kinds that a struct page's mark tells, and that are not to be dropped (or, offline and hwpoison, always).

def marked(kernel, pages, book):
    first, end = kernel.physical("_text"), kernel.physical("_end")
    for frame in sorted(book.frames):
        if not pages.has(frame):
            book.claim("none", frame)
            continue
        flags = pages.flags(frame)
        if flags & pages.bit["PG_reserved"]:
            book.claim("image" if first <= frame * PAGE < end else "reserved", frame)
        elif flags & pages.bit.get("PG_hwpoison", 0):
            book.claim("hwpoison", frame)
        elif pages.has_type(frame, "offline", None):
            book.claim("offline", frame)
        else:
            head = pages.head(frame)
            if pages.has_type(head, "slab", "PG_slab"):
                book.claim("slab", frame)


def memmap(kernel, pages, book):
    for number in pages.sections:
        at = pages.base + number * pages.in_section * pages.size
        for page in range(at, at + pages.in_section * pages.size, PAGE):
            try:
                book.claim("memmap", kernel.frame(page))
            except Fault:
                pass


# Free memory.

def free_lists(kernel, pages, book):
    link = "buddy_list" if kernel.btf.has("page", "buddy_list") else "lru"
    for zone in zones(kernel):
        found = 0
        for order in range(len(zone.free_area)):
            lists = zone.free_area[order].free_list
            for kind in range(len(lists)):
                for page in kernel.list(lists[kind].at, "page", link):
                    book.claim("free", pages.frame(page.at), 1 << order)
                    found += 1 << order
        counter = kernel.btf.enums["zone_stat_item"]["NR_FREE_PAGES"]
        book.compare("free pages of a zone", zone_count(kernel, zone, counter), found)


def zone_count(kernel, zone, counter):
    """A zone's counter with what the CPUs have not added yet."""
    name = "per_cpu_zonestat" if zone.has("per_cpu_zonestats") else "per_cpu_pageset"
    pointer = zone.per_cpu_zonestats if zone.has("per_cpu_zonestats") else zone.pageset
    return zone.vm_stat[counter].counter + sum(own(kernel, name, pointer, cpu).vm_stat_diff[counter] for cpu in kernel.cpus())


def cpu_lists(kernel, pages, book):
    """Since 5.14 (44042b449872) a CPU has lists for small orders, MIGRATE_PCPTYPES for each, and then for huge pages."""
    link = "pcp_list" if kernel.btf.has("page", "pcp_list") else "lru"
    kinds = kernel.btf.enums["migratetype"]["MIGRATE_PCPTYPES"]
    for zone in zones(kernel):
        for cpu in kernel.cpus():
            if zone.has("per_cpu_pageset"):
                lists = own(kernel, "per_cpu_pages", zone.per_cpu_pageset, cpu)
            else:
                lists = own(kernel, "per_cpu_pageset", zone.pageset, cpu).pcp
            found = 0
            for index in range(len(lists.lists)):
                order = index // kinds if index // kinds <= 3 else pages.huge
                for page in kernel.list(lists.lists[index].at, "page", link):
                    book.claim("free-pcp", pages.frame(page.at), 1 << order)
                    found += 1 << order
            book.compare("free pages of a CPU", lists.count, found)


# User memory.

def hugetlb(kernel, pages, book):
    each, number = kernel.btf.sizeof(kernel.btf.find("hstate")), kernel.number("hugetlb_max_hstate")
    for i in range(number):
        state = kernel.object("hstate", kernel.symbol("hstates") + i * each)
        lists = [state.hugepage_activelist.at] + [state.hugepage_freelists[i].at for i in range(len(state.hugepage_freelists))]
        found = [page for head in lists for page in kernel.list(head, "page", "lru")]
        for page in found:
            book.claim("hugetlb", pages.frame(page.at), 1 << state.order)
        book.compare("huge pages", state.nr_huge_pages, len(found))


def xarray(kernel, entry, base=0):
    """(index, page, indexes) of each pointer in an xarray: what an entry covers is told by its siblings."""
    if entry & 3 != 2:
        if entry and not entry & 1:
            yield base, entry, 1
        return
    node = kernel.object("xa_node", entry - 2)
    slots = kernel.words(node.slots.at, len(node.slots))
    for i, slot in enumerate(slots):
        if slot & 3 == 2 and slot > 4096:
            yield from xarray(kernel, slot, base + (i << node.shift))
        elif slot and not slot & 3:
            following = 1
            while i + following < len(slots) and slots[i + following] == i << 2 | 2:
                following += 1
            yield base + (i << node.shift), slot, following << node.shift


def cached(kernel, pages, mapping):
    """The page frames of an address space. Before there were siblings each index of a huge page had its first page."""
    last = start = None
    for index, page, count in xarray(kernel, mapping.i_pages.xa_head.at):
        if page != last:
            last, start = page, index
        first = pages.frame(page) + index - start
        yield from range(first, first + count)


def page_cache(kernel, pages, book):
    """Every inode of every mounted file system. Those of hugetlbfs hold huge pages, which are not counted as cache."""
    found = 0
    private = pages.bit["PG_private"]
    for block in kernel.list(kernel.symbol("super_blocks"), "super_block", "s_list"):
        if block.s_magic == HUGETLBFS:
            continue
        for inode in kernel.list(block.s_inodes.at, "inode", "i_sb_list"):
            own_pages = 0
            if not inode.i_data.i_pages.xa_head:
                continue
            for frame in cached(kernel, pages, inode.i_data):
                book.claim("cache-private" if pages.flags(pages.head(frame)) & private else "cache", frame)
                own_pages += 1
            book.compare("pages of an inode", inode.i_data.nrpages, own_pages)
            found += own_pages
    return found


def swap_spaces(kernel):
    count = kernel.linked["nr_swapper_spaces"][1] // 4
    size = kernel.btf.sizeof(kernel.btf.find("address_space"))
    for i in range(count):
        spaces = kernel.word(kernel.symbol("swapper_spaces") + 8 * i)
        number = kernel.integer(kernel.symbol("nr_swapper_spaces") + 4 * i, 4)
        for j in range(number if spaces else 0):
            yield kernel.object("address_space", spaces + j * size)


def swap_cache(kernel, pages):
    """The frames in the swap cache; they are anonymous pages too when somebody maps them."""
    if kernel.has_symbol("swapper_spaces"):
        return {frame for space in swap_spaces(kernel) for frame in cached(kernel, pages, space)}
    return set()


def huge_zero(kernel, pages, book):
    for name in ("huge_zero_page", "huge_zero_folio"):
        page = kernel.word(kernel.symbol(name)) if kernel.has_symbol(name) else 0
        if page and pages.frame(page) in book.frames:
            book.claim("zero", pages.frame(page), 1 << pages.huge)


# Tasks and their memory.

def tasks(kernel):
    first = kernel.variable("task_struct", "init_task")
    leaders = [first, *kernel.list(first.tasks.at, "task_struct", "tasks")]
    idle = [kernel.object("rq", kernel.symbol_of_cpu("runqueues", cpu)).idle for cpu in kernel.cpus()]
    threads = [thread for leader in leaders[1:] for thread in
               kernel.list(leader.signal.thread_head.at, "task_struct", "thread_node")]
    return list({task.at: task for task in [first, *threads, *idle]}.values())


def stacks(kernel, pages, book):
    found = 0
    for task in tasks(kernel):
        for page in range(STACK_PAGES):
            book.claim("stack", kernel.frame(task.stack.at + page * PAGE))
            found += 1
    return found


class Tables:
    """Walks page tables: each table is entered as such, each leaf is handed out."""

    def __init__(self, kernel, book):
        self.kernel, self.book = kernel, book

    def walk(self, table, level, first=0, end=None):
        machine, (shift, bits) = self.kernel.machine, self.kernel.machine.levels[level]
        if level == 0 or 8 << bits >= PAGE:     # a smaller first table is an object in a slab
            self.book.claim("pgtable", table // PAGE, max(1, (8 << bits) // PAGE))
        entries = struct.unpack(f"{self.kernel.order}{1 << bits}Q", self.kernel.memory.read(table, 8 << bits))
        for entry in entries[first:end]:
            if not machine.present(entry, level):
                hidden = machine.hidden(entry) if level == 0 else None
                if hidden is not None:
                    yield hidden // PAGE, 1, entry
            elif machine.leaf(entry, level):
                yield (machine.address(entry, level) & -(1 << shift)) // PAGE, (1 << shift) // PAGE, entry
            else:
                yield from self.walk(machine.address(entry, level), level - 1)


def kernel_tables(kernel, pages, book):
    for _ in Tables(kernel, book).walk(*kernel.root, *kernel.machine.KERNEL):
        pass


def user_tables(kernel, pages, book):
    """What a process maps and nobody else has a claim to is its own: anonymous. Special entries are devices' and the
    kernel's own pages."""
    found = 0
    for mm in {task.mm.pgd.at: task.mm for task in tasks(kernel) if task.mm}.values():
        for first, count, entry in Tables(kernel, book).walk(*kernel.machine.user_root(kernel, mm), *kernel.machine.USER):
            for frame in range(first, first + count if not entry & kernel.machine.SPECIAL else first):
                if frame in book.frames and book.is_new(frame):
                    book.claim("anon", frame)
                    found += 1
    return found


# What the kernel maps for itself.

def modules(kernel, pages, book):
    for module in kernel.list(kernel.symbol("modules"), "module", "list"):
        if module.has("mem"):
            parts = [(part.base.at, part.size) for part in (module.mem[i] for i in range(len(module.mem)))]
        else:
            parts = [(part.base.at, part.size) for part in (module.core_layout, module.init_layout)]
        for base, size in parts:
            for page in range(base, base + size if base else base, PAGE):
                book.claim("module", kernel.frame(page))


def cpu_areas(kernel, pages, book):
    """The first chunk: from the base of each CPU's unit to the end of what the chunk hands out."""
    chunk, base = kernel.pointer("pcpu_chunk", "pcpu_first_chunk"), kernel.word(kernel.symbol("pcpu_base_addr"))
    size = chunk.base_addr.at + chunk.nr_pages * PAGE - base
    units = kernel.word(kernel.symbol("pcpu_unit_offsets"))
    for cpu in kernel.cpu_numbers():
        at = base + kernel.word(units + 8 * cpu)
        for page in range(at, at + size, PAGE):
            book.claim("percpu", kernel.frame(page))


def vmap_areas(kernel):
    """One list until 6.8, then one for each of some nodes (d093602919ad)."""
    if kernel.has_symbol("vmap_nodes"):
        base, each = kernel.word(kernel.symbol("vmap_nodes")), kernel.btf.sizeof(kernel.btf.find("vmap_node"))
        for i in range(kernel.number("nr_vmap_nodes")):
            node = kernel.object("vmap_node", base + i * each)
            yield from kernel.list(node.busy.head.at, "vmap_area", "list")
    else:
        yield from kernel.list(kernel.symbol("vmap_area_list"), "vmap_area", "list")


def vmalloc(kernel, pages, book):
    """Areas with an array of pages are vmalloc's; allocated ones without are per-cpu chunks, or (arm64) the image, of which
    pages that are not marked have been given away."""
    found, image = 0, range(kernel.symbol("_text"), kernel.symbol("_end"))
    for area in vmap_areas(kernel):
        vm = area.vm
        if not vm or vm.flags & VM_IOREMAP:
            continue
        if vm.pages and vm.nr_pages:
            found += vm.nr_pages
            for page in kernel.words(vm.pages.at, vm.nr_pages):
                book.claim("vmalloc", pages.frame(page))
            continue
        for page in range(area.va_start, area.va_end if area.va_start not in image else area.va_start, PAGE):
            try:
                frame = kernel.frame(page)
            except Fault:
                continue
            if frame in book.frames and book.is_new(frame):
                book.claim("percpu", frame)
    return found


# What was left over.

def batches(kernel, pages, book):
    """Pages wait in batches of a CPU for their list of the LRU; some outlive the process that had them."""
    name = "cpu_fbatches" if kernel.has_symbol("cpu_fbatches") else "lru_pvecs"
    for cpu in kernel.cpus():
        batch = kernel.object(name, kernel.symbol_of_cpu(name, cpu)).lru_add
        entries = batch.folios if batch.has("folios") else batch.pages
        for frame in (pages.frame(entries[i].at) for i in range(batch.nr)):
            for one in range(frame, frame + pages.span(frame)):
                book.batched.append(one)
                if book.is_new(one):
                    book.claim("waiting", one)


def rest(kernel, pages, book):
    heads = {pages.head(frame) for frame in book.frames_of("anon")}
    for frame in book.frames:
        if book.is_new(frame):
            head = pages.head(frame)
            if head in heads:
                book.claim("anon-rest", frame)
            elif pages.flags(head) & pages.bit["PG_lru"]:
                book.claim("lone", frame)


def node_count(kernel, name):
    """A counter of all nodes with what the CPUs have not added yet."""
    counter = kernel.btf.enums["node_stat_item"].get(name)
    if counter is None:
        return None
    return sum(node.vm_stat[counter].counter + sum(
        own(kernel, "per_cpu_nodestat", node.per_cpu_nodestats, cpu).vm_node_stat_diff[counter] for cpu in kernel.cpus())
        for node in nodes(kernel))


def look(kernel, pages, book):
    """All walks, those that know most first."""
    for walk in (memmap, cpu_areas, marked, free_lists, cpu_lists, hugetlb, stacks, modules, vmalloc, huge_zero,
                 kernel_tables):
        walk(kernel, pages, book)
    swapped = swap_cache(kernel, pages)
    files = page_cache(kernel, pages, book)
    book.compare("NR_FILE_PAGES", node_count(kernel, "NR_FILE_PAGES"), files + len(swapped))
    book.compare("NR_ANON_MAPPED", node_count(kernel, "NR_ANON_MAPPED"), user_tables(kernel, pages, book))
    for frame in swapped:
        if book.is_new(frame):
            book.claim("swapcache", frame)
    batches(kernel, pages, book)
    rest(kernel, pages, book)
