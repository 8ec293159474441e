# SPDX-License-Identifier: GPL-2.0-only
"""xen-notes.py RAW SYMS VMLINUX CORE: give an ELF core that QEMU made of a machine with Xen the notes that the hypervisor
writes when it crashes: its crash note, its VMCOREINFO, and that of dom0. SYMS are the symbols of the hypervisor, and
VMLINUX is dom0's. What is needed is read through the page tables of a CPU: each has the hypervisor in it."""
import struct
import subprocess
import sys

raw_name, syms, vmlinux, out_name = sys.argv[1:]
raw = open(raw_name, "rb")
head = raw.read(64)
phoff, = struct.unpack_from("<Q", head, 32)
phentsize, phnum = struct.unpack_from("<HH", head, 54)
raw.seek(phoff)
phdrs = [struct.unpack_from("<IIQQQQQQ", raw.read(phentsize)) for _ in range(phnum)]
loads = [p for p in phdrs if p[0] == 1]
note = next(p for p in phdrs if p[0] == 4)
raw.seek(note[2])
notes = raw.read(note[5])

def physical(at, size):
    for _, _, offset, _, paddr, filesz, _, _ in loads:
        if paddr <= at and at + size <= paddr + filesz:
            raw.seek(offset + at - paddr)
            return raw.read(size)
    raise KeyError(hex(at))

def roots():
    at = 0
    while at + 12 <= len(notes):
        namesz, descsz, _ = struct.unpack_from("<III", notes, at)
        desc = at + 12 + (namesz + 3 & ~3)
        if notes[at + 12:at + 16] == b"QEMU":
            yield struct.unpack_from("<Q", notes, desc + 416)[0] & 0xffffffffff000
        at = desc + (descsz + 3 & ~3)

def walk(root, at):
    table = root
    for shift in (39, 30, 21, 12):
        entry, = struct.unpack("<Q", physical(table + (at >> shift & 511) * 8, 8))
        if not entry & 1:
            raise KeyError(hex(at))
        table = entry & 0xffffffffff000
        if shift == 12 or entry & 0x80:
            return (table & ~((1 << shift) - 1)) + (at & (1 << shift) - 1)

def virtual(at, size):
    data = b""
    while size:
        step = min(size, 4096 - at % 4096)
        for root in roots():
            try:
                data += physical(walk(root, at), step)
                break
            except KeyError:
                continue
        else:
            raise KeyError(hex(at))
        at, size = at + step, size - step
    return data

def word(at):
    return struct.unpack("<Q", virtual(at, 8))[0]

def symbols(name):
    text = subprocess.run(["nm", name], capture_output=True, text=True, check=True).stdout
    return {line.split()[2]: int(line.split()[0], 16) for line in text.splitlines() if len(line.split()) == 3}

def a_note(name, kind, desc):
    def pad(data):
        return data + bytes(-len(data) % 4)
    return struct.pack("<III", len(name) + 1, len(desc), kind) + pad(name + b"\0") + pad(desc)

xen, linux = symbols(syms), symbols(vmlinux)
shared = word(linux["HYPERVISOR_shared_info"])
lists = word(shared + 0xc10 + 8)      # arch.pfn_to_mfn_frame_list_list
# It writes this text when a crash kernel is loaded, which here was not; so write what 4.17 has as constants in its code.
info = "PAGESIZE=4096\n" + "".join("SYMBOL(%s)=%x\n" % (name, xen[symbol]) for name, symbol in (
    ("domain_list", "domain_list"), ("frame_table", "_frame_table.0"), ("max_page", "max_page"), ("dom_xen", "dom_xen"),
    ("dom_io", "dom_io"), ("pgd_l4", "idle_pg_table")))
info += ("SIZE(page_info)=32\nSIZE(domain)=2304\nOFFSET(page_info.count_info)=8\nOFFSET(page_info._domain)=24\n"
         "OFFSET(domain.domain_id)=0\nOFFSET(domain.next_in_list)=136\n")
info = info.encode()
linux_info = word(linux["vmcoreinfo_data"])
linux_text = virtual(linux_info, 4096).split(b"\0")[0]
crash = struct.pack("<10Q", 4, 17, 0, 0, 0, 0, 0, 0, word(xen["xen_phys_start"]), lists)
notes += a_note(b"Xen", 0x1000001, crash) + a_note(b"VMCOREINFO_XEN", 0, info) + a_note(b"VMCOREINFO", 0, linux_text)
print("image at %#x, p2m at frame %#x, %d and %d bytes of vmcoreinfo" %
      (word(xen["xen_phys_start"]), lists, len(info), len(linux_text)))

with open(out_name, "wb") as out:
    start = 64 + 56 * phnum
    at = start + len(notes)
    out.write(head[:32] + struct.pack("<QQ", 64, 0) + head[48:52] + struct.pack("<HHHHHH", 64, 56, phnum, 0, 0, 0))
    out.write(struct.pack("<IIQQQQQQ", 4, 0, start, 0, 0, len(notes), len(notes), 0))
    for _, flags, _, vaddr, paddr, filesz, memsz, align in loads:
        out.write(struct.pack("<IIQQQQQQ", 1, flags, at, vaddr, paddr, filesz, memsz, align))
        at += filesz
    out.write(notes)
    for _, _, offset, _, _, filesz, _, _ in loads:
        raw.seek(offset)
        while filesz:
            piece = raw.read(min(filesz, 1 << 20))
            out.write(piece)
            filesz -= len(piece)
