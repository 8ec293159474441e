// SPDX-License-Identifier: GPL-2.0-only
/* percpu.c - zones, CPUs, lists.
 * A zone points to a struct of lists that each CPU has at the same distance from its own memory:
 *
 *     zone.per_cpu_pageset + __per_cpu_offset[cpu]  ->  count, lists[]
 *
 * There is a list for each of the usual migrate types; since 5.14 (44042b449872) one for each of
 * these and each order up to 3, and then those of huge pages. */
#include "pages/percpu.h"

#include "base/bytes.h"
#include "pages/lists.h"

enum {
	LISTS_MOST = 256,
	CPUS_MOST = 1 << 16,
	LOW_ORDERS = 4,   /* PAGE_ALLOC_COSTLY_ORDER and below */
	USUAL_TYPES = 3,  /* MIGRATE_PCPTYPES, since 2.6.33 */
};

struct walk {
	struct lists lists; /* first: the zones are seen through it */
	uint64_t set, in_set, count_at, lists_at, list_count, list_size, types;
	uint64_t offsets, mask, mask_bytes;
	uint64_t found; /* on the lists of one CPU in one zone */
};

static err_t prepare(struct walk *walk, struct decider *decider, struct decision *decision,
		     const struct facts *facts)
{
	const struct list_fact needed[] = {
		{ OFFSET_ZONE_PER_CPU_PAGESET, &walk->set },
		{ OFFSET_PER_CPU_PAGES_COUNT, &walk->count_at },
		{ OFFSET_PER_CPU_PAGES_LISTS, &walk->lists_at },
		{ LENGTH_PER_CPU_PAGES_LISTS, &walk->list_count },
		{ SIZE_LIST_HEAD, &walk->list_size },
		{ SYMBOL_PER_CPU_OFFSET, &walk->offsets },
		{ SYMBOL_CPU_POSSIBLE_BITS, &walk->mask },
		{ SIZE_CPUMASK, &walk->mask_bytes },
	};

	TRY(lists_init(&walk->lists, decider, decision, facts));
	TRY(lists_need(facts, needed, sizeof(needed) / sizeof(needed[0])));
	walk->in_set = fact_or(facts, OFFSET_PER_CPU_PAGESET_PCP, 0);
	walk->types = fact_or(facts, NUMBER_MIGRATE_PCPTYPES, USUAL_TYPES);
	if (!walk->types || walk->list_count > LISTS_MOST)
		return fail(ERR_NOFACT, "%" PRIu64 " lists of %" PRIu64 " migrate types are none "
			    "of a CPU", walk->list_count, walk->types);
	return OK;
}

err_t percpu_check(const struct facts *facts)
{
	struct walk walk = { 0 };

	return prepare(&walk, NULL, NULL, facts);
}

/* The order of the blocks on a list. Huge pages are what one table of pages maps. */
static unsigned order_of(const struct walk *walk, uint64_t list)
{
	const struct target *target = &walk->lists.memory->space->target;
	uint64_t order = list / walk->types;

	return order < LOW_ORDERS ? (unsigned)order
				  : target->page_shift - (target->word_bytes == 8 ? 3u : 2u);
}

static void count_block(struct lists *lists, pfn_t first, unsigned order)
{
	struct walk *walk = (struct walk *)lists;

	(void)first;
	walk->found += UINT64_C(1) << order;
}

static void exclude_block(struct lists *lists, pfn_t first, unsigned order)
{
	uint64_t pages = lists_exclude(lists, first, order);

	lists->decision->excluded[PAGE_FREE] += pages;
	lists->decision->percpu += pages;
}

/* All lists of a CPU in a zone. False: one is broken. */
static bool walk_lists(struct walk *walk, vaddr_t pcp, block_visit *visit)
{
	vaddr_t behind;

	for (uint64_t list = 0; list < walk->list_count; list++)
		if (!lists_follow(&walk->lists, pcp + walk->lists_at + list * walk->list_size,
				  order_of(walk, list), visit, &behind))
			return false;
	return true;
}

/* Looked at twice: nothing is taken before all of it is known to be sound. */
static void walk_cpu(struct walk *walk, vaddr_t pcp, unsigned cpu)
{
	uint64_t count = 0;

	walk->found = 0;
	if (memory_number(walk->lists.memory, pcp + walk->count_at, 4, &count) != OK ||
	    !walk_lists(walk, pcp, count_block) || walk->found != count) {
		lists_doubt(&walk->lists, "of CPU %u at %#" PRIx64 ": it counts %" PRIu64 " pages, "
			    "and %" PRIu64 " were found", cpu, pcp, count, walk->found);
		return;
	}
	walk_lists(walk, pcp, exclude_block);
}

/* Is the CPU possible? Bit n of an array of unsigned long. */
static bool is_possible(struct walk *walk, unsigned cpu)
{
	struct memory *memory = walk->lists.memory;
	unsigned word = memory->space->target.word_bytes, bits = word * 8;
	uint64_t mask = 0;

	return memory_word(memory, walk->mask + cpu / bits * word, &mask) == OK &&
	       mask >> cpu % bits & 1;
}

static void walk_zone(struct lists *lists, vaddr_t zone)
{
	struct walk *walk = (struct walk *)lists;
	struct memory *memory = lists->memory;
	unsigned word = memory->space->target.word_bytes;
	uint64_t most = min_u64(walk->mask_bytes * 8, CPUS_MOST), set = 0, offset;
	uint64_t mask = word == 8 ? UINT64_MAX : UINT32_MAX;

	if (memory_word(memory, zone + walk->set, &set) != OK) {
		lists_doubt(lists, "of the zone at %#" PRIx64 ", which cannot be read", zone);
		return;
	}
	for (unsigned cpu = 0; cpu < most; cpu++) {
		if (!is_possible(walk, cpu))
			continue;
		if (memory_word(memory, walk->offsets + (uint64_t)cpu * word, &offset) == OK)
			walk_cpu(walk, ((set + offset) & mask) + walk->in_set, cpu);
		else
			lists_doubt(lists, "of CPU %u, whose offset cannot be read", cpu);
	}
}

err_t percpu_decide(struct decider *decider, struct decision *decision)
{
	struct walk walk = { 0 };

	TRY(prepare(&walk, decider, decision, decider->facts));
	lists_zones(&walk.lists, walk_zone);
	return OK;
}
