# SPDX-License-Identifier: GPL-2.0-only
"""itself.py - a kernel of a core by what it keeps of itself, without a vmlinux: symbols from kallsyms, which vmcoreinfo
has told of since 6.0, as 6.1 writes it for x86_64, and types from BTF."""
import struct

from btf import Btf
from core import Kernel, Memory
from machines import MACHINES


class Itself(Kernel):
    def __init__(self, core):
        self.memory, self.moved, self.members, self.frames = Memory(core), 0, {}, {}
        self.order, info = self.memory.order, self.memory.info()
        self.linked = {key[7:-1]: (int(value, 16), 0) for key, value in info.items() if key.startswith("SYMBOL(")}
        self.release, self.machine = info["OSRELEASE"], MACHINES[self.memory.machine](info)
        self.root = self.machine.kernel_root(self)
        self.linked.update(self.kallsyms())
        start = self.symbol("__start_BTF")
        self.btf = Btf(self.read(start, self.symbol("__stop_BTF") - start))

    def tokens(self):
        index = struct.unpack(self.order + "256H", self.read(self.symbol("kallsyms_token_index"), 512))
        table = self.read(self.symbol("kallsyms_token_table"), index[255] + 64)
        return [table[at:table.index(b"\0", at)] for at in index]

    def kallsyms(self):
        """{name: (address, 0)}. The first letter of a name is its type. Numbers below 0 count down from a base, others are
        addresses of variables of each CPU."""
        count, base = self.number("kallsyms_num_syms"), self.word(self.symbol("kallsyms_relative_base"))
        offsets = struct.unpack(f"{self.order}{count}i", self.read(self.symbol("kallsyms_offsets"), 4 * count))
        names, tokens, at, found = self.read(self.symbol("kallsyms_names"), count * 16), self.tokens(), 0, {}
        for offset in offsets:
            length, at = names[at], at + 1
            if length & 0x80:
                length, at = length & 0x7f | names[at] << 7, at + 1
            name, at = b"".join(tokens[i] for i in names[at:at + length])[1:].decode(), at + length
            found.setdefault(name, (offset if offset >= 0 else base - 1 - offset, 0))
        return found
