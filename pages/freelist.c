// SPDX-License-Identifier: GPL-2.0-only
/* freelist.c - nodes, zones, orders, migrate types, lists. */
#include "pages/freelist.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "kernel/nodes.h"

enum { ZONES_MOST = 16, TYPES_MOST = 64 };

/* What a walk needs, looked up once. */
struct walk {
	struct decider *decider;
	struct decision *decision;
	struct memory *memory;
	struct stretch last; /* where the last struct page was found */
	uint64_t node_zones, nr_zones, zone_size, spanned, free_area, area_size, free_list,
	    list_size;
	uint64_t next, prev, lru, orders, types;
};

static err_t prepare(struct walk *walk, const struct facts *facts)
{
	const struct {
		enum fact_id id;
		uint64_t *slot;
	} needed[] = {
		{ OFFSET_PGLIST_DATA_NODE_ZONES, &walk->node_zones },
		{ OFFSET_PGLIST_DATA_NR_ZONES, &walk->nr_zones },
		{ SIZE_ZONE, &walk->zone_size },
		{ OFFSET_ZONE_SPANNED_PAGES, &walk->spanned },
		{ OFFSET_ZONE_FREE_AREA, &walk->free_area },
		{ SIZE_FREE_AREA, &walk->area_size },
		{ OFFSET_FREE_AREA_FREE_LIST, &walk->free_list },
		{ SIZE_LIST_HEAD, &walk->list_size },
		{ OFFSET_LIST_HEAD_NEXT, &walk->next },
		{ OFFSET_LIST_HEAD_PREV, &walk->prev },
		{ OFFSET_PAGE_LRU, &walk->lru },
		{ LENGTH_ZONE_FREE_AREA, &walk->orders },
	};

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		TRY(within(fact_need(facts, needed[i].id, needed[i].slot),
			   "Can't get necessary structures for excluding free pages"));
	walk->types = min_u64(fact_or(facts, LENGTH_FREE_AREA_FREE_LIST, 1), TYPES_MOST);
	walk->orders = min_u64(walk->orders, 32);
	return OK;
}

err_t freelist_check(const struct facts *facts)
{
	struct walk walk = { 0 };

	return prepare(&walk, facts);
}

/* Every range walks the same lists, so only the first one counts. */
static void __attribute__((format(printf, 2, 3)))
doubt(struct walk *walk, const char *fmt, ...)
{
	struct doubts *doubts = &walk->decision->doubts;
	va_list args;

	if (walk->decision->first || doubts->lists++)
		return;
	va_start(args, fmt);
	vsnprintf(doubts->first_list, sizeof(doubts->first_list), fmt, args);
	va_end(args);
}

static bool holds(const struct stretch *stretch, vaddr_t page, unsigned size, pfn_t *ret)
{
	if (!stretch->at || page < stretch->at)
		return false;
	*ret = stretch->first + (page - stretch->at) / size;
	return *ret < stretch->end && (page - stretch->at) % size == 0;
}

/* The page frame of a struct page; free blocks of one zone mostly lie in the same stretch. */
static bool find_pfn(struct walk *walk, vaddr_t page, pfn_t *ret)
{
	struct memmap *map = walk->decider->map;

	if (holds(&walk->last, page, map->page_size, ret))
		return true;
	for (pfn_t pfn = 0; pfn < map->end; pfn = walk->last.end) {
		memmap_find(map, pfn, &walk->last);
		if (holds(&walk->last, page, map->page_size, ret))
			return true;
	}
	walk->last = (struct stretch){ 0 };
	return false;
}

static void exclude_block(struct walk *walk, pfn_t first, unsigned order)
{
	struct decision *decision = walk->decision;
	pfn_t from = max_u64(first, decision->first);
	pfn_t to = min_u64(first + (UINT64_C(1) << order), decision->end);

	if (from < to)
		decision->excluded[PAGE_FREE] += bits_clear(decision->words, from - decision->first,
							    to - decision->first);
}

/* Follow one list. That each entry points back to the one before makes a loop impossible. */
static void walk_list(struct walk *walk, vaddr_t head, unsigned order)
{
	vaddr_t before = head, at, back;
	pfn_t pfn;

	for (;; before = at) {
		if (memory_word(walk->memory, before + walk->next, &at) != OK)
			break;
		if (at == head)
			return;
		if (memory_word(walk->memory, at + walk->prev, &back) != OK || back != before ||
		    !find_pfn(walk, at - walk->lru, &pfn) || pfn & ((UINT64_C(1) << order) - 1))
			break;
		exclude_block(walk, pfn, order);
	}
	doubt(walk, "of order %u at %#" PRIx64 ", behind the entry at %#" PRIx64, order, head,
	      before);
}

static void walk_zone(struct walk *walk, vaddr_t zone)
{
	uint64_t spanned = 0;

	if (memory_word(walk->memory, zone + walk->spanned, &spanned) != OK) {
		doubt(walk, "of the zone at %#" PRIx64 ", which cannot be read", zone);
		return;
	}
	if (!spanned)
		return;
	for (unsigned order = 0; order < walk->orders; order++)
		for (uint64_t type = 0; type < walk->types; type++)
			walk_list(walk, zone + walk->free_area + order * walk->area_size +
				  walk->free_list + type * walk->list_size, order);
}

static void walk_node(struct walk *walk, vaddr_t pgdat)
{
	uint8_t bytes[4];

	vaddr_t at = pgdat + walk->nr_zones;

	if (memory_read(walk->memory, at, bytes, 4) != OK) {
		doubt(walk, "of the node at %#" PRIx64 ": its nr_zones cannot be read", pgdat);
		return;
	}
	uint64_t zones = get_32(walk->memory->space->target.big_endian, bytes);
	if (zones > ZONES_MOST) {
		doubt(walk, "of the node at %#" PRIx64 ": its nr_zones is %" PRIu64, pgdat, zones);
		return;
	}
	for (uint64_t zone = 0; zone < zones; zone++)
		walk_zone(walk, pgdat + walk->node_zones + zone * walk->zone_size);
}

err_t freelist_decide(struct decider *decider, struct decision *decision)
{
	struct walk walk = {
	    .decider = decider, .decision = decision, .memory = decider->map->memory};
	unsigned node = 0;
	vaddr_t pgdat = 0;

	TRY(prepare(&walk, decider->facts));
	for (unsigned from = 0;; from = node + 1) {
		err_t result = nodes_next(walk.memory, decider->facts, from, &node, &pgdat);
		if (result == ERR_HOLE)
			return OK;
		if (result != OK) {
			doubt(&walk, "of the nodes from %u on: %s", from, err_text());
			return OK;
		}
		walk_node(&walk, pgdat);
	}
}
