# SPDX-License-Identifier: GPL-2.0-only
"""judge.py - compare what a dump kept with what the walks found the pages to be."""
from core import PAGE
from pages import ANY, KINDS, LEVELS, OPTIONAL

ZERO = bytes(PAGE)
# One in so many of the pages that had to go may be kept. Pages of an inode that wait in a CPU's batch are told and not
# counted: they have no PG_lru yet, and nothing in a struct page tells them from those that a driver gave a mapping.
TOLERATED = 10000


class Verdict:
    def __init__(self):
        self.dropped = {}       # kind: frames that are not in the dump though no level names their kind
        self.kept = {}          # kind: frames that are in it though one does
        self.content = []       # frames whose bytes are others than in the core
        self.zero = 0           # pages of zeros that are stored each on its own, at a level that shares them
        self.batched = 0        # of those kept: in a CPU's batch, so not on the LRU yet
        self.droppable = self.pages = self.in_dump = self.unlisted = 0

    def faults(self):
        wrong = [f"wrongly dropped: {text(self.dropped)}"] if self.dropped else []
        kept = sum(len(frames) for frames in self.kept.values()) - self.batched
        if kept * TOLERATED > self.droppable:
            wrong.append(f"wrongly kept: {text(self.kept)}")
        if self.content:
            wrong.append(f"other bytes in {len(self.content)} pages, first {self.content[0]:#x}")
        if self.zero:
            wrong.append(f"{self.zero} pages of zeros stored each on its own")
        return wrong

    def __str__(self):
        kept = text(self.kept) + f" ({self.batched} on their way to the LRU)" if self.kept else 0
        aside = f", free pages of the CPUs kept: {self.unlisted}" if self.unlisted else ""
        return (f"{self.pages} pages, {self.in_dump} in the dump; wrongly dropped 0 of {self.pages - self.droppable}, "
                f"wrongly kept {kept} of {self.droppable}{aside}")


def text(found):
    return ", ".join(f"{kind} {len(frames)} (first {frames[0]:#x})" for kind, frames in sorted(found.items()))


def judge(kinds, batched, frames, dump, cpu_lists):
    """kinds: by page frame; batched: those in a batch; frames: those in the core; cpu_lists: were the free pages of the
    CPUs to be left out?"""
    verdict = Verdict()
    for frame in sorted(frames):
        kind = KINDS[kinds[frame]]
        if kind == "none":
            continue
        verdict.pages += 1
        kept = dump.is_kept(frame)
        verdict.in_dump += kept
        named = LEVELS[kind] & (dump.level | ANY)
        if kind == "free-pcp" and named and not cpu_lists:
            verdict.unlisted += kept
        elif named and kind not in OPTIONAL:
            verdict.droppable += 1
            if kept:
                verdict.kept.setdefault(kind, []).append(frame)
                verdict.batched += frame in batched and kind in ("cache", "cache-private")
        elif not named and not kept:
            verdict.dropped.setdefault(kind, []).append(frame)
    return verdict


def compare_bytes(memory, dump, verdict):
    """Is each page in the dump the page of the core? Zero pages share one place from level 1 on."""
    kept, shared = dump.kept(), None
    for frame, (offset, size, flags) in zip(kept, dump.descriptors(len(kept))):
        wanted = memory.page(frame)
        if dump.content(offset, size, flags) != wanted:
            verdict.content.append(frame)
        elif dump.level & 1 and wanted == ZERO:
            shared = shared or offset
            verdict.zero += offset != shared
