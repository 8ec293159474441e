// SPDX-License-Identifier: GPL-2.0-only
/* freelist.c - nodes, zones, orders, migrate types, lists. */
#include "pages/freelist.h"

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

static err_t prepare(struct walk *walk)
{
	const struct facts *facts = walk->decider->facts;
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

	while (memory_word(walk->memory, before + walk->next, &at) == OK && at != head) {
		if (memory_word(walk->memory, at + walk->prev, &back) != OK || back != before ||
		    !find_pfn(walk, at - walk->lru, &pfn) ||
		    pfn & ((UINT64_C(1) << order) - 1)) {
			walk->decision->doubtful++;
			return;
		}
		exclude_block(walk, pfn, order);
		before = at;
	}
}

static void walk_zone(struct walk *walk, vaddr_t zone)
{
	uint64_t spanned = 0;

	if (memory_word(walk->memory, zone + walk->spanned, &spanned) != OK || !spanned)
		return;
	for (unsigned order = 0; order < walk->orders; order++)
		for (uint64_t type = 0; type < walk->types; type++)
			walk_list(walk, zone + walk->free_area + order * walk->area_size +
				  walk->free_list + type * walk->list_size, order);
}

static err_t walk_node(struct walk *walk, vaddr_t pgdat)
{
	uint8_t bytes[4];

	TRY(within(memory_read(walk->memory, pgdat + walk->nr_zones, bytes, 4),
		   "pglist_data.nr_zones at %#" PRIx64, pgdat + walk->nr_zones));
	uint64_t zones = get_32(walk->memory->space->target.big_endian, bytes);
	for (uint64_t zone = 0; zone < min_u64(zones, ZONES_MOST); zone++)
		walk_zone(walk, pgdat + walk->node_zones + zone * walk->zone_size);
	return OK;
}

err_t freelist_decide(struct decider *decider, struct decision *decision)
{
	struct walk walk = {
	    .decider = decider, .decision = decision, .memory = decider->map->memory};
	unsigned node = 0;
	vaddr_t pgdat = 0;

	TRY(prepare(&walk));
	for (unsigned from = 0;; from = node + 1) {
		err_t result = nodes_next(walk.memory, decider->facts, from, &node, &pgdat);
		if (result == ERR_HOLE)
			return OK;
		TRY(result);
		TRY(walk_node(&walk, pgdat));
	}
}
