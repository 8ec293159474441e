# SPDX-License-Identifier: GPL-2.0-only
"""btf.py - the kernel's types, out of the section .BTF of a vmlinux, and its symbols out of .symtab.

A reader of its own, so that the oracle rests on nothing of the tool it judges, and on no debugger that may be older
than the kernel. The format is told in Documentation/bpf/btf.rst of the kernel."""
import struct

INT, PTR, ARRAY, STRUCT, UNION, ENUM, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, PROTO, VAR, SECTION, FLOAT, \
    DECL_TAG, TYPE_TAG, ENUM64 = range(1, 20)
SEE_THROUGH = {TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG}
# Bytes that follow a type of each kind: fixed, and for each of its members.
TAIL = {INT: (4, 0), ARRAY: (12, 0), STRUCT: (0, 12), UNION: (0, 12), ENUM: (0, 8), PROTO: (0, 8), VAR: (4, 0),
        SECTION: (0, 12), DECL_TAG: (4, 0), ENUM64: (0, 12)}


class Elf:
    """The sections and symbols of a vmlinux of 64 bits."""

    def __init__(self, path):
        self.file = open(path, "rb")
        first = self.file.read(64)
        self.order = "<>"[first[5] - 1]
        header = struct.unpack(self.order + "16sHHIQQQIHHHHHH", first)
        shoff, shentsize, shnum, names = header[6], header[11], header[12], header[13]
        self.file.seek(shoff)
        table = self.file.read(shentsize * shnum)
        rows = [struct.unpack_from(self.order + "IIQQQQIIQQ", table, i * shentsize) for i in range(shnum)]
        strings = self.bytes_of(rows[names])
        self.rows = {strings[row[0]:strings.index(b"\0", row[0])].decode(): row for row in rows}

    def bytes_of(self, row):
        self.file.seek(row[4])
        return self.file.read(row[5])

    def section(self, name):
        return self.bytes_of(self.rows[name])

    def symbols(self):
        """{name: (address, size)}; of names that occur twice the global one, or else the first."""
        names, found = self.section(".strtab"), {}
        for name, info, _, index, value, size in struct.iter_unpack(self.order + "IBBHQQ", self.section(".symtab")):
            if index and info & 15 < 3:
                text = names[name:names.index(b"\0", name)].decode()
                if info >> 4 == 1 or text not in found:
                    found[text] = value, size
        return found


class Type:
    __slots__ = ("kind", "name", "size", "target", "length", "members", "signed")


class Btf:
    def __init__(self, data):
        self.order = {b"\x9f\xeb": "<", b"\xeb\x9f": ">"}.get(bytes(data[:2]))
        if not self.order:
            raise ValueError("there is no BTF")
        _, _, header, type_at, type_size, string_at, string_size = struct.unpack_from(self.order + "BBIIIII", data, 2)
        self.data, self.strings, self.end = data, header + string_at, header + string_at + string_size
        self.types, self.named, self.enums = [None], {}, {}
        at, end = header + type_at, header + type_at + type_size
        while at < end:
            at = self.read_type(at)

    def text(self, offset):
        start = self.strings + offset
        return self.data[start:self.data.index(b"\0", start, self.end)].decode()

    def read_type(self, at):
        name, info, size = struct.unpack_from(self.order + "III", self.data, at)
        one, at = Type(), at + 12
        one.kind, count, flag = info >> 24 & 31, info & 0xffff, info >> 31
        one.name, one.size, one.target = self.text(name), size, size
        if one.kind == INT:
            # The BTF of 5.10 forgets the sign of this one.
            one.signed = struct.unpack_from(self.order + "I", self.data, at)[0] >> 24 & 1 or one.name == "signed char"
        elif one.kind == ARRAY:
            one.target, _, one.length = struct.unpack_from(self.order + "III", self.data, at)
        elif one.kind in (STRUCT, UNION):
            one.members = [(self.text(a), b, c & 0xffffff if flag else c, c >> 24 if flag else 0) for a, b, c in
                           struct.iter_unpack(self.order + "III", self.data[at:at + 12 * count])]
        elif one.kind in (ENUM, ENUM64):
            one.signed, step = flag, 8 if one.kind == ENUM else 12
            pairs = [struct.unpack_from(self.order + ("Ii" if flag else "II"), self.data, at + i * step) for i in range(count)]
            self.enums.setdefault(one.name, {}).update((self.text(name), value) for name, value in pairs)
        if one.kind != FWD and one.name:
            self.named.setdefault((one.kind in (STRUCT, UNION), one.name), len(self.types))
        self.types.append(one)
        fixed, each = TAIL.get(one.kind, (0, 0))
        return at + fixed + each * count

    def plain(self, number):
        """The type behind typedefs and qualifiers."""
        while number and self.types[number].kind in SEE_THROUGH:
            number = self.types[number].target
        return number

    def find(self, name):
        """The number of the struct or union of that name, or else of the type."""
        found = self.named.get((True, name)) or self.named.get((False, name))
        if not found:
            raise KeyError(f"the kernel has no type {name}")
        return self.plain(found)

    def has(self, name, member=None):
        if (True, name) not in self.named and (False, name) not in self.named:
            return False
        return member is None or self.member(self.find(name), member) is not None

    def member(self, number, name):
        """(offset in bytes, type, bits, first bit) of a member, inside anonymous structs and unions too; None: not there."""
        for own, target, bit, bits in self.types[number].members:
            if own == name:
                return bit // 8, target, bits, bit % 8
            if not own:
                inner = self.plain(target)
                found = self.types[inner].kind in (STRUCT, UNION) and self.member(inner, name)
                if found:
                    return found[0] + bit // 8, *found[1:]
        return None

    def sizeof(self, number):
        one = self.types[self.plain(number)]
        if one.kind == ARRAY:
            return one.length * self.sizeof(one.target)
        return 8 if one.kind == PTR else one.size

    def offset(self, name, *members):
        """Of a member in a struct, or of a member in that."""
        number, offset = self.find(name), 0
        for member in members:
            found = self.member(number, member)
            if found is None:
                raise KeyError(f"struct {name} has no {member}")
            offset, number = offset + found[0], self.plain(found[1])
        return offset
