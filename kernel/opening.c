// SPDX-License-Identifier: GPL-2.0-only
/* opening.c - symbols first; from them on by types. What they are was found by asking
 * crash (-d8) what it reads, and by taking one thing after the other out of a dump. */
#include "kernel/opening.h"

#include <string.h>

#include "base/bytes.h"
#include "base/scope.h"
#include "base/stop.h"
#include "kernel/kallsyms.h"
#include "kernel/memmap.h"
#include "kernel/nodes.h"

enum {
	SOME = 64,               /* bytes of a variable of any usual kind */
	CODE = 4 << 12,
	STACK_BYTES = 1 << 14,   /* THREAD_SIZE, IRQ_STACK_SIZE of most machines */
	EXCEPTION_BYTES = 2 << 12, /* EXCEPTION_STKSZ */
	STRUCT_MOST = 1 << 15,
	CPUS_MOST = 1 << 13,
	ENTRIES_MOST = 1 << 14,  /* of lists: tasks, modules */
	MODULE_MOST = 1 << 28,   /* bytes of all */
	COUNTERS_MOST = 1 << 18, /* of CPUs */
	TREE_MOST = 1 << 12,     /* nodes, of 64 process ids each */
	TREE_DEPTH = 11,         /* 64 bits, by 6 each */
	SLOTS_MOST = 64,         /* of a node: XA_CHUNK_SIZE */
	ZONES_MOST = 16,
	ROOTS_MOST = 1 << 20,    /* bytes */
	FLAGS_MOST = 64,
};

enum how {
	HERE,
	POINTED, /* and what the word there points to */
	PER_CPU,
};

/* Those whose place is asked for come first. */
enum name {
	CPU_OFFSETS, CPU_POSSIBLE, FLAG_NAMES, HOT, INIT_TASK, IRQ_STACK, LOADED, PID_SPACE,
	RUNQUEUES, START_BTF, STATES, STOP_BTF, TSS
};

static const struct {
	const char *name;
	unsigned bytes;
	enum how how;
} names[] = {
	[CPU_OFFSETS] = { "__per_cpu_offset", CPUS_MOST * 8 },
	[CPU_POSSIBLE] = { "__cpu_possible_mask", CPUS_MOST / 8 },
	[FLAG_NAMES] = { "pageflag_names", 16 * FLAGS_MOST },
	[HOT] = { "pcpu_hot", SOME, PER_CPU }, /* 6.2 - 6.14 */
	[INIT_TASK] = { "init_task", SOME },
	[IRQ_STACK] = { "hardirq_stack_ptr", SOME, PER_CPU },
	[LOADED] = { "modules", SOME },
	[PID_SPACE] = { "init_pid_ns", 4 * SOME },
	[RUNQUEUES] = { "runqueues", SOME, PER_CPU },
	[START_BTF] = { "__start_BTF", 0 },
	[STATES] = { "task_state_array", 2 * SOME },
	[STOP_BTF] = { "__stop_BTF", 0 },
	[TSS] = { "cpu_tss_rw", 2 * SOME, PER_CPU },
	{ "__cpu_active_mask", CPUS_MOST / 8 },
	{ "__cpu_online_mask", CPUS_MOST / 8 },
	{ "__cpu_present_mask", CPUS_MOST / 8 },
	/* Code that crash takes apart to learn how stacks are laid out (x86_64). */
	{ "__schedule", CODE },
	{ "__x64_sys_fork", CODE },
	{ "__x64_sys_open", CODE },
	{ "__x64_sys_read", CODE },
	{ "common_interrupt", CODE },
	{ "do_futex", CODE },
	{ "schedule", CODE },
	{ "vfs_read", CODE },
	{ "_totalram_pages", SOME },
	{ "arch_task_struct_size", SOME },
	{ "avenrun", SOME },
	{ "cpu_khz", SOME },
	{ "cpu_number", SOME, PER_CPU },
	{ "crashing_cpu", SOME },
	{ "current_task", SOME, PER_CPU },
	{ "high_memory", SOME },
	{ "huge_zero_pfn", SOME },
	{ "idt_table", 1 << 12 },
	{ "init_thread_union", STACK_BYTES },
	{ "irq_stack_union", SOME, PER_CPU },
	{ "jiffies", SOME },
	{ "jiffies_64", SOME },
	{ "klp_transition_patch", SOME },
	{ "kmem_cache", SOME, POINTED },
	{ "lookup_num_blocks", SOME },
	{ "mem_section", SOME },
	{ "memory_block_size_probed", SOME },
	{ "mt_pivots", SOME },
	{ "mt_slots", SOME },
	{ "nmi_print_seq", SOME, PER_CPU }, /* of the log, until 5.14 */
	{ "node_data", SOME },
	{ "node_states", CPUS_MOST / 8 },
	{ "nr_irqs", SOME },
	{ "nr_swapfiles", SOME },
	{ "nr_threads", SOME },
	{ "page_offset_base", SOME },
	{ "panic_cpu", SOME },
	{ "pv_info", SOME, POINTED },
	{ "pv_ops", SOME, POINTED },
	{ "safe_print_seq", SOME, PER_CPU },
	{ "shadow_timekeeper", 8 * SOME },
	{ "tainted_mask", SOME },
	{ "taint_flags", 8 * SOME },
	{ "tk_core", 8 * SOME },
	{ "total_cpus", SOME },
	{ "vmalloc_base", SOME },
	{ "vmemmap_base", SOME },
	{ "xen_start_info", SOME },
	{ "zero_pfn", SOME },
};

enum { NAMES = sizeof(names) / sizeof(names[0]) };

/* What is asked of types. */
enum asked_member {
	COUNTER_OF_CPUS, HOT_IRQ_STACK, MEMORY_COUNTERS, MODULE_BASE, MODULE_BYTES, MODULE_LINK,
	MODULE_PARTS, NODE_FIRST, NODE_LAST, NODE_ZONES, PART_BASE, PART_BYTES, PID_ROOT,
	QUEUE_CURRENT, SIGNAL_THREADS, TASK_MEMORY, TASK_NODE, TASK_SIGNAL, TASK_STACK, TASK_TASKS,
	TSS_STACKS, TREE_SLOTS, ZONE_NAME, MEMBERS
};

static const struct {
	const char *of, *chain;
} members[] = {
	[COUNTER_OF_CPUS] = { "struct percpu_counter", "counters" },
	[HOT_IRQ_STACK] = { "struct pcpu_hot", "hardirq_stack_ptr" },
	[MEMORY_COUNTERS] = { "struct mm_struct", "rss_stat" }, /* such since 6.2, f1a7941243c1 */
	[MODULE_BASE] = { "struct module", "core_layout.base" }, /* until 6.3 */
	[MODULE_BYTES] = { "struct module", "core_layout.size" },
	[MODULE_LINK] = { "struct module", "list" },
	[MODULE_PARTS] = { "struct module", "mem" }, /* 6.4, ac3b43283923 */
	[NODE_FIRST] = { "struct pglist_data", "nr_zones" },
	[NODE_LAST] = { "struct pglist_data", "node_id" },
	[NODE_ZONES] = { "struct pglist_data", "node_zones" },
	[PART_BASE] = { "struct module_memory", "base" },
	[PART_BYTES] = { "struct module_memory", "size" },
	[PID_ROOT] = { "struct pid_namespace", "idr.idr_rt.xa_head" }, /* 4.20; BTF: 5.2 */
	[QUEUE_CURRENT] = { "struct rq", "curr" },
	[SIGNAL_THREADS] = { "struct signal_struct", "thread_head" },
	[TASK_MEMORY] = { "struct task_struct", "mm" },
	[TASK_NODE] = { "struct task_struct", "thread_node" },
	[TASK_SIGNAL] = { "struct task_struct", "signal" },
	[TASK_STACK] = { "struct task_struct", "stack" },
	[TASK_TASKS] = { "struct task_struct", "tasks" },
	[TSS_STACKS] = { "struct tss_struct", "x86_tss.ist" },
	[TREE_SLOTS] = { "struct xa_node", "slots" },
	[ZONE_NAME] = { "struct zone", "name" },
};

enum asked_size { COUNTER, CPU_MASK, MEMORY, MODULE_PART, PID, STACK, TREE_NODE, ZONE, SIZES };

static const char *const sizes[] = {
	[COUNTER] = "struct percpu_counter",
	[CPU_MASK] = "struct cpumask",
	[MEMORY] = "struct mm_struct",
	[MODULE_PART] = "struct module_memory",
	[PID] = "struct pid",
	[STACK] = "union thread_union",
	[TREE_NODE] = "struct xa_node",
	[ZONE] = "struct zone",
};

_Static_assert((int)NAMES <= (int)OPENING_NAMES && (int)MEMBERS <= (int)OPENING_MEMBERS &&
	       (int)SIZES <= (int)OPENING_SIZES, "room for the answers");

/* --- asking --- */

static void found(const struct opening *opening, vaddr_t at, uint64_t bytes, enum opening_use use)
{
	opening->found(opening->argument, at, bytes, use);
}

/* A pointer of the kernel to data of its own. */
static bool pointer(const struct opening *opening, vaddr_t at, vaddr_t *ret)
{
	return memory_word(opening->memory, at, ret) == OK &&
	       memory_is_kernel(opening->memory, *ret);
}

/* The place of a member in a struct that is at `in`. False: this kernel does not tell. */
static bool place(const struct opening *opening, enum asked_member of, vaddr_t in, vaddr_t *ret)
{
	*ret = in + opening->member[of].at;
	return in && opening->member[of].known;
}

/* The same, and what the pointer there points to. */
static bool follow(const struct opening *opening, enum asked_member of, vaddr_t in, vaddr_t *ret)
{
	vaddr_t at;

	return place(opening, of, in, &at) && pointer(opening, at, ret);
}

static void ask_types(struct opening *opening)
{
	struct types *types = &opening->btf.types;
	struct type type;
	struct member member;

	for (unsigned i = 0; i < MEMBERS; i++) {
		if (!types_named(types, members[i].of, &type) ||
		    !types_chain(types, &type, members[i].chain, &member))
			continue;
		opening->member[i].known = true;
		opening->member[i].at = member.bit_offset / 8;
		if (types->get(types, member.type, &type) && types_bare(types, &type, &type))
			opening->member[i].bytes = type.bytes;
	}
	for (unsigned i = 0; i < SIZES; i++)
		if (types_named(types, sizes[i], &type) && type.bytes <= STRUCT_MOST)
			opening->size[i] = type.bytes;
	if (!opening->size[STACK])
		opening->size[STACK] = STACK_BYTES;
}

static void take_symbol(void *argument, const struct kernel_symbol *symbol)
{
	struct opening *opening = argument;

	for (unsigned i = 0; i < NAMES; i++)
		if (!opening->at[i] && !strcmp(names[i].name, symbol->name))
			opening->at[i] = symbol->at;
}

static err_t ask(struct opening *opening)
{
	struct initials wanted = { 0 };
	struct kallsyms_visitor visitor = { take_symbol, opening, .wanted = &wanted };
	struct kallsyms kallsyms;

	for (unsigned i = 0; i < NAMES; i++)
		initials_add(&wanted, names[i].name, INITIALS);
	TRY(kallsyms_open(&kallsyms, opening->memory, &opening->facts));
	TRY(kallsyms_walk(&kallsyms, &visitor));
	FREE_AT_END struct asks *asks = malloc(sizeof(*asks));
	if (!asks)
		return fail(ERR_NOMEM, "no memory for %zu bytes", sizeof(*asks));
	asks_init(asks, &opening->facts);
	TRY(kallsyms_answer(&kallsyms, asks));
	TRY(btf_open_own(&opening->btf, opening->memory, &opening->facts, opening->at[START_BTF],
			 opening->at[STOP_BTF]));
	btf_answer(&opening->btf, asks);
	ask_types(opening);
	btf_close(&opening->btf);
	return OK;
}

/* --- variables --- */

static void find_variables(struct opening *opening)
{
	vaddr_t to;

	for (unsigned i = 0; i < NAMES; i++) {
		if (!opening->at[i] || names[i].how == PER_CPU)
			continue;
		found(opening, opening->at[i], names[i].bytes, OPENING_BEGIN);
		if (names[i].how == POINTED && pointer(opening, opening->at[i], &to))
			found(opening, to, SOME, OPENING_BEGIN);
	}
}

/* The texts that an array points to, every so many words, until one is NULL. */
static void find_texts(struct opening *opening, vaddr_t at, unsigned words)
{
	uint64_t word = opening->memory->space->target.word_bytes;
	vaddr_t text;

	for (unsigned i = 0; at && i < FLAGS_MOST && pointer(opening, at, &text); i++) {
		found(opening, text, SOME, OPENING_BEGIN);
		at += words * word;
	}
}

/* Flags are pairs, a mask and a name. */
static void find_names(struct opening *opening)
{
	uint64_t word = opening->memory->space->target.word_bytes;

	find_texts(opening, opening->at[STATES], 1);
	if (opening->at[FLAG_NAMES])
		find_texts(opening, opening->at[FLAG_NAMES] + word, 2);
}

/* --- CPUs --- */

static void find_stack_of(struct opening *opening, vaddr_t task, enum opening_use use)
{
	vaddr_t stack;

	if (follow(opening, TASK_STACK, task, &stack))
		found(opening, stack, opening->size[STACK], use);
}

/* Interrupts have stacks of their own; a pointer is to the end of one. */
static void find_irq_stack(struct opening *opening, uint64_t offset)
{
	vaddr_t hot = opening->at[HOT] ? opening->at[HOT] + offset : 0, top;

	if (follow(opening, HOT_IRQ_STACK, hot, &top) ||
	    (opening->at[IRQ_STACK] && pointer(opening, opening->at[IRQ_STACK] + offset, &top)))
		found(opening, top - STACK_BYTES, STACK_BYTES + SOME, OPENING_BEGIN);
}

/* So have exceptions of x86_64. */
static void find_exception_stacks(struct opening *opening, uint64_t offset)
{
	vaddr_t tss = opening->at[TSS] ? opening->at[TSS] + offset : 0, stacks, top;

	if (!place(opening, TSS_STACKS, tss, &stacks))
		return;
	uint64_t bytes = min_u64(opening->member[TSS_STACKS].bytes, SOME);
	for (uint64_t at = 0; at < bytes; at += sizeof(uint64_t))
		if (pointer(opening, stacks + at, &top))
			found(opening, top - EXCEPTION_BYTES, EXCEPTION_BYTES, OPENING_BEGIN);
}

static void find_cpu(struct opening *opening, uint64_t offset)
{
	vaddr_t queue = opening->at[RUNQUEUES] ? opening->at[RUNQUEUES] + offset : 0, task;

	for (unsigned i = 0; i < NAMES; i++)
		if (names[i].how == PER_CPU && opening->at[i])
			found(opening, opening->at[i] + offset, names[i].bytes, OPENING_BEGIN);
	find_irq_stack(opening, offset);
	find_exception_stacks(opening, offset);
	if (follow(opening, QUEUE_CURRENT, queue, &task))
		find_stack_of(opening, task, OPENING_BEGIN);
}

/* The first CPU from *cpu on that is possible; *offset: of its memory from where symbols say. */
static bool cpu_from(const struct opening *opening, uint64_t *cpu, uint64_t *offset)
{
	unsigned word = opening->memory->space->target.word_bytes, bits = word * 8;
	uint64_t cpus = min_u64(opening->size[CPU_MASK] * 8, CPUS_MOST), mask;

	if (!opening->at[CPU_OFFSETS] || !opening->at[CPU_POSSIBLE])
		return false;
	for (; *cpu < cpus; ++*cpu) {
		if (memory_word(opening->memory, opening->at[CPU_POSSIBLE] + *cpu / bits * word,
				&mask) != OK)
			return false;
		if (mask >> *cpu % bits & 1 &&
		    memory_word(opening->memory, opening->at[CPU_OFFSETS] + *cpu * word,
				offset) == OK)
			return true;
	}
	return false;
}

static void find_cpus(struct opening *opening)
{
	uint64_t offset;

	for (uint64_t cpu = 0; cpu_from(opening, &cpu, &offset); cpu++)
		find_cpu(opening, offset);
}

/* --- nodes of memory --- */

static void find_zones(struct opening *opening, vaddr_t zones)
{
	uint64_t bytes = opening->member[NODE_ZONES].bytes, zone = opening->size[ZONE];
	vaddr_t name;

	if (!zone || bytes / zone > ZONES_MOST)
		return;
	found(opening, zones, bytes, OPENING_BEGIN);
	for (uint64_t at = 0; at < bytes; at += zone)
		if (follow(opening, ZONE_NAME, zones + at, &name))
			found(opening, name, SOME, OPENING_BEGIN);
}

static void find_nodes(struct opening *opening)
{
	vaddr_t node, from, to, zones;

	for (unsigned i = 0; nodes_next(opening->memory, &opening->facts, i, &i, &node) == OK;
	     i++) {
		if (place(opening, NODE_FIRST, node, &from) &&
		    place(opening, NODE_LAST, node, &to) && to - from <= STRUCT_MOST)
			found(opening, from, to - from + SOME, OPENING_BEGIN);
		if (place(opening, NODE_ZONES, node, &zones))
			find_zones(opening, zones);
	}
}

/* Every section of a root is read, not only those that are present; and all roots. */
static void find_sections(struct opening *opening)
{
	const struct space *space = opening->memory->space;
	unsigned word = space->target.word_bytes;
	struct memmap map;
	vaddr_t root;

	if (memmap_open(&map, opening->memory, &opening->facts, opening->limit) != OK)
		return;
	if (map.sections_per_root) {
		uint64_t all = fact_or(&opening->facts, NUMBER_MAX_PHYSMEM_BITS,
				       space->physmem_bits);
		uint64_t roots = sections_roots(&space->target, &opening->facts,
						map.section_pages_shift + space->target.page_shift,
						(unsigned)all);
		found(opening, map.array, min_u64(roots * word, ROOTS_MOST), OPENING_BEGIN);
		for (uint64_t i = 0; i * map.sections_per_root < map.sections; i++)
			if (pointer(opening, map.array + i * word, &root))
				found(opening, root,
				      (uint64_t)map.sections_per_root * map.section_size,
				      OPENING_BEGIN);
	}
	memmap_close(&map);
}

/* --- process ids --- */

/* An entry of an xarray is a node if its lowest bits are 10 and it is no small number, which they
 * mark, too (xa_is_node in include/linux/xarray.h). Leaves are struct pid. */
static void find_ids(struct opening *opening, uint64_t entry, unsigned depth)
{
	uint64_t word = opening->memory->space->target.word_bytes, slot;
	vaddr_t slots;

	if (!memory_is_kernel(opening->memory, entry))
		return;
	if (!(entry & 3))
		found(opening, entry, opening->size[PID], OPENING_LIST);
	if ((entry & 3) != 2 || depth == TREE_DEPTH || opening->nodes++ >= TREE_MOST ||
	    !place(opening, TREE_SLOTS, entry - 2, &slots))
		return;
	found(opening, entry - 2, opening->size[TREE_NODE], OPENING_BEGIN);
	uint64_t bytes = min_u64(opening->member[TREE_SLOTS].bytes, SLOTS_MOST * word);
	for (uint64_t at = 0; at < bytes; at += word)
		if (memory_word(opening->memory, slots + at, &slot) == OK)
			find_ids(opening, slot, depth + 1);
}

static void find_pids(struct opening *opening)
{
	vaddr_t root;

	if (follow(opening, PID_ROOT, opening->at[PID_SPACE], &root))
		find_ids(opening, root, 0);
}

/* --- tasks --- */

/* The next entry of a list; false: there is none, or enough of them were seen. */
static bool next(struct opening *opening, vaddr_t head, vaddr_t *at)
{
	return pointer(opening, *at, at) && *at != head && opening->entries++ < ENTRIES_MOST;
}

/* How many pages it has: each CPU counts by itself. */
static void find_counters(struct opening *opening, vaddr_t memory)
{
	uint64_t bytes = min_u64(opening->member[MEMORY_COUNTERS].bytes, STRUCT_MOST);
	uint64_t one = opening->size[COUNTER], offset;
	vaddr_t counters, at, counter;

	if (!one || !place(opening, MEMORY_COUNTERS, memory, &counters))
		return;
	for (uint64_t i = 0; i < bytes / one; i++) {
		if (!place(opening, COUNTER_OF_CPUS, counters + i * one, &at) ||
		    memory_word(opening->memory, at, &counter) != OK)
			return;
		for (uint64_t cpu = 0; cpu_from(opening, &cpu, &offset); cpu++)
			if (opening->counters++ < COUNTERS_MOST)
				found(opening, counter + offset, sizeof(uint32_t), OPENING_LIST);
	}
}

/* All threads of a process, the leader among them (0c740d0afc3b, 3.14). */
static void find_threads(struct opening *opening, vaddr_t leader)
{
	vaddr_t signal, head, memory;

	if (!follow(opening, TASK_SIGNAL, leader, &signal) ||
	    !place(opening, SIGNAL_THREADS, signal, &head) || !opening->member[TASK_NODE].known)
		return;
	for (vaddr_t at = head; next(opening, head, &at);)
		find_stack_of(opening, at - opening->member[TASK_NODE].at, OPENING_STACK);
	if (!follow(opening, TASK_MEMORY, leader, &memory))
		return;
	found(opening, memory, opening->size[MEMORY], OPENING_LIST);
	find_counters(opening, memory);
}

static void find_tasks(struct opening *opening)
{
	vaddr_t head;

	if (!place(opening, TASK_TASKS, opening->at[INIT_TASK], &head))
		return;
	for (vaddr_t at = head; next(opening, head, &at) && stop_check() == OK;)
		find_threads(opening, at - opening->member[TASK_TASKS].at);
}

/* --- modules --- */

static void find_part(struct opening *opening, vaddr_t base_at, vaddr_t bytes_at)
{
	vaddr_t base;
	uint64_t bytes;

	if (!pointer(opening, base_at, &base) ||
	    memory_number(opening->memory, bytes_at, sizeof(uint32_t), &bytes) != OK ||
	    bytes > MODULE_MOST - opening->module_bytes)
		return;
	opening->module_bytes += bytes;
	found(opening, base, bytes, OPENING_MODULE);
}

static void find_module(struct opening *opening, vaddr_t module)
{
	uint64_t bytes = min_u64(opening->member[MODULE_PARTS].bytes, STRUCT_MOST);
	uint64_t part = opening->size[MODULE_PART];
	vaddr_t parts, base_at, bytes_at;

	if (place(opening, MODULE_BASE, module, &base_at) &&
	    place(opening, MODULE_BYTES, module, &bytes_at))
		find_part(opening, base_at, bytes_at);
	if (!part || !place(opening, MODULE_PARTS, module, &parts))
		return;
	for (uint64_t at = 0; at < bytes; at += part)
		if (place(opening, PART_BASE, parts + at, &base_at) &&
		    place(opening, PART_BYTES, parts + at, &bytes_at))
			find_part(opening, base_at, bytes_at);
}

static void find_modules(struct opening *opening)
{
	vaddr_t head = opening->at[LOADED];

	if (!head || !opening->member[MODULE_LINK].known)
		return;
	opening->entries = 0;
	for (vaddr_t at = head; next(opening, head, &at);)
		find_module(opening, at - opening->member[MODULE_LINK].at);
}

void opening_find(struct opening *opening)
{
	bool all = ask(opening) == OK;

	find_variables(opening);
	find_names(opening);
	if (!all)
		return;
	find_cpus(opening);
	find_nodes(opening);
	find_sections(opening);
	find_pids(opening);
	find_tasks(opening);
	find_modules(opening);
}
