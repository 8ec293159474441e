// SPDX-License-Identifier: GPL-2.0-only
/* selfcheck.c - free pages, kinds of pages, and where there are struct pages at all.
 * Free pages are free_area.nr_free, summed up. It is the count of the list beside it, under the
 * same lock, where vm_stat lags behind by what the CPUs have not added yet. */
#include "pages/selfcheck.h"

#include <string.h>

#include "base/bytes.h"
#include "pages/lists.h"

enum { ORDERS_MOST = 32, PER_CENT = 2, SAMPLE_BLOCKS = 1024 };

struct count {
	struct lists lists; /* first: the zones are seen through it */
	uint64_t free_area, area_size, orders, pages;
	bool unreadable;
};

/* struct free_area ends with nr_free, an unsigned long, since 2.6.11. */
static void count_zone(struct lists *lists, vaddr_t zone)
{
	struct count *count = (struct count *)lists;
	unsigned word = lists->memory->space->target.word_bytes;
	uint64_t blocks;

	for (unsigned order = 0; order < count->orders; order++) {
		vaddr_t area = zone + count->free_area + order * count->area_size;
		if (memory_word(lists->memory, area + count->area_size - word, &blocks) != OK ||
		    blocks > UINT64_C(1) << 52)
			count->unreadable = true;
		else
			count->pages += blocks << order;
	}
}

bool selfcheck_counted(struct decider *decider, uint64_t *ret)
{
	struct decision nowhere = { 0 };
	struct count count = { 0 };
	const struct list_fact needed[] = {
		{ OFFSET_ZONE_FREE_AREA, &count.free_area },
		{ SIZE_FREE_AREA, &count.area_size },
		{ LENGTH_ZONE_FREE_AREA, &count.orders },
	};

	if (lists_init(&count.lists, decider, &nowhere, decider->facts) != OK ||
	    lists_need(decider->facts, needed, sizeof(needed) / sizeof(needed[0])) != OK ||
	    count.orders > ORDERS_MOST || count.area_size < 8)
		return false;
	lists_zones(&count.lists, count_zone);
	*ret = count.pages;
	return !count.unreadable && !nowhere.doubts.lists;
}

bool selfcheck_differs(uint64_t found, uint64_t counted)
{
	uint64_t by = found > counted ? found - counted : counted - found;

	return by > counted / 100 * PER_CENT + counted % 100 * PER_CENT / 100;
}

/* --- kinds --- */

/* What the types tell counts; what they do not stays as it is. */
static void put_in_place(struct facts *facts, const struct facts *itself)
{
	for (enum fact_id id = 0; id < FACTS; id++)
		if (fact_known(itself, id))
			fact_set(facts, id, itself->value[id], itself->source[id]);
}

/* The kinds of a block by one set of rules. */
static void judge(const struct rules *rules, unsigned wanted, const uint8_t *pages, unsigned count,
		  pfn_t first, uint64_t kind[PAGE_KINDS])
{
	uint8_t order[LANE_PAGES];
	struct lanes lanes;

	lanes_read(rules, pages, count, &lanes);
	lanes_compounds(rules, pages, count, first, &lanes, order);
	classify(&lanes, wanted & ~rules->unknown, kind);
}

static void sample_block(struct decider *decider, const struct rules *others, unsigned wanted,
			 const struct stretch *stretch, pfn_t first, struct sample *sample)
{
	unsigned size = decider->rules->page_size;
	unsigned count = (unsigned)min_u64(BLOCK_PAGES, stretch->end - first);
	uint64_t ours[PAGE_KINDS], theirs[PAGE_KINDS], readable;
	const uint8_t *pages;

	memmap_lend(decider->map, stretch->at + (first - stretch->first) * size, count, &pages,
		    &readable);
	judge(decider->rules, wanted, pages, count, first, ours);
	judge(others, wanted, pages, count, first, theirs);
	if (reader_faulted(decider->map->memory->reader))
		return;
	sample->pages += (uint64_t)__builtin_popcountll(readable);
	for (unsigned kind = 0; kind < PAGE_KINDS; kind++) {
		uint64_t different = (ours[kind] ^ theirs[kind]) & readable;
		sample->ours[kind] += (uint64_t)__builtin_popcountll(ours[kind] & readable);
		sample->different[kind] += (uint64_t)__builtin_popcountll(different);
	}
}

static void take_sample(struct decider *decider, const struct rules *others, unsigned wanted,
			struct sample *sample)
{
	uint64_t blocks = decider->map->end / BLOCK_PAGES;
	uint64_t step = (blocks / SAMPLE_BLOCKS + 1) * BLOCK_PAGES;
	struct stretch stretch = { 0 };

	for (pfn_t pfn = 0; pfn < decider->map->end; pfn += step) {
		if (pfn >= stretch.end)
			memmap_find(decider->map, pfn, &stretch);
		if (stretch.at)
			sample_block(decider, others, wanted, &stretch, pfn, sample);
	}
}

bool selfcheck_sample(struct decider *decider, const struct facts *itself, struct sample *ret)
{
	struct facts merged = *decider->facts;
	unsigned wanted = decider->wanted;
	struct rules others;

	put_in_place(&merged, itself);
	if (!fact_known(itself, SIZE_PAGE) ||
	    rules_choose(&others, &decider->rules->target, &merged) != OK)
		return false;
	wanted &= ~others.unknown;
	*ret = (struct sample){ 0 };
	if (memcmp(&others, decider->rules, sizeof(others))) /* else they agree on every page */
		take_sample(decider, &others, wanted, ret);
	for (unsigned kind = 0; kind < PAGE_KINDS; kind++)
		if (selfcheck_differs(ret->ours[kind] + ret->different[kind], ret->ours[kind]))
			ret->doubtful |= 1u << kind;
	if (ret->doubtful >> PAGE_CACHE & 1) /* what is not that would pass for private */
		ret->doubtful |= 1u << PAGE_CACHE_PRIVATE;
	return true;
}

/* --- the page array --- */

struct presence {
	struct lists lists; /* first: the zones are seen through it */
	uint64_t start_at, present_at, present;
	bool unreadable;
};

/* Of the pages of a zone that may lie beyond the end of the dump as many do as there is room. */
static void add_zone(struct lists *lists, vaddr_t zone)
{
	struct presence *presence = (struct presence *)lists;
	uint64_t start = 0, spanned = 0, present = 0, limit = lists->decider->map->limit, end;

	if (memory_word(lists->memory, zone + presence->start_at, &start) != OK ||
	    memory_word(lists->memory, zone + lists->spanned, &spanned) != OK ||
	    memory_word(lists->memory, zone + presence->present_at, &present) != OK ||
	    __builtin_add_overflow(start, spanned, &end) || present > spanned) {
		presence->unreadable = true;
		return;
	}
	uint64_t beyond = end > limit ? end - limit : 0;
	presence->present += present > beyond ? present - beyond : 0;
}

bool selfcheck_covered(struct decider *decider, const struct facts *itself, uint64_t *covered,
		       uint64_t *present)
{
	struct decision nowhere = { 0 };
	struct presence presence = { 0 };
	struct stretch stretch = { 0 };
	const struct list_fact needed[] = {
		{ OFFSET_ZONE_START_PFN, &presence.start_at },
		{ OFFSET_ZONE_PRESENT_PAGES, &presence.present_at },
	};

	if (lists_init(&presence.lists, decider, &nowhere, decider->facts) != OK ||
	    lists_need(itself, needed, sizeof(needed) / sizeof(needed[0])) != OK)
		return false;
	lists_zones(&presence.lists, add_zone);
	*covered = 0;
	for (pfn_t pfn = 0; pfn < decider->map->limit; pfn = stretch.end) {
		memmap_find(decider->map, pfn, &stretch);
		*covered += stretch.at ? stretch.end - stretch.first : 0;
	}
	*present = presence.present;
	return !presence.unreadable && !nowhere.doubts.lists;
}
