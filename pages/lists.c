// SPDX-License-Identifier: GPL-2.0-only
/* lists.c - nodes, zones, lists. That each entry of a list points back to the one before makes a
 * loop impossible. */
#include "pages/lists.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "kernel/nodes.h"

enum { ZONES_MOST = 16 };

err_t lists_need(const struct facts *facts, const struct list_fact *needed, size_t count)
{
	for (size_t i = 0; i < count; i++)
		TRY(fact_need(facts, needed[i].id, needed[i].slot));
	return OK;
}

err_t lists_init(struct lists *lists, struct decider *decider, struct decision *decision,
		 const struct facts *facts)
{
	const struct list_fact needed[] = {
		{ OFFSET_PGLIST_DATA_NODE_ZONES, &lists->node_zones },
		{ OFFSET_PGLIST_DATA_NR_ZONES, &lists->nr_zones },
		{ SIZE_ZONE, &lists->zone_size },
		{ OFFSET_ZONE_SPANNED_PAGES, &lists->spanned },
		{ OFFSET_LIST_HEAD_NEXT, &lists->next },
		{ OFFSET_LIST_HEAD_PREV, &lists->prev },
		{ OFFSET_PAGE_LRU, &lists->lru },
	};

	*lists = (struct lists){ .decider = decider, .decision = decision,
				 .memory = decider ? decider->map->memory : NULL };
	return lists_need(facts, needed, sizeof(needed) / sizeof(needed[0]));
}

void lists_doubt(struct lists *lists, const char *fmt, ...)
{
	struct doubts *doubts = &lists->decision->doubts;
	va_list args;

	if (lists->decision->first || doubts->lists++)
		return;
	va_start(args, fmt);
	vsnprintf(doubts->first_list, sizeof(doubts->first_list), fmt, args);
	va_end(args);
}

/* --- one list --- */

static bool holds(const struct stretch *stretch, vaddr_t page, unsigned size, pfn_t *ret)
{
	if (!stretch->at || page < stretch->at)
		return false;
	*ret = stretch->first + (page - stretch->at) / size;
	return *ret < stretch->end && (page - stretch->at) % size == 0;
}

/* The page frame of a struct page; free blocks of one zone mostly lie in the same stretch. */
static bool find_pfn(struct lists *lists, vaddr_t page, pfn_t *ret)
{
	struct memmap *map = lists->decider->map;

	if (holds(&lists->last, page, map->page_size, ret))
		return true;
	for (pfn_t pfn = 0; pfn < map->end; pfn = lists->last.end) {
		memmap_find(map, pfn, &lists->last);
		if (holds(&lists->last, page, map->page_size, ret))
			return true;
	}
	lists->last = (struct stretch){ 0 };
	return false;
}

uint64_t lists_exclude(struct lists *lists, pfn_t first, unsigned order)
{
	struct decision *decision = lists->decision;
	pfn_t from = max_u64(first, decision->first);
	pfn_t to = min_u64(first + (UINT64_C(1) << order), decision->end);

	return from < to ? bits_clear(decision->words, from - decision->first,
				      to - decision->first) : 0;
}

bool lists_follow(struct lists *lists, vaddr_t head, unsigned order, block_visit *visit,
		  vaddr_t *behind)
{
	vaddr_t at, back;
	pfn_t pfn;

	for (*behind = head;; *behind = at) {
		if (memory_word(lists->memory, *behind + lists->next, &at) != OK)
			return false;
		if (at == head)
			return true;
		if (memory_word(lists->memory, at + lists->prev, &back) != OK || back != *behind ||
		    !find_pfn(lists, at - lists->lru, &pfn) ||
		    pfn & ((UINT64_C(1) << order) - 1))
			return false;
		visit(lists, pfn, order);
	}
}

/* --- nodes and zones --- */

static void see_zone(struct lists *lists, vaddr_t zone, zone_visit *visit)
{
	uint64_t spanned = 0;

	if (memory_word(lists->memory, zone + lists->spanned, &spanned) != OK)
		lists_doubt(lists, "of the zone at %#" PRIx64 ", which cannot be read", zone);
	else if (spanned)
		visit(lists, zone);
}

static void see_node(struct lists *lists, vaddr_t pgdat, zone_visit *visit)
{
	uint8_t bytes[4];

	if (memory_read(lists->memory, pgdat + lists->nr_zones, bytes, 4) != OK) {
		lists_doubt(lists, "of the node at %#" PRIx64 ": its nr_zones cannot be read",
			    pgdat);
		return;
	}
	uint64_t zones = get_32(lists->memory->space->target.big_endian, bytes);
	if (zones > ZONES_MOST) {
		lists_doubt(lists, "of the node at %#" PRIx64 ": its nr_zones is %" PRIu64, pgdat,
			    zones);
		return;
	}
	for (uint64_t zone = 0; zone < zones; zone++)
		see_zone(lists, pgdat + lists->node_zones + zone * lists->zone_size, visit);
}

void lists_zones(struct lists *lists, zone_visit *visit)
{
	unsigned node = 0;
	vaddr_t pgdat = 0;

	for (unsigned from = 0;; from = node + 1) {
		err_t result = nodes_next(lists->memory, lists->decider->facts, from, &node,
					  &pgdat);
		if (result == ERR_HOLE)
			return;
		if (result != OK) {
			lists_doubt(lists, "of the nodes from %u on: %s", from, err_text());
			return;
		}
		see_node(lists, pgdat, visit);
	}
}
