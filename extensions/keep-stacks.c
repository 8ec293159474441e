/* SPDX-License-Identifier: GPL-2.0-only */
/* keep-stacks.c - keep the user stacks of some tasks at levels that leave out the memory of
 * processes: an example of an extension that walks the kernel's lists and keeps.
 *
 * The environment's KEEP_STACKS names the tasks, with commas between; "init" where it does not.
 * Kept are anonymous pages whose struct page says that they belong to the anon_vma of a stack. */
#include <makedumpfile-extension.h>
#include <stdlib.h>
#include <string.h>

enum { STACKS_MOST = 256, TASKS_MOST = 1 << 20, COMM = 16, ANON = 3 };

EXTENSION_SYMBOL(init_task, "vmlinux", "init_task", true);
EXTENSION_TYPE(tasks, "vmlinux", "task_struct", "tasks", true);
EXTENSION_TYPE(comm, "vmlinux", "task_struct", "comm", true);
EXTENSION_TYPE(task_mm, "vmlinux", "task_struct", "mm", true);
EXTENSION_TYPE(start_stack, "vmlinux", "mm_struct", "start_stack", true);
EXTENSION_TYPE(mmap, "vmlinux", "mm_struct", "mmap", false);       /* until 6.0 */
EXTENSION_TYPE(mm_mt, "vmlinux", "mm_struct", "mm_mt", false);     /* since 6.1 */
EXTENSION_TYPE(vm_start, "vmlinux", "vm_area_struct", "vm_start", true);
EXTENSION_TYPE(vm_end, "vmlinux", "vm_area_struct", "vm_end", true);
EXTENSION_TYPE(vm_next, "vmlinux", "vm_area_struct", "vm_next", false);
EXTENSION_TYPE(anon_vma, "vmlinux", "vm_area_struct", "anon_vma", true);
EXTENSION_TYPE(ma_root, "vmlinux", "maple_tree", "ma_root", false);
EXTENSION_TYPE(mapping, "vmlinux", "page", "mapping", true);
EXTENSION_TABLES;

static uint64_t stack[STACKS_MOST];
static unsigned stacks;

static uint64_t word(uint64_t at)
{
	uint64_t value = 0;

	return readmem(VADDR, at, &value, sizeof(value)) == sizeof(value) ? value : 0;
}

static uint64_t member(uint64_t at, const struct extension_type *type)
{
	return word(at + type->member_bit_offset / 8);
}

/* Is it the area of the stack? Then its anon_vma is noted. */
static bool take_area(uint64_t area, uint64_t at)
{
	if (member(area, &vm_start) > at || at >= member(area, &vm_end))
		return false;
	uint64_t of = member(area, &anon_vma);
	if (of && stacks < STACKS_MOST)
		stack[stacks++] = of;
	return true;
}

/* Areas in a list, until 6.0. */
static void find_in_list(uint64_t area, uint64_t at)
{
	for (unsigned i = 0; area && i < 65536 && !take_area(area, at); i++)
		area = member(area, &vm_next);
}

/* Areas in a maple tree (d4af56c5c7c6, 6.1). Its nodes are 256 bytes; what points to one has its
 * type in bits 3 to 6, and the root has bit 1 set, too, where it is a node. A node of ranges begins
 * with its parent and 15 pivots, and then has 16 slots; one that also tells its gaps has 9 pivots
 * and 10 slots. */
static void find_in_tree(uint64_t entry, uint64_t at, unsigned depth)
{
	enum { NODE = 256, LEAF = 1, RANGE = 2, GAPS = 3 };
	uint64_t node[NODE / 8];
	unsigned type = (unsigned)(entry >> 3 & 15);
	unsigned pivots = type == GAPS ? 9 : 15;

	if ((entry & 3) != (depth ? 0 : 2) || depth > 32 || type < LEAF || type > GAPS ||
	    readmem(VADDR, entry & ~(uint64_t)(NODE - 1), node, NODE) != NODE)
		return;
	for (unsigned i = 0; i <= pivots; i++) {
		if (i < pivots && node[1 + i] && at > node[1 + i])
			continue;
		uint64_t slot = node[1 + pivots + i];
		if (type == LEAF && slot)
			take_area(slot, at);
		else if (type != LEAF)
			find_in_tree(slot, at, depth + 1);
		return;
	}
}

static bool wanted(const char *name)
{
	const char *names = getenv("KEEP_STACKS");
	size_t length = strlen(name);

	for (names = names ? names : "init"; *names;) {
		size_t one = strcspn(names, ",");
		if (one == length && !memcmp(names, name, one))
			return true;
		names += one + (names[one] == ',');
	}
	return false;
}

static void take_task(uint64_t task)
{
	uint64_t mm = member(task, &task_mm);
	char name[COMM + 1] = "";

	if (!mm || readmem(VADDR, task + comm.member_bit_offset / 8, name, COMM) != COMM ||
	    !wanted(name))
		return;
	uint64_t at = member(mm, &start_stack);
	if (mm_mt.index >= 0 && ma_root.index >= 0)
		find_in_tree(word(mm + mm_mt.member_bit_offset / 8 + ma_root.member_bit_offset / 8),
			     at, 0);
	else if (mmap.index >= 0 && vm_next.index >= 0)
		find_in_list(member(mm, &mmap), at);
}

void extension_init(void)
{
	uint64_t head = init_task.value + tasks.member_bit_offset / 8, at = head;

	for (unsigned i = 0; i < TASKS_MOST && (at = next_list(at)) && at != head; i++)
		take_task(at - tasks.member_bit_offset / 8);
}

int extension_callback(unsigned long pfn, const void *struct_page)
{
	uint64_t of;

	(void)pfn;
	memcpy(&of, (const char *)struct_page + mapping.member_bit_offset / 8, sizeof(of));
	if ((of & ANON) != 1)
		return EXTENSION_UNDECIDED;
	for (unsigned i = 0; i < stacks; i++)
		if (stack[i] == (of & ~(uint64_t)ANON))
			return EXTENSION_KEEP;
	return EXTENSION_UNDECIDED;
}
