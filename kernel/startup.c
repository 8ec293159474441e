// SPDX-License-Identifier: GPL-2.0-only
/* startup.c - one function for each thing, in an order in which the first tell where the next are.
 */
#include "kernel/startup.h"

#include <string.h>

#include "base/bytes.h"
#include "base/scope.h"
#include "base/stop.h"
#include "kernel/dmesg.h"
#include "kernel/memmap.h"
#include "kernel/utsname.h"

enum {
	STRUCT_MOST = 1 << 15,  /* bytes; the largest here, struct task_struct, has some thousand */
	ENTRIES_MOST = 1 << 22, /* PID_MAX_LIMIT */
	CPUS_MOST = 1 << 16,
	EXPORTED_MOST = 1 << 16, /* by a module; i915 exports some hundred */
	BANNER_BYTES = 64,
};

static const char banner[] = "Linux version ";

/* Symbols that are no facts, for no page is told by them. */
enum symbol {
	INIT_TASK, RUNQUEUES, MODULES, BANNER, CPU_OFFSETS, CPU_POSSIBLE, START_BTF, STOP_BTF
};

static const char *const symbol_names[STARTUP_SYMBOLS] = {
	[INIT_TASK] = "init_task",
	[RUNQUEUES] = "runqueues",
	[MODULES] = "modules",
	[BANNER] = "linux_banner",
	[CPU_OFFSETS] = "__per_cpu_offset",
	[CPU_POSSIBLE] = "__cpu_possible_mask", /* 4.5 */
	[START_BTF] = "__start_BTF",
	[STOP_BTF] = "__stop_BTF",
};

/* Types of which something is asked; all are structs. */
enum kernel_type { TASK, SIGNAL, QUEUE, MODULE, CPU_MASK, EXPORTED };

static const char *const type_names[STARTUP_TYPES] = {
	[TASK] = "task_struct",
	[SIGNAL] = "signal_struct",
	[QUEUE] = "rq",
	[MODULE] = "module",
	[CPU_MASK] = "cpumask",
	[EXPORTED] = "kernel_symbol",
};

/* --- what is told --- */

static err_t need_symbol(const struct startup *startup, enum symbol symbol, vaddr_t *ret)
{
	*ret = startup->symbol[symbol];
	return *ret ? OK : fail(ERR_NOFACT, "nothing tells where %s is", symbol_names[symbol]);
}

static err_t need_size(const struct startup *startup, enum kernel_type type, uint64_t *ret)
{
	if (!startup->types)
		return fail(ERR_NOFACT, "nothing tells what a struct %s is", type_names[type]);
	*ret = startup->type[type].bytes;
	if (!*ret || *ret > STRUCT_MOST)
		return fail(ERR_NOFACT, "%s has no struct %s", startup->types->source,
			    type_names[type]);
	return OK;
}

/* Where a member begins, in bytes. */
static err_t need_member(struct startup *startup, enum kernel_type of, const char *name,
			 uint64_t *ret)
{
	struct member member;
	uint64_t ignored;

	TRY(need_size(startup, of, &ignored));
	if (!types_member(startup->types, &startup->type[of], name, &member))
		return fail(ERR_NOFACT, "struct %s of %s has no %s", type_names[of],
			    startup->types->source, name);
	*ret = member.bit_offset / 8;
	return OK;
}

/* --- reading --- */

static err_t read_all(struct startup *startup, vaddr_t at, uint64_t bytes)
{
	while (bytes) {
		size_t size = (size_t)min_u64(bytes, sizeof(startup->bytes));
		TRY(memory_need(startup->memory, at, startup->bytes, size));
		at += size;
		bytes -= size;
	}
	return OK;
}

typedef err_t see_entry(struct startup *, vaddr_t entry);

/* Follow a list_head, whose first word is `next`, and show each struct that has one at `link`. Mark
 * where it is at each power of two: a circle that its head is not in comes by there again. */
static err_t follow(struct startup *startup, vaddr_t head, uint64_t link, see_entry *see,
		    uint64_t *count)
{
	uint64_t most = startup->entries_most ? startup->entries_most : ENTRIES_MOST;
	vaddr_t at = head, mark = 0;

	for (uint64_t i = 1; startup->entries < most; i++) {
		TRY(stop_check());
		TRY(memory_word(startup->memory, at, &at));
		if (at == head)
			return OK;
		if (at == mark)
			return fail(ERR_CORRUPT, "the list at %#" PRIx64 " runs in a circle at %#"
				    PRIx64, head, at);
		if (!(i & (i - 1)))
			mark = at;
		startup->entries++;
		(*count)++;
		TRY(see(startup, at - link));
	}
	if (startup->entries_most)
		return OK;
	return fail(ERR_CORRUPT, "lists of more than %" PRIu64 " entries", most);
}

typedef err_t see_cpu(struct startup *, uint64_t offset);

/* Show how far the memory of each possible CPU is from where per-cpu variables were linked. */
static err_t each_cpu(struct startup *startup, see_cpu *see, uint64_t *count)
{
	unsigned word = startup->memory->space->target.word_bytes, bits = word * 8;
	uint64_t mask_bytes = 0, mask = 0, offset = 0;
	vaddr_t mask_at, offsets;

	TRY(need_symbol(startup, CPU_OFFSETS, &offsets));
	TRY(need_symbol(startup, CPU_POSSIBLE, &mask_at));
	TRY(need_size(startup, CPU_MASK, &mask_bytes));
	uint64_t most = min_u64(mask_bytes * 8, CPUS_MOST);
	for (uint64_t cpu = 0; cpu < most; cpu++) {
		if (cpu % bits == 0)
			TRY(memory_word(startup->memory, mask_at + cpu / bits * word, &mask));
		if (!(mask >> cpu % bits & 1))
			continue;
		TRY(within(memory_word(startup->memory, offsets + cpu * word, &offset),
			   "CPU %" PRIu64, cpu));
		if (see)
			TRY(within(see(startup, offset), "CPU %" PRIu64, cpu));
		(*count)++;
	}
	return OK;
}

/* --- the things --- */

static err_t look_at_release(struct startup *startup, uint64_t *count)
{
	vaddr_t at;

	(void)count;
	TRY(utsname_find(&startup->told, &at));
	return read_all(startup, at, (uint64_t)UTS_FIELDS * UTS_FIELD);
}

static void take_symbol(void *argument, const struct kernel_symbol *symbol)
{
	struct startup *startup = argument;

	for (unsigned i = 0; i < STARTUP_SYMBOLS; i++)
		if (!startup->symbol[i] && !strcmp(symbol->name, symbol_names[i]))
			startup->symbol[i] = symbol->at;
}

/* For what is not what a debugger reads: searching, and help of our own. */
static struct memory unwatched(const struct startup *startup)
{
	struct memory memory = *startup->memory;

	memory.touched = NULL;
	return memory;
}

static void take_help(struct startup *startup)
{
	for (unsigned i = 0; startup->help && i < STARTUP_SYMBOLS; i++)
		if (!startup->symbol[i])
			startup->symbol[i] = startup->help->symbol[i];
}

/* Every symbol is passed, so that all of the tables is read. Every kernel that has types in memory
 * has them. */
static err_t look_at_symbols(struct startup *startup, uint64_t *count)
{
	struct initials wanted = { 0 };
	struct kallsyms_visitor visitor = { take_symbol, startup, .wanted = &wanted };
	struct memory memory = unwatched(startup);
	struct kallsyms kallsyms;

	for (unsigned i = 0; i < STARTUP_SYMBOLS; i++)
		initials_add(&wanted, symbol_names[i], INITIALS);
	err_t result = kallsyms_open(&kallsyms, &memory, &startup->told);
	if (result == OK) {
		kallsyms.memory = startup->memory;
		result = kallsyms_walk(&kallsyms, &visitor);
	}
	*count = visitor.seen;
	take_help(startup);
	return result == ERR_NOFACT && !startup->help ? ERR_CORRUPT : result;
}

static void know_types(struct startup *startup, struct types *types)
{
	startup->types = types;
	for (unsigned i = 0; i < STARTUP_TYPES; i++)
		types->find(types, TYPE_STRUCT, type_names[i], &startup->type[i]);
}

/* No debugger begins with these, but what follows is found through them. */
static err_t look_at_types(struct startup *startup, uint64_t *count)
{
	struct memory memory = unwatched(startup);

	TRY(btf_open_own(&startup->btf, &memory, &startup->told, startup->symbol[START_BTF],
			 startup->symbol[STOP_BTF]));
	startup->has_btf = true;
	if (!startup->types)
		know_types(startup, &startup->btf.types);
	*count = startup->btf.count;
	return OK;
}

static err_t look_at_banner(struct startup *startup, uint64_t *count)
{
	vaddr_t at;

	(void)count;
	TRY(need_symbol(startup, BANNER, &at));
	TRY(read_all(startup, at, BANNER_BYTES));
	if (memcmp(startup->bytes, banner, sizeof(banner) - 1))
		return fail(ERR_CORRUPT, "linux_banner at %#" PRIx64 " does not begin with \"%s\"",
			    at, banner);
	return OK;
}

static err_t look_at_offsets(struct startup *startup, uint64_t *count)
{
	return each_cpu(startup, NULL, count);
}

static err_t know_tasks(struct startup *startup)
{
	if (startup->task.bytes)
		return OK;
	TRY(need_member(startup, TASK, "tasks", &startup->task.tasks));
	TRY(need_member(startup, TASK, "signal", &startup->task.signal));
	TRY(need_member(startup, TASK, "thread_node", &startup->task.thread_node));
	TRY(need_member(startup, SIGNAL, "thread_head", &startup->task.thread_head));
	return need_size(startup, TASK, &startup->task.bytes);
}

static err_t see_task(struct startup *startup, vaddr_t task)
{
	TRY(know_tasks(startup));
	return within(read_all(startup, task, startup->task.bytes), "the task at %#" PRIx64, task);
}

static err_t know_queues(struct startup *startup)
{
	if (startup->queue.bytes)
		return OK;
	TRY(need_member(startup, QUEUE, "curr", &startup->queue.curr));
	TRY(need_member(startup, QUEUE, "idle", &startup->queue.idle));
	return need_size(startup, QUEUE, &startup->queue.bytes);
}

static err_t see_task_of(struct startup *startup, vaddr_t pointer)
{
	vaddr_t task;

	TRY(memory_word(startup->memory, pointer, &task));
	return see_task(startup, task);
}

static err_t see_queue(struct startup *startup, uint64_t offset)
{
	vaddr_t at = as_word(&startup->memory->space->target, startup->symbol[RUNQUEUES] + offset);

	TRY(know_queues(startup));
	TRY(read_all(startup, at, startup->queue.bytes));
	TRY(see_task_of(startup, at + startup->queue.curr));
	return see_task_of(startup, at + startup->queue.idle);
}

static err_t look_at_queues(struct startup *startup, uint64_t *count)
{
	vaddr_t ignored;

	TRY(need_symbol(startup, RUNQUEUES, &ignored));
	return each_cpu(startup, see_queue, count);
}

static err_t look_at_init_task(struct startup *startup, uint64_t *count)
{
	vaddr_t task;

	(void)count;
	TRY(need_symbol(startup, INIT_TASK, &task));
	return see_task(startup, task);
}

/* All threads of a process, the leader among them (0c740d0afc3b, 3.14). */
static err_t see_process(struct startup *startup, vaddr_t leader)
{
	uint64_t ignored = 0;
	vaddr_t signal;

	TRY(see_task(startup, leader));
	TRY(memory_word(startup->memory, leader + startup->task.signal, &signal));
	return within(follow(startup, signal + startup->task.thread_head,
			     startup->task.thread_node, see_task, &ignored),
		      "the threads of the task at %#" PRIx64, leader);
}

static err_t look_at_tasks(struct startup *startup, uint64_t *count)
{
	vaddr_t task;

	TRY(need_symbol(startup, INIT_TASK, &task));
	TRY(know_tasks(startup));
	return follow(startup, task + startup->task.tasks, startup->task.tasks, see_process, count);
}

static err_t look_at_sections(struct startup *startup, uint64_t *count)
{
	struct memmap map;

	(void)count;
	TRY(memmap_open(&map, startup->memory, &startup->told, startup->limit));
	uint64_t broken = map.broken, first = map.first_broken;
	memmap_close(&map);
	if (broken)
		return fail(ERR_CORRUPT, "%" PRIu64 " sections are broken, the first is number %"
			    PRIu64, broken, first);
	return OK;
}

/* The symbols that a module exports to others, and those to the GPL's: crash wants both. */
static err_t see_exported(struct startup *startup, vaddr_t module)
{
	for (unsigned i = 0; i < STARTUP_EXPORTED; i++) {
		uint64_t at, count;
		TRY(memory_word(startup->memory, module + startup->module.exported[i].at, &at));
		TRY(memory_number(startup->memory, module + startup->module.exported[i].count,
				  sizeof(uint32_t), &count));
		if (count > EXPORTED_MOST)
			return fail(ERR_CORRUPT, "%" PRIu64 " symbols are exported", count);
		TRY(read_all(startup, at, count * startup->module.symbol_bytes));
	}
	return OK;
}

static err_t see_module(struct startup *startup, vaddr_t module)
{
	err_t result = read_all(startup, module, startup->module.bytes);

	if (result == OK && startup->module.symbol_bytes)
		result = see_exported(startup, module);
	return within(result, "the module at %#" PRIx64, module);
}

static err_t know_exported(struct startup *startup)
{
	static const char *const names[STARTUP_EXPORTED][2] = {
		{ "syms", "num_syms" }, { "gpl_syms", "num_gpl_syms" },
	};

	for (unsigned i = 0; i < STARTUP_EXPORTED; i++) {
		TRY(need_member(startup, MODULE, names[i][0], &startup->module.exported[i].at));
		TRY(need_member(startup, MODULE, names[i][1], &startup->module.exported[i].count));
	}
	return need_size(startup, EXPORTED, &startup->module.symbol_bytes);
}

static err_t look_at_modules(struct startup *startup, uint64_t *count)
{
	uint64_t link;
	vaddr_t head;

	TRY(need_symbol(startup, MODULES, &head));
	TRY(need_member(startup, MODULE, "list", &link));
	TRY(need_size(startup, MODULE, &startup->module.bytes));
	if (know_exported(startup) != OK)
		startup->module.symbol_bytes = 0;
	return follow(startup, head, link, see_module, count);
}

static err_t count_text(void *to, const char *text, size_t bytes)
{
	(void)text;
	*(uint64_t *)to += bytes;
	return OK;
}

static err_t look_at_log(struct startup *startup, uint64_t *count)
{
	FREE_AT_END struct dmesg *dmesg = calloc(1, sizeof(*dmesg));

	if (!dmesg)
		return fail(ERR_NOMEM, "no memory for a piece of the log");
	dmesg->memory = startup->memory;
	dmesg->facts = &startup->told;
	dmesg->write = count_text;
	dmesg->to = count;
	return dmesg_print(dmesg);
}

static const struct {
	const char *name, *unit;
	err_t (*look)(struct startup *, uint64_t *count);
	bool in_vmlinux, may_be_long;
} things[] = {
	{ "release",          NULL,       look_at_release },
	{ "kallsyms",         "symbols",  look_at_symbols, true },
	{ "BTF",              "types",    look_at_types, true },
	{ "linux_banner",     NULL,       look_at_banner },
	{ "per-cpu offsets",  "CPUs",     look_at_offsets },
	{ "runqueues",        "CPUs",     look_at_queues },
	{ "init_task",        NULL,       look_at_init_task },
	{ "tasks",            "processes", look_at_tasks, .may_be_long = true },
	{ "mem_section",      NULL,       look_at_sections },
	{ "modules",          "modules",  look_at_modules },
	{ "log",              "bytes",    look_at_log, .may_be_long = true },
};

_Static_assert(sizeof(things) / sizeof(things[0]) == STARTUP_THINGS, "room for the things");

/* --- all of them --- */

const char *startup_symbol(unsigned symbol)
{
	return symbol_names[symbol];
}

const char *startup_name(unsigned thing)
{
	return things[thing].name;
}

bool startup_in_vmlinux(unsigned thing)
{
	return things[thing].in_vmlinux;
}

bool startup_may_be_long(unsigned thing)
{
	return things[thing].may_be_long;
}

static bool is_own_failure(err_t result)
{
	return result == ERR_NOMEM || result == ERR_UNSUPPORTED || result == ERR_STOPPED;
}

static err_t look_at(struct startup *startup, unsigned i)
{
	struct startup_thing *thing = &startup->thing[i];

	*thing = (struct startup_thing){ .name = things[i].name, .unit = things[i].unit };
	startup->entries = 0;
	if (startup->begins)
		startup->begins(startup->argument, i);
	err_t result = things[i].look(startup, &thing->count);
	if (is_own_failure(result))
		return result;
	if (result != OK)
		memcpy(thing->why, err_text(), sizeof(thing->why));
	thing->state = result == OK ? STARTUP_THERE : result == ERR_NOFACT ? STARTUP_UNKNOWN
									   : STARTUP_MISSING;
	return OK;
}

/* What vmcoreinfo does not tell, say of the log, the kernel may tell itself. */
static err_t answer_rest(struct startup *startup)
{
	FREE_AT_END struct asks *asks = malloc(sizeof(*asks));

	if (!asks)
		return fail(ERR_NOMEM, "no memory for %zu bytes", sizeof(*asks));
	asks_init(asks, &startup->itself);
	btf_answer(&startup->btf, asks);
	facts_fill(&startup->told, &startup->itself);
	return OK;
}

err_t startup_look(struct startup *startup)
{
	err_t result = OK;

	startup->told = *startup->facts;
	if (startup->help && startup->help->types)
		know_types(startup, startup->help->types);
	for (unsigned i = 0; result == OK && i < STARTUP_THINGS; i++) {
		result = look_at(startup, i);
		if (result == OK && startup->has_btf && things[i].look == look_at_types)
			result = answer_rest(startup);
	}
	if (startup->has_btf)
		btf_close(&startup->btf);
	startup->has_btf = false;
	startup->types = NULL;
	return result;
}
