# SPDX-License-Identifier: GPL-2.0-only
"""core.py - the memory of a dead kernel: an ELF core read by physical address, by virtual address (through page tables),
and as the kernel's structs."""
import mmap
import struct
from pathlib import Path

from btf import ARRAY, ENUM, ENUM64, INT, PTR, STRUCT, UNION, Btf, Elf
from machines import MACHINES, PAGE, Fault


class Memory:
    """Physical memory: the loaded segments of a core; and its notes: {name: bytes}, of each name the last."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.map = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        self.order = "<>"[self.map[5] - 1]
        header = struct.unpack_from(self.order + "16sHHIQQQIHHHHHH", self.map)
        phoff, count, self.machine = header[5], header[10], header[2]
        self.segments, self.notes = [], {}
        for i in range(count):
            kind, _, offset, _, paddr, size, _, _ = struct.unpack_from(self.order + "IIQQQQQQ", self.map, phoff + 56 * i)
            if kind == 1 and size:
                self.segments.append((paddr, paddr + size, offset))
            elif kind == 4:
                self.read_notes(self.map[offset:offset + size])
        self.segments.sort()

    def read_notes(self, data):
        at = 0
        while at + 12 <= len(data):
            length, size, _ = struct.unpack_from(self.order + "III", data, at)
            name, at = data[at + 12:at + 12 + length], at + 12 + (length + 3 & ~3)
            self.notes[name.rstrip(b"\0")] = data[at:at + size]
            at += size + 3 & ~3

    def info(self):
        """The lines of the note VMCOREINFO: {key: value}."""
        text = self.notes.get(b"VMCOREINFO", b"").decode(errors="replace")
        return dict(line.split("=", 1) for line in text.split("\0")[0].splitlines() if "=" in line)

    def offset(self, paddr, size=1):
        for first, end, offset in self.segments:
            if first <= paddr and paddr + size <= end:
                return offset + paddr - first
        raise Fault(f"physical address {paddr:#x} is not in the core")

    def read(self, paddr, size):
        at = self.offset(paddr, size)
        return self.map[at:at + size]

    def word(self, paddr):
        return struct.unpack(self.order + "Q", self.read(paddr, 8))[0]

    def walk(self, machine, table, level, vaddr, entries=None):
        """The physical address behind a virtual one, by the table of that level; entries gets the addresses of the entries
        on the way. Raises Fault."""
        while level >= 0:
            shift, bits = machine.levels[level]
            at = table + (vaddr >> shift & (1 << bits) - 1) * 8
            if entries is not None:
                entries.append(at)
            entry = self.word(at)
            if not machine.present(entry, level):
                break
            table = machine.address(entry, level)
            if machine.leaf(entry, level):
                return table & -(1 << shift) | vaddr & (1 << shift) - 1
            level -= 1
        raise Fault(f"{vaddr:#x} is not mapped")

    def page(self, frame):
        """A page as dumps have it: what the core does not have of it is zero."""
        paddr, out = frame * PAGE, bytearray(PAGE)
        for first, end, offset in self.segments:
            low, high = max(first, paddr), min(end, paddr + PAGE)
            if low < high:
                out[low - paddr:high - paddr] = self.map[offset + low - first:offset + high - first]
        return bytes(out)

    def pages(self):
        """The page frames of which the core has any byte."""
        return {frame for first, end, _ in self.segments for frame in range(first // PAGE, (end + PAGE - 1) // PAGE)}


class Object:
    """A struct or array of the kernel at a virtual address. Members that are numbers come as numbers, pointers and
    structs as objects; a NULL pointer is false."""
    __slots__ = ("kernel", "type", "at")

    def __init__(self, kernel, number, at):
        self.kernel, self.type, self.at = kernel, kernel.btf.plain(number), at

    def __bool__(self):
        return self.at != 0

    def __len__(self):
        return self.kernel.btf.types[self.type].length

    def __getitem__(self, index):
        one = self.kernel.btf.types[self.type]
        target = one.target if one.kind == ARRAY else self.type
        return self.kernel.value(target, self.at + index * self.kernel.btf.sizeof(target))

    def __getattr__(self, name):
        key = self.type, name
        if key not in self.kernel.members:
            self.kernel.members[key] = self.kernel.btf.member(self.type, name)
        found = self.kernel.members[key]
        if found is None:
            raise AttributeError(f"{self.kernel.btf.types[self.type].name} has no {name}")
        offset, target, bits, first = found
        value = self.kernel.value(target, self.at + offset)
        if not bits:
            return value
        shift = first if self.kernel.order == "<" else 8 * self.kernel.btf.sizeof(target) - bits - first
        return value >> shift & (1 << bits) - 1

    def has(self, name):
        return self.kernel.btf.member(self.type, name) is not None


class Kernel:
    def __init__(self, core, vmlinux, types=None):
        """types: a file with the types in BTF, where vmlinux has none."""
        elf = Elf(vmlinux)
        self.memory, self.linked = Memory(core), elf.symbols()
        self.btf = Btf(Path(types).read_bytes() if types else elf.section(".BTF"))
        self.members, self.frames, self.order = {}, {}, self.memory.order
        info = self.memory.info()
        if not info:
            raise Fault("the core has no note VMCOREINFO: the oracle needs it to begin with")
        self.release = info["OSRELEASE"]
        self.moved = int(info.get("KERNELOFFSET", "0"), 16)
        self.machine = MACHINES[self.memory.machine](info)
        self.root = self.machine.kernel_root(self)

    # Addresses.

    def symbol(self, name):
        address = self.linked[name][0]
        return address + self.moved if address >= self.machine.image else address

    def physical(self, name):
        """Where what the image has lies in memory."""
        return self.symbol(name) - self.machine.shift

    def has_symbol(self, name):
        return name in self.linked

    def frame(self, vaddr):
        """The page frame behind a virtual address of the kernel; raises Fault."""
        page = vaddr >> 12
        if page not in self.frames:
            self.frames[page] = self.memory.walk(self.machine, *self.root, vaddr) >> 12
        return self.frames[page]

    def read(self, vaddr, size):
        parts = []
        while size:
            step = min(size, PAGE - vaddr % PAGE)
            parts.append(self.memory.read(self.frame(vaddr) * PAGE + vaddr % PAGE, step))
            vaddr, size = vaddr + step, size - step
        return b"".join(parts)

    def word(self, vaddr):
        return struct.unpack(self.order + "Q", self.read(vaddr, 8))[0]

    def integer(self, vaddr, size, signed=False):
        return int.from_bytes(self.read(vaddr, size), "little" if self.order == "<" else "big", signed=signed)

    def words(self, vaddr, count):
        return struct.unpack(f"{self.order}{count}Q", self.read(vaddr, 8 * count))

    # Objects.

    def value(self, number, at):
        """What stands at an address: a number for integers and enums, an object for the rest."""
        one = self.btf.types[self.btf.plain(number)] if number else None
        if one is None or one.kind in (STRUCT, UNION, ARRAY):
            return Object(self, number, at)
        if one.kind == PTR:
            return Object(self, one.target, self.word(at))
        if one.kind in (INT, ENUM, ENUM64):
            return self.integer(at, one.size, bool(one.signed))
        raise Fault(f"a value of kind {one.kind} at {at:#x}")

    def object(self, name, at):
        return Object(self, self.btf.find(name), at)

    def variable(self, name, symbol):
        """The struct of that name that a global variable is."""
        return self.object(name, self.symbol(symbol))

    def pointer(self, name, symbol):
        """The struct of that name that a global variable points to."""
        return self.object(name, self.word(self.symbol(symbol)))

    def number(self, symbol, size=4):
        return self.integer(self.symbol(symbol), size)

    # Lists and processors.

    def list(self, head, name, member):
        """The objects of struct name on the list whose head is at an address, linked by a member."""
        offset, at, ceiling = self.btf.offset(name, member), self.word(head), 1 << 26
        while at != head and ceiling:
            yield self.object(name, at - offset)
            at, ceiling = self.word(at), ceiling - 1
        if not ceiling:
            raise Fault(f"the list at {head:#x} does not end")

    def cpus(self):
        """Offsets of the CPUs' own areas."""
        return [self.word(self.symbol("__per_cpu_offset") + 8 * i) for i in self.cpu_numbers()]

    def symbol_of_cpu(self, name, cpu):
        """Of a per-cpu variable: below 6.15 x86_64 links them at 0."""
        return self.symbol(name) + cpu & (1 << 64) - 1

    def cpu_numbers(self):
        mask = self.word(self.symbol("__cpu_possible_mask"))
        return [i for i in range(64) if mask >> i & 1]
