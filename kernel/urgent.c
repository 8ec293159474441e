// SPDX-License-Identifier: GPL-2.0-only
/* urgent.c - walk the page tables of the image from _stext to its end. What the kernel may write to
 * are its variables. The rest is asked of those that know what debuggers read. */
#include "kernel/urgent.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/scope.h"
#include "facts/table.h"
#include "kernel/opening.h"
#include "kernel/startup.h"

enum {
	IMAGE_MOST = 1 << 30, /* KERNEL_IMAGE_SIZE of x86_64, the largest there is */
	SMALL_SHARE = 8, /* of a page */
	GAP_MOST = 16 << 20,  /* between its sections, which begin at huge pages; more: its end */
};

/* "Linux version 6.1..."; its format is another string, "%s version %s". */
static const char banner[] = "Linux version ";

struct finding {
	struct urgent *urgent;
	struct memory *memory;
	struct space tables; /* the memory's, without its regions: they would hide tables */
};

enum urgency urgent_rank(const struct urgent *urgent, pfn_t pfn, uint64_t size, uint64_t page_size)
{
	for (enum urgency i = URGENT_BEGIN; i < NOT_URGENT; i++)
		if (frames_have(&urgent->frames[i], pfn))
			return i;
	return size <= page_size / SMALL_SHARE && frames_have(&urgent->frames[URGENT_SMALL], pfn)
		       ? URGENT_DATA : NOT_URGENT;
}

static void add(struct finding *finding, enum urgency urgency, paddr_t at, uint64_t bytes)
{
	const struct target *target = &finding->tables.target;

	frames_add(&finding->urgent->frames[urgency], at >> target->page_shift,
		   pfn_up(target, at + bytes));
}

static err_t walk(struct finding *finding, enum urgency urgency, vaddr_t at, paddr_t *physical,
		  uint64_t *run, struct table_walk *seen)
{
	*seen = (struct table_walk){ 0 };
	err_t result = space_walk(&finding->tables, finding->memory->tables, at, physical, run,
				  seen);

	for (unsigned i = 0; i < seen->levels; i++)
		add(finding, urgency, seen->level[i].at, 1);
	return result;
}

static bool writable(const struct space *space, const struct table_walk *seen)
{
	uint64_t entry = seen->levels ? seen->level[seen->levels - 1].entry : 0;

	return (entry & space->write_bits) == space->write_value;
}

/* The page of the banner, if it is among `size` bytes at `at`. */
static void add_banner(struct finding *finding, paddr_t at, uint64_t size)
{
	struct reader *reader = finding->memory->reader;

	while (size) {
		const uint8_t *bytes;
		size_t piece = (size_t)min_u64(size, page_bytes(&finding->tables.target));
		err_t result = reader_lend(reader, at, &bytes, &piece);
		const uint8_t *found = result != OK ? NULL :
				       memmem(bytes, piece, banner, sizeof(banner) - 1);
		if (!reader_faulted(reader) && found)
			add(finding, URGENT_BEGIN, at + (uint64_t)(found - bytes), 1);
		if (result != OK && result != ERR_HOLE)
			return;
		at += piece;
		size -= piece;
	}
}

/* The pages at some addresses, and the tables on the way there. */
static void add_addresses(struct finding *finding, enum urgency urgency, vaddr_t at, uint64_t bytes)
{
	uint64_t page = page_bytes(&finding->tables.target);
	struct table_walk seen;
	paddr_t physical;
	uint64_t run;

	while (bytes) {
		uint64_t piece = min_u64(bytes, page - at % page);
		if (memory_translate(finding->memory, at, &physical, &run) == OK)
			add(finding, urgency, physical, 1);
		walk(finding, urgency, at, &physical, &run, &seen);
		at += piece;
		bytes -= piece;
	}
}

/* The symbols of vmcoreinfo, and where they point. */
static void add_named(struct finding *finding, const struct facts *facts)
{
	for (enum fact_id id = 0; id < FACTS; id++) {
		uint64_t points_to;
		if (fact_table[id].kind != KIND_SYMBOL || !fact_known(facts, id) ||
		    id == SYMBOL_STEXT)
			continue;
		add_addresses(finding, URGENT_BEGIN, facts->value[id], 1);
		if (memory_word(finding->memory, facts->value[id], &points_to) == OK &&
		    memory_is_kernel(finding->memory, points_to))
			add_addresses(finding, URGENT_BEGIN, points_to, 1);
	}
}

static void add_opening(void *argument, vaddr_t at, uint64_t bytes, enum opening_use use)
{
	static const enum urgency urgencies[] = {
		[OPENING_BEGIN] = URGENT_BEGIN, [OPENING_LIST] = URGENT_LISTS,
		[OPENING_STACK] = URGENT_STACKS, [OPENING_MODULE] = URGENT_DATA,
	};

	add_addresses(argument, urgencies[use], at, bytes);
}

static void find_opening(struct finding *finding, const struct facts *facts, pfn_t limit)
{
	FREE_AT_END struct opening *opening = calloc(1, sizeof(*opening));

	if (!opening)
		return;
	opening->memory = finding->memory;
	opening->facts = *facts;
	opening->limit = limit;
	opening->found = add_opening;
	opening->argument = finding;
	opening_find(opening);
}

/* A debugger may find its way to any page frame through the page tables of the linear map, though
 * startup.c needs none. */
static void add_linear(struct finding *finding, enum urgency urgency, pfn_t pfn)
{
	const struct space *space = finding->memory->space;
	paddr_t at = pfn << space->target.page_shift;
	struct table_walk seen;
	uint64_t run;

	for (size_t i = 0; i < space->regions; i++) {
		const struct region *region = &space->region[i];
		vaddr_t linear = as_word(&space->target, at + region->shift);
		if (linear >= region->first && linear <= region->last)
			walk(finding, urgency, linear, &at, &run, &seen);
		at = pfn << space->target.page_shift;
	}
}

static void find_startup(struct finding *finding, const struct startup_pages *startup)
{
	unsigned shift = finding->tables.target.page_shift;

	for (unsigned i = 0; i < startup->ranges; i++) {
		const struct startup_range *range = &startup->range[i];
		enum urgency urgency = startup_may_be_long(range->thing) ? URGENT_LISTS
									 : URGENT_BEGIN;
		if (startup_in_vmlinux(range->thing))
			continue;
		add(finding, urgency, range->first << shift, (range->end - range->first) << shift);
		for (pfn_t pfn = range->first; pfn < range->end; pfn++)
			add_linear(finding, urgency, pfn);
	}
}

static void find_image(struct finding *finding, vaddr_t text)
{
	vaddr_t end = text;
	struct table_walk seen;

	for (vaddr_t at = text; at - text < IMAGE_MOST && at - end < GAP_MOST;) {
		paddr_t physical;
		uint64_t page = page_bytes(&finding->tables.target), run = page;
		err_t result = walk(finding, URGENT_BEGIN, at, &physical, &run, &seen);
		bool data = writable(&finding->tables, &seen);
		if (result == OK)
			add(finding, data ? URGENT_DATA : URGENT_SMALL, physical, run);
		if (result == OK && !data)
			add_banner(finding, physical, run);
		at += result == OK ? run : page;
		if (result == OK)
			end = at;
	}
}

void urgent_find(struct urgent *urgent, struct memory *memory, const struct facts *facts,
		 pfn_t limit, const struct startup_pages *startup)
{
	struct finding finding = { urgent, memory, *memory->space };

	finding.tables.regions = 0;
	memset(urgent, 0, sizeof(*urgent));
	add_named(&finding, facts);
	find_image(&finding, fact_or(facts, SYMBOL_STEXT, 0));
	if (startup)
		find_startup(&finding, startup);
	find_opening(&finding, facts, limit);
}
