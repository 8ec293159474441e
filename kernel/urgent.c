// SPDX-License-Identifier: GPL-2.0-only
/* urgent.c - walk the page tables of the image from _stext to its end. What the kernel may write to
 * are its variables. */
#include "kernel/urgent.h"

#include <string.h>

#include "base/bytes.h"
#include "facts/table.h"
#include "kernel/kallsyms.h"

enum {
	IMAGE_MOST = 1 << 30, /* KERNEL_IMAGE_SIZE of x86_64, the largest there is */
	SMALL_SHARE = 8, /* of a page */
	CODE_PAGES = 4,
	GAP_MOST = 16 << 20,  /* between its sections, which begin at huge pages; more: its end */
};

/* "Linux version 6.1..."; its format is another string, "%s version %s". */
static const char banner[] = "Linux version ";

enum urgency urgent_rank(const struct urgent *urgent, pfn_t pfn, uint64_t size, uint64_t page_size)
{
	enum urgency urgency = NOT_URGENT;

	if (urgent->startup && startup_pages_need(urgent->startup, pfn))
		return URGENT_FIRST;
	for (unsigned i = 0; i < urgent->ranges; i++) {
		const struct urgent_range *range = &urgent->range[i];
		if (pfn < range->first || pfn >= range->end)
			continue;
		if (range->urgency != URGENT_SMALL)
			urgency = range->urgency < urgency ? range->urgency : urgency;
		else if (size <= page_size / SMALL_SHARE && urgency == NOT_URGENT)
			urgency = URGENT_SECOND;
	}
	return urgency;
}

static void add(struct urgent *urgent, pfn_t first, pfn_t end, enum urgency urgency)
{
	for (unsigned i = 0; i < urgent->ranges; i++) {
		struct urgent_range *range = &urgent->range[i];
		if (urgency != range->urgency || first < range->first || first > range->end)
			continue;
		if (end > range->end)
			range->end = end;
		return;
	}
	if (urgent->ranges < URGENT_MOST)
		urgent->range[urgent->ranges++] = (struct urgent_range){ first, end, urgency };
}

static void add_tables(struct urgent *urgent, const struct target *target,
		       const struct table_walk *seen)
{
	for (unsigned i = 0; i < seen->levels; i++) {
		pfn_t pfn = seen->level[i].at >> target->page_shift;
		add(urgent, pfn, pfn + 1, URGENT_FIRST);
	}
}

static bool writable(const struct space *space, const struct table_walk *seen)
{
	uint64_t entry = seen->levels ? seen->level[seen->levels - 1].entry : 0;

	return (entry & space->write_bits) == space->write_value;
}

/* The page of the banner, if it is among `size` bytes at `at`. */
static void add_banner(struct urgent *urgent, struct memory *memory, paddr_t at, uint64_t size)
{
	unsigned shift = memory->space->target.page_shift;

	while (size) {
		const uint8_t *bytes;
		size_t piece = (size_t)min_u64(size, UINT64_C(1) << shift);
		err_t result = reader_lend(memory->reader, at, &bytes, &piece);
		const uint8_t *found = result != OK ? NULL :
				       memmem(bytes, piece, banner, sizeof(banner) - 1);
		if (!reader_faulted(memory->reader) && found) {
			pfn_t pfn = (at + (uint64_t)(found - bytes)) >> shift;
			add(urgent, pfn, pfn + 1, URGENT_FIRST);
		}
		if (result != OK && result != ERR_HOLE)
			return;
		at += piece;
		size -= piece;
	}
}

/* The page at an address, and the tables on the way there, which a region would hide. */
static void add_address(struct urgent *urgent, struct memory *memory, const struct space *tables,
			vaddr_t at)
{
	const struct target *target = &tables->target;
	struct table_walk seen;
	paddr_t physical;
	uint64_t run;

	if (memory_translate(memory, at, &physical, &run) != OK)
		return;
	add(urgent, physical >> target->page_shift, (physical >> target->page_shift) + 1,
	    URGENT_FIRST);
	space_walk(tables, memory->tables, at, &physical, &run, &seen);
	add_tables(urgent, target, &seen);
}

/* The symbols of vmcoreinfo, and where they point. */
static void add_named(struct urgent *urgent, struct memory *memory, const struct space *tables,
		      const struct facts *facts)
{
	for (enum fact_id id = 0; id < FACTS; id++) {
		uint64_t points_to;
		if (fact_table[id].kind != KIND_SYMBOL || !fact_known(facts, id) ||
		    id == SYMBOL_STEXT)
			continue;
		add_address(urgent, memory, tables, facts->value[id]);
		if (memory_word(memory, facts->value[id], &points_to) == OK &&
		    memory_is_kernel(memory, points_to))
			add_address(urgent, memory, tables, points_to);
	}
}

/* What crash reads before its first prompt, though it stands among what the kernel may only read:
 * code, which it takes apart to learn how stacks are laid out (x86_64), and a few tables. */
static const char *const code_names[] = {
	"__schedule", "__x64_sys_fork", "__x64_sys_open", "do_futex", "idt_table", "mt_pivots",
	"mt_slots", "pageflag_names", "schedule",
};

struct code {
	struct urgent *urgent;
	struct memory *memory;
	const struct space *tables;
};

static void take_code(void *argument, const struct kernel_symbol *symbol)
{
	struct code *code = argument;
	uint64_t page = page_bytes(&code->tables->target);

	for (size_t i = 0; i < sizeof(code_names) / sizeof(code_names[0]); i++) {
		if (strcmp(code_names[i], symbol->name) != 0)
			continue;
		for (unsigned next = 0; next < CODE_PAGES; next++)
			add_address(code->urgent, code->memory, code->tables,
				    symbol->at + next * page);
	}
}

static void add_code(struct urgent *urgent, struct memory *memory, const struct space *tables,
		     const struct facts *facts)
{
	struct code code = { urgent, memory, tables };
	struct initials wanted = { 0 };
	struct kallsyms_visitor visitor = { take_code, &code, .wanted = &wanted };
	struct kallsyms kallsyms;

	for (size_t i = 0; i < sizeof(code_names) / sizeof(code_names[0]); i++)
		initials_add(&wanted, code_names[i], INITIALS);
	if (kallsyms_open(&kallsyms, memory, facts) == OK)
		kallsyms_walk(&kallsyms, &visitor);
}

void urgent_find(struct urgent *urgent, struct memory *memory, const struct facts *facts,
		 struct startup_pages *startup)
{
	struct space tables = *memory->space; /* a region would hide the tables behind it */
	const struct target *target = &tables.target;
	vaddr_t text = fact_or(facts, SYMBOL_STEXT, 0), end = text;
	struct table_walk seen;

	urgent->ranges = 0;
	urgent->startup = startup;
	if (startup)
		startup_pages_sort(startup);
	tables.regions = 0;
	add_named(urgent, memory, &tables, facts);
	add_code(urgent, memory, &tables, facts);
	for (vaddr_t at = text; at - text < IMAGE_MOST && at - end < GAP_MOST;) {
		paddr_t physical;
		uint64_t run = page_bytes(target);
		err_t result = space_walk(&tables, memory->tables, at, &physical, &run, &seen);
		add_tables(urgent, target, &seen);
		bool data = writable(&tables, &seen);
		if (result == OK)
			add(urgent, physical >> target->page_shift, pfn_up(target, physical + run),
			    data ? URGENT_SECOND : URGENT_SMALL);
		if (result == OK && !data)
			add_banner(urgent, memory, physical, run);
		at += result == OK ? run : page_bytes(target);
		if (result == OK)
			end = at;
	}
}
