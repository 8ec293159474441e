#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""urgent.py CORE WHOLE CUT: does CUT, a dump that was stopped, have those pages of WHOLE that crash and drgn begin with? They
are found by the kernel's own symbols and types, with the page tables on the way to each. Prints how many they are, or what
is missing."""
import sys

from dump import Dump
from itself import Itself
from machines import PAGE, Fault

STACK = 4 * PAGE


class Wanted:
    def __init__(self, core):
        self.kernel, self.frames = Itself(core), {}

    def want(self, what, at, size):
        kernel, tables = self.kernel, []
        for page in range(at & -PAGE, at + size, PAGE):
            try:
                self.frames.setdefault(kernel.memory.walk(kernel.machine, *kernel.root, page, tables) >> 12, what)
            except Fault:
                pass    # a guard page
        for table in tables:
            self.frames.setdefault(table >> 12, "page tables of " + what)

    def want_object(self, what, one):
        self.want(what, one.at, self.kernel.btf.sizeof(one.type))

    def variables(self):
        for name in ("_totalram_pages", "high_memory", "init_pid_ns", "jiffies_64", "nr_irqs", "nr_swapfiles", "nr_threads",
                     "page_offset_base", "pageflag_names", "tainted_mask", "taint_flags", "task_state_array", "vmalloc_base",
                     "vmemmap_base", "zero_pfn"):
            self.want(name, self.kernel.symbol(name), 8)
        self.want("kmem_cache", self.kernel.word(self.kernel.symbol("kmem_cache")), 8)

    def cpus(self):
        kernel = self.kernel
        for cpu in kernel.cpus():
            for name in ("cpu_number", "current_task", "hardirq_stack_ptr", "cpu_tss_rw", "runqueues"):
                self.want(f"{name} of a CPU", kernel.symbol_of_cpu(name, cpu), 8)
            top = kernel.word(kernel.symbol_of_cpu("hardirq_stack_ptr", cpu))
            self.want("a stack for interrupts", top - STACK, STACK)
            task = kernel.object("task_struct", kernel.word(kernel.symbol_of_cpu("current_task", cpu)))
            self.want("the stack of a current task", task.stack.at, STACK)
            state = kernel.object("tss_struct", kernel.symbol_of_cpu("cpu_tss_rw", cpu)).x86_tss
            for i in range(len(state.ist)):
                if state.ist[i]:
                    self.want("a stack for exceptions", state.ist[i] - 2 * PAGE, 2 * PAGE)

    def memory(self):
        node = self.kernel.object("pglist_data", self.kernel.word(self.kernel.symbol("node_data")))
        self.want("nodes", node.at + self.kernel.btf.offset("pglist_data", "node_id"), 4)
        for i in range(len(node.node_zones)):
            self.want_object("zones", node.node_zones[i])
            self.want("names of zones", node.node_zones[i].name.at, 1)
        self.want("a root of mem_section", self.kernel.word(self.kernel.word(self.kernel.symbol("mem_section"))), PAGE)

    def ids(self, entry):
        if entry & 3 == 2:
            node = self.kernel.object("xa_node", entry - 2)
            self.want_object("the tree of process ids", node)
            for slot in self.kernel.words(node.slots.at, len(node.slots)):
                self.ids(slot)
        elif entry and not entry & 3:
            self.want_object("process ids", self.kernel.object("pid", entry))

    def tasks(self):
        first = self.kernel.variable("task_struct", "init_task")
        for leader in self.kernel.list(first.tasks.at, "task_struct", "tasks"):
            for task in self.kernel.list(leader.signal.thread_head.at, "task_struct", "thread_node"):
                self.want_object("tasks", task)
                self.want("stacks of tasks", task.stack.at, STACK)
            if leader.mm:
                self.want("address spaces of tasks", leader.mm.at, 8)
        self.ids(self.kernel.variable("pid_namespace", "init_pid_ns").idr.idr_rt.xa_head.at)


def frames_with_bytes(path):
    dump = Dump(path)
    kept = dump.kept()
    return {frame for frame, (offset, _, _) in zip(kept, dump.descriptors(len(kept))) if offset}


wanted = Wanted(sys.argv[1])
for find in (wanted.variables, wanted.cpus, wanted.memory, wanted.tasks):
    find()
whole, cut = frames_with_bytes(sys.argv[2]), frames_with_bytes(sys.argv[3])
asked = {frame: what for frame, what in wanted.frames.items() if frame in whole}
missing = sorted({what for frame, what in asked.items() if frame not in cut})
if missing or len(asked) < 100:
    sys.exit(f"of {len(asked)} pages are missing: {', '.join(missing)}")
print(f"has the {len(asked)} pages that crash and drgn begin with")
