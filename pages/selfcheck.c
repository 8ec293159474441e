// SPDX-License-Identifier: GPL-2.0-only
/* selfcheck.c - free_area.nr_free, summed up. It is the count of the list beside it, under the same
 * lock, where vm_stat lags behind by what the CPUs have not added yet. */
#include "pages/selfcheck.h"

#include "pages/lists.h"

enum { ORDERS_MOST = 32, PER_CENT = 2 };

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
