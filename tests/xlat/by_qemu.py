# SPDX-License-Identifier: GPL-2.0-only
"""by_qemu.py NAME CORE WANT MACHINE VALUE...: the memory of CORE becomes that of a machine of QEMU that has nothing else, and
its processor is told of the tables: by the values, as the function named like the MACHINE says. QEMU's monitor (gva2gpa) then
says where each address of WANT ("VADDR PADDR", the latter - where nothing is mapped) leads: the walk of an MMU that runs whole
systems. Addresses with more bits than the processor has say nothing."""
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile

PT_LOAD = 1
PIECE = 1 << 16
CODE = 0x1000  # no table lies so low

class Gdb:
    """What is needed of gdb's protocol: to write registers by name, and memory, and to step."""
    def __init__(self, path, order):
        self.order = order
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.stream = self.socket.makefile("rwb")
        self.numbers, at = {}, 0
        for feature in re.findall(r'xi:include href="([^"]+)"', self.document("target.xml")):
            for register in re.findall(r"<reg [^>]*>", self.document(feature)):
                told = dict(re.findall(r'(\w+)="([^"]*)"', register))
                at = int(told.get("regnum", at))
                self.numbers[told["name"]] = at, int(told["bitsize"]) // 8
                at += 1
        self.order_to("Qqemu.PhyMemMode:1")  # addresses in put() are physical

    def ask(self, text):
        self.stream.write(b"$%s#%02x" % (text.encode(), sum(text.encode()) % 256))
        self.stream.flush()
        while self.stream.read(1) != b"$":
            pass
        answer = bytearray()
        while (byte := self.stream.read(1)) != b"#":
            answer += bytes([self.stream.read(1)[0] ^ 0x20]) if byte == b"}" else byte
        self.stream.read(2)
        self.stream.write(b"+")
        return answer.decode("latin-1")

    def document(self, name):
        text, more = "", "m"
        while more == "m":
            answer = self.ask(f"qXfer:features:read:{name}:{len(text):x},ffb")
            more, text = answer[0], text + answer[1:]
        return text

    def order_to(self, what):
        if (answer := self.ask(what)) != "OK":
            sys.exit(f"QEMU says {answer} to {what}")

    def write(self, **registers):
        for name, value in registers.items():
            number, size = self.numbers[name]
            self.order_to(f"P{number:x}={value.to_bytes(size, self.order).hex()}")

    def put(self, at, size, *values):
        data = b"".join(value.to_bytes(size, self.order) for value in values)
        self.order_to(f"M{at:x},{len(data):x}:{data.hex()}")

    def run(self, *code, window=0):
        """Instructions of 4 bytes, one after the other; WINDOW is where they see physical memory."""
        self.put(CODE, 4, *code)
        self.write(pc=window + CODE)
        self.step(len(code))

    def step(self, count):
        for _ in range(count):
            self.ask("s")

def riscv64(gdb, satp):
    gdb.write(menvcfg=1 << 62, priv=1, satp=satp)  # PBMTE: entries tell the kind of memory

def aarch64(gdb, root, page_kib, bits, lpa2=0):
    grain = {4: 2, 16: 1, 64: 3}[page_kib]
    wide = 6 if lpa2 or page_kib == 64 else 5  # physical addresses of 52 bits, or 48
    gdb.write(x0=root, x1=1 << 7 | 64 - bits << 16 | grain << 30 | wide << 32 | lpa2 << 59, x2=1)
    gdb.run(0xd5182020,  # msr ttbr1_el1, x0
            0xd5182041,  # msr tcr_el1, x1
            0xd5181002)  # msr sctlr_el1, x2: the MMU is on

def arm(gdb, ttbr0, ttbcr):
    gdb.write(r0=ttbr0 & 0xffffffff, r1=ttbr0 >> 32, r2=ttbcr, r3=0xffffffff, r4=1)
    gdb.run(0xee022f50,  # mcr p15, 0, r2, c2, c0, 2: TTBCR
            0xec410f02,  # mcrr p15, 0, r0, r1, c2: TTBR0
            0xee033f10,  # mcr p15, 0, r3, c3, c0, 0: DACR, every domain is free
            0xee014f10)  # mcr p15, 0, r4, c1, c0, 0: SCTLR, the MMU is on

def ppc64(gdb, entry):
    """A kernel that is its own hypervisor, as Linux does it: one ENTRY (where the root is, how many bits addresses and the
    root's index have) in the partition table and in the process table, whose own address goes through these tables, too."""
    partitions, processes = 0x20000, 0x30000
    gdb.put(partitions, 8, 1 << 63 | entry, processes)
    gdb.put(processes, 8, entry, 0)
    gdb.write(ptcr=partitions, lpcr=1 << 22 | 1 << 20)  # UPRT, HR
    gdb.write(msr=1 << 63 | 1 << 60 | 1 << 5 | 1 << 4)   # SF HV IR DR

def loongarch64(gdb, root, page, *bits):
    """TLBs are filled by software, which has instructions that know the tables' shape: BITS of the tables from the lowest upwards.
    An address is loaded from, and Linux's few instructions for a miss are run."""
    refill, errors, window, stay = 0x2000, 0x3000, 0x9000000000000000, 0x50000000  # b .
    base = [page + sum(bits[:i]) for i in range(len(bits))]
    middle = sum(base[i] << 10 * i | bits[i] << 10 * i + 5 for i in range(len(bits) - 1))
    for register, value in ((0x19, root), (0x1a, root),  # PGDL, PGDH
                            (0x1c, middle), (0x1d, base[-1] | bits[-1] << 6),  # PWCL, and PWCH with the uppermost table
                            (0x1e, page), (0x8e, page), (0x88, refill), (0xc, window + errors),  # STLBPS TLBREHI TLBRENTRY EENTRY
                            (0x180, 1 << 63 | 1), (0x181, window | 1),  # windows of constant shifts
                            (0, 1 << 4)):  # CRMD: the MMU is on
        gdb.write(r12=value)
        gdb.run(0x0400002c | register << 10)  # csrwr r12
    down = [0x0640018c | level << 10 for level in (3, *range(len(bits) - 2, 0, -1))]  # lddir r12, r12, level
    gdb.put(refill, 4, 0x04006c0c, *down,  # csrrd r12, PGD
            0x06440180, 0x06440580, 0x06483400, 0x06483800)  # ldpte r12, 0 and 1; tlbfill; ertn
    gdb.put(errors, 4, stay)

    def load(vaddr):
        gdb.write(r14=vaddr)
        gdb.run(0x280001cd, stay, window=window)  # ld.b r13, r14, 0
        gdb.step(10)
    return load

# Program, machine, processor, bits of an address, order of the bytes of registers. Machines other than "none" are those whose
# processor begins as a hypervisor; they want some firmware.
MACHINES = {
    riscv64:     ("riscv64", "none", "rv64,svpbmt=on,pmp=off", 64, "little"),
    aarch64:     ("aarch64", "none", "max,has_el3=off,has_el2=off", 64, "little"),
    arm:         ("arm", "none", "max,has_el3=off,has_el2=off", 32, "little"),
    ppc64:       ("ppc64", "powernv9", "power9", 64, "big"),
    loongarch64: ("loongarch64", "none", "la464-loongarch-cpu", 64, "little"),
}

# QEMU 7.2 knows no pages below 16 KiB of LoongArch, and leaves a bit in the address of larger ones (12, global) that is none.
TIDY = {loongarch64: lambda paddr, vaddr: paddr - vaddr % (1 << 14) >> 14 << 14 | vaddr % (1 << 14)}

def data_pieces(core, offset, size):
    """Where pieces of a stretch of the file begin that are no holes."""
    at = 0
    while at < size:
        try:
            found = os.lseek(core.fileno(), offset + at, os.SEEK_DATA) - offset
        except OSError:
            return
        at = max(at, found - (found - at) % PIECE)
        if at < size:
            yield at
        at += PIECE

def memory_of(core, raw):
    """Physical memory as a file, with holes; its size."""
    data = core.read(64)
    wide, order = data[4] == 2, "<>"[data[5] - 1]
    at, = struct.unpack_from(order + "IQ"[wide], data, 32 if wide else 28)
    each, count = struct.unpack_from(order + "HH", data, 54 if wide else 42)
    end = 0
    for i in range(count):
        core.seek(at + i * each)
        header = struct.unpack(order + ("IIQQQQQQ" if wide else "IIIIIIII"), core.read(56 if wide else 32))
        kind, offset, paddr, size = header[0], header[2 - (not wide)], header[4 - (not wide)], header[5 - (not wide)]
        if kind != PT_LOAD:
            continue
        for start in data_pieces(core, offset, size):
            core.seek(offset + start)
            raw.seek(paddr + start)
            raw.write(core.read(min(PIECE, size - start)))
        end = max(end, paddr + size)
    end = max(end + (1 << 20) - 1 >> 20 << 20, 1 << 30)  # no board has less than 1 GiB
    raw.truncate(end)
    raw.flush()
    return end

class Monitor:
    def __init__(self, qemu):
        self.qemu = qemu
        self.said()

    def said(self):
        text = ""
        while not text.endswith("(qemu) "):
            piece = self.qemu.stdout.read(1)
            if not piece:
                sys.exit(f"QEMU is gone: {text[-200:]}")
            text += piece
        return text

    def ask(self, text):
        self.qemu.stdin.write(text + "\n")
        self.qemu.stdin.flush()
        return self.said()

def compare(monitor, touch, tidy, want, bits):
    same, wrong = 0, []
    for line in want:
        vaddr, paddr = line.split()[:2]
        if int(vaddr, 16) >> bits:
            continue
        if touch:
            touch(int(vaddr, 16))
        found = re.search(r"gpa: (?:0x)?([0-9a-f]+)", monitor.ask(f"gva2gpa {vaddr}"))
        found = hex(tidy(int(found[1], 16), int(vaddr, 16))) if found else "-"
        same += found == paddr
        if found != paddr:
            wrong.append(f"  {vaddr} leads to {found}, not {paddr}")
    return same, wrong

def start(folder, board, program, processor, memory, size):
    """QEMU with that file as its memory, stopped; its monitor is its standard input and output."""
    open(folder + "/firmware", "wb").write(bytes(4))
    options = ["-M", f"{board},memory-backend=ram", "-bios", folder + "/firmware", "-cpu", processor, "-accel", "tcg", "-S",
               "-object", f"memory-backend-file,id=ram,size={size},mem-path={memory},share=off", "-m", f"{size >> 20}M",
               "-chardev", f"socket,id=gdb,path={folder}/gdb,server=on,wait=off", "-gdb", "chardev:gdb",
               "-display", "none", "-monitor", "stdio"]
    return subprocess.Popen([f"qemu-system-{program}", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)

def main(name, core, want, machine, *values):
    setup = globals()[machine]
    program, board, processor, bits, order = MACHINES[setup]
    with tempfile.TemporaryDirectory() as folder, open(folder + "/memory", "wb") as raw:
        qemu = start(folder, board, program, processor, raw.name, memory_of(open(core, "rb"), raw))
        try:
            monitor = Monitor(qemu)
            touch = setup(Gdb(folder + "/gdb", order), *(int(value, 0) for value in values))
            same, wrong = compare(monitor, touch, TIDY.get(setup, lambda paddr, vaddr: paddr), open(want), bits)
        finally:
            qemu.kill()
            qemu.wait()
    print(f"FAIL {name}: QEMU" if wrong or not same else f"ok   {name}: QEMU: {same} addresses alike", *wrong, sep="\n")

main(*sys.argv[1:])
