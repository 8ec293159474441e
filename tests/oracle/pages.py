# SPDX-License-Identifier: GPL-2.0-only
"""pages.py - what each page frame of a core is: the kinds, and the book in which the walks enter what they find."""
import json

# Each kind, and the dump levels that name it (ANY: left out at every level).
ANY = 32
LEVELS = {
    "nothing": 0,                               # no walk came upon it: a page that some driver or the kernel holds
    "free": 16, "free-pcp": 16,                 # on a zone's lists; on the lists of a CPU
    "cache": 2 | 4, "cache-private": 4,         # of an inode; with something at page.private
    "swapcache": 2 | 4 | 8,                     # in the swap cache, mapped by nobody
    "waiting": 2 | 4 | 8,                       # nobody's any more, but in a CPU's batch of pages for the LRU
    "anon": 8, "anon-rest": 8,                  # mapped; what is not mapped (any more) of a huge page that is
    "hugetlb": 8,
    "offline": ANY, "hwpoison": ANY,
    "image": 0, "memmap": 0, "percpu": 0, "module": 0, "stack": 0, "vmalloc": 0, "pgtable": 0, "slab": 0,
    "zero": 0,                                  # the huge page of zeros that readers share
    "reserved": 0, "lone": 0,                   # on the lists of the LRU, but neither mapped nor anybody's cache
    "none": 0,                                  # in the core, but without a struct page: firmware, video memory
}
# Those that need not be left out: a dump tool may take them for what they were.
OPTIONAL = {"swapcache", "waiting"}
KINDS = list(LEVELS)
CODE = {kind: code for code, kind in enumerate(KINDS)}
# What a page may be found to be besides: the first walk to come upon it told more.
BESIDES = {("image", "pgtable"), ("image", "stack"), ("memmap", "pgtable"), ("reserved", "pgtable"), ("memmap", "reserved"),
           ("percpu", "reserved"), ("percpu", "image"), ("stack", "vmalloc"), ("module", "vmalloc")}


class Book:
    def __init__(self, frames):
        self.kind = bytearray(max(frames) + 1)
        self.frames, self.conflicts, self.counters = frames, [], []
        self.batched = []       # in a CPU's batch, of whatever kind

    def claim(self, kind, frame, count=1):
        """Enter pages as of a kind; who was there before stays, and is a conflict unless BESIDES allows both."""
        for one in range(frame, min(frame + count, len(self.kind))):
            old = KINDS[self.kind[one]]
            if old == "nothing":
                self.kind[one] = CODE[kind]
            elif old != kind and (old, kind) not in BESIDES:
                self.conflicts.append((one, old, kind))

    def is_new(self, frame):
        return frame < len(self.kind) and self.kind[frame] == 0

    def frames_of(self, kind):
        return [frame for frame in self.frames if self.kind[frame] == CODE[kind]]

    def compare(self, name, counter, found, exact=True):
        """Note what the kernel counts, and what was found without looking at it."""
        self.counters.append((name, counter, found, exact))

    def faults(self):
        """Where the oracle does not agree with the kernel or with itself; it judges nobody then."""
        wrong = [f"{name}: the kernel counts {counter}, found are {found}"
                 for name, counter, found, exact in self.counters if exact and counter != found]
        return wrong + [f"page {frame:#x} is {old} and {new}" for frame, old, new in self.conflicts]

    def save(self, path, release):
        with open(path, "wb") as out:
            head = {"release": release, "kinds": KINDS, "faults": self.faults(), "counters": self.counters,
                    "batched": self.batched}
            out.write(json.dumps(head).encode() + b"\n" + self.kind)


def load(path):
    """(what save() wrote as a dictionary, kinds by page frame)"""
    with open(path, "rb") as file:
        head = json.loads(file.readline())
        if head["kinds"] != KINDS:
            raise ValueError(f"{path} was made by another oracle")
        return head, file.read()
