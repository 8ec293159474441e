# SPDX-License-Identifier: GPL-2.0-only
"""judge.py NAME CORE LOG BUILD: a core against what its guest said, by no more than addresses. LOG is the guest's console.
  * every symbol of vmcoreinfo translates;
  * the tasks on the list from the first task on are those that ps printed;
  * free, cache and user pages are as many as /proc/meminfo and /proc/zoneinfo said, within 1 %.
The first task and its members are found by what must stand there: "swapper" in comm, a list that closes, pids 1 and 2."""
import json
import re
import subprocess
import sys

name, core, log, build = sys.argv[1:]
console = open(log, errors="replace").read().replace("\r", "")
MARGIN, BEFORE_COMM = 0.01, 3072

class Peek:
    def __init__(self):
        self.program = subprocess.Popen([build + "/tests/peek", core], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.info = self.ask("i")
        while (line := self.program.stdout.readline()).strip():
            self.info += line
        self.big = open(core, "rb").read(6)[5] == 2
        machine = int.from_bytes(open(core, "rb").read(20)[18:], "big" if self.big else "little")
        self.word = 4 if machine in (3, 20, 40) else 8
        self.mask = (1 << 8 * self.word) - 1

    def ask(self, question):
        self.program.stdin.write(question + "\n")
        self.program.stdin.flush()
        return self.program.stdout.readline()

    def read(self, address, size):
        answer = self.ask(f"r {address & self.mask:#x} {size}").strip()
        return None if answer == "-" else bytes.fromhex(answer)

    def number(self, data):
        return int.from_bytes(data, "big" if self.big else "little")

    def at(self, address, size=0):
        data = self.read(address, size or self.word)
        return None if data is None else self.number(data)

    def symbol(self, wanted):
        found = re.search(rf"^SYMBOL\({wanted}\)=([0-9a-f]+)$", self.info, re.M)
        return int(found[1], 16) if found else None

def comm_at(peek, address):
    text = (peek.read(address, 16) or b"\xff").split(b"\0")[0]
    return text.decode() if text and all(32 <= c < 127 for c in text) else None

def follow(peek, head, to_comm):
    """The entries of a list, each checked by the one behind it, if each has a comm."""
    entries, entry = [], peek.at(head)
    while entry != head and len(entries) < 10000:
        if entry is None or peek.at(entry + peek.word) != (entries[-1] if entries else head):
            return []
        if comm_at(peek, entry + to_comm) is None:
            return []
        entries.append(entry)
        entry = peek.at(entry)
    return entries

def pieces(peek, start, end, size):
    """Memory in pieces of that size; in smaller ones, where a part is not mapped (what only booting needed)."""
    for at in range(start, end, size):
        data = peek.read(at, size)
        if data is not None:
            yield at, data
        elif size > 4096:
            yield from pieces(peek, at, at + size, size >> 1)

def first_comms(peek):
    """Where the image has the comm of the first task."""
    start = peek.symbol("_stext") & ~0xffff
    for at, data in pieces(peek, start, start + (96 << 20), 1 << 19):
        for found in re.finditer(rb"swapper(/0)?\0\0\0\0", data):
            yield at + found.start()

def best_list(peek):
    best, to_comm = [], 0
    for comm in first_comms(peek):
        data = peek.read(comm - BEFORE_COMM, BEFORE_COMM)
        for at in range(comm % peek.word, BEFORE_COMM, peek.word):
            head = comm - BEFORE_COMM + at
            entry = peek.number(data[at:at + peek.word])
            if entry > 0x10000 and entry != head and peek.at(entry + peek.word) == head:
                entries = follow(peek, head, comm - head)
                if len(entries) > len(best):
                    best, to_comm = entries, comm - head
        if len(best) > 20:
            break
    return best, to_comm

def tasks(peek):
    entries, to_comm = best_list(peek)
    if len(entries) < 2:
        sys.exit("no list of tasks is found")
    one, two = (peek.read(entry, to_comm) for entry in entries[:2])
    pair = lambda data, i: {peek.number(data[i:i + 4]), peek.number(data[i + 4:i + 8])}
    pid = next(i for i in range(0, to_comm - 8, 4) if pair(one, i) == {1} and pair(two, i) == {2})
    return {(peek.at(entry + pid, 4), comm_at(peek, entry + to_comm)) for entry in entries}

def lasting(entry):
    """Workers are named by what they do at the moment, and some tasks are there for ps alone."""
    return not re.match(r"kworker|ps$|exe$|sleep$|cat$", entry[1])

def check_symbols(peek):
    symbols = re.findall(r"^SYMBOL\((\w+)\)=([0-9a-f]+)$", peek.info, re.M)
    # Where the page array begins for page frame 0, and struct pages of memory that is not there.
    lost = [symbol for symbol, address in symbols
            if int(address, 16) and symbol != "vmemmap" and peek.ask("t 0x" + address).startswith("-")]
    print(f"FAIL {name}: not mapped: {lost}" if lost or len(symbols) < 10 else
          f"ok   {name}: all {len(symbols)} symbols of vmcoreinfo translate")

def check_tasks(peek):
    said = re.search(r"^TASKS\n(.*?)^TASKS END", console, re.M | re.S)
    guest = {(int(pid), comm.strip()) for pid, comm in re.findall(r"^ *(\d+) (.*)$", said[1], re.M)}
    guest, ours = set(filter(lasting, guest)), set(filter(lasting, tasks(peek)))
    print(f"FAIL {name}: tasks that differ: {sorted(guest ^ ours)}" if guest != ours or len(guest) < 15 else
          f"ok   {name}: the {len(ours)} tasks from the first one on are those that ps printed")

def section(word):
    found = re.search(rf"^{word}\n(.*?)^{word} END", console, re.M | re.S)
    return found[1] if found else None

def by_meminfo(size):
    """Pages by kind, as /proc/meminfo has them, and how many are huge ones. size: KiB of a page."""
    info = {key: int(number) for key, number in re.findall(r"^(\S+):\s+(\d+)", section("COUNTS"), re.M)}
    huge = info.get("HugePages_Total", 0) * info.get("Hugepagesize", 0) // size
    return {"free": info["MemFree"] // size, "cache": (info["Cached"] + info["Buffers"]) // size,
            "user": info["AnonPages"] // size + huge}, huge

def by_zoneinfo(huge):
    """Pages by kind, as /proc/zoneinfo has them, which does not count huge pages."""
    total = lambda key: sum(map(int, re.findall(rf"^ +{key} +(\d+)$", section("ZONES"), re.M)))
    return {"free": total("nr_free_pages"), "cache": total("nr_file_pages"), "user": total("nr_anon_pages") + huge}

def check_counts():
    if not section("COUNTS") or not section("ZONES"):
        print(f"SKIP {name}: counts: the guest of this core did not print its own")
        return
    told = subprocess.run([build + "/makedumpfile", "-f", "-d30", "--dry-run", "--message-level", "0", "--stats", "json", core, core + ".none"],
                          capture_output=True, text=True)
    line = next((line for line in (told.stdout + told.stderr).splitlines() if line.startswith("{")), None)
    if not line:
        print(f"FAIL {name}: counts: {told.stderr[-200:]}")
        return
    pages = json.loads(line)
    got = {"free": pages["free_pages"], "user": pages["user_pages"], "cache": pages["cache_pages"] + pages["cache_private_pages"]}
    meminfo, huge = by_meminfo(pages["page_size"] >> 10)
    for source, want in (("meminfo", meminfo), ("zoneinfo", by_zoneinfo(huge))):
        for kind in want:
            off = got[kind] / want[kind] - 1
            verdict = "ok  " if abs(off) <= MARGIN else "FAIL"
            print(f"{verdict} {name}: {kind} pages: {got[kind]}, by /proc/{source} {want[kind]} ({off:+.2%})")

peek = Peek()
check_symbols(peek)
check_tasks(peek)
check_counts()
