// SPDX-License-Identifier: GPL-2.0-only
/* freelist.c - orders, migrate types, lists. */
#include "pages/freelist.h"

#include "pages/lists.h"

enum { TYPES_MOST = 64, ORDERS_MOST = 32 };

/* What a walk needs, looked up once. */
struct walk {
	struct lists lists; /* first: the zones are seen through it */
	uint64_t free_area, area_size, free_list, list_size, orders, types;
};

static err_t prepare(struct walk *walk, struct decider *decider, struct decision *decision,
		     const struct facts *facts)
{
	const struct list_fact needed[] = {
		{ OFFSET_ZONE_FREE_AREA, &walk->free_area },
		{ SIZE_FREE_AREA, &walk->area_size },
		{ OFFSET_FREE_AREA_FREE_LIST, &walk->free_list },
		{ SIZE_LIST_HEAD, &walk->list_size },
		{ LENGTH_ZONE_FREE_AREA, &walk->orders },
	};

	TRY(lists_init(&walk->lists, decider, decision, facts));
	TRY(lists_need(facts, needed, sizeof(needed) / sizeof(needed[0])));
	walk->types = min_u64(fact_or(facts, LENGTH_FREE_AREA_FREE_LIST, 1), TYPES_MOST);
	walk->orders = min_u64(walk->orders, ORDERS_MOST);
	return OK;
}

err_t freelist_check(const struct facts *facts)
{
	struct walk walk = { 0 };

	return prepare(&walk, NULL, NULL, facts);
}

static void exclude(struct lists *lists, pfn_t first, unsigned order)
{
	lists->decision->excluded[PAGE_FREE] += lists_exclude(lists, first, order);
}

static void walk_zone(struct lists *lists, vaddr_t zone)
{
	const struct walk *walk = (const struct walk *)lists;
	vaddr_t behind;

	for (unsigned order = 0; order < walk->orders; order++)
		for (uint64_t type = 0; type < walk->types; type++) {
			vaddr_t head = zone + walk->free_area + order * walk->area_size +
				       walk->free_list + type * walk->list_size;
			if (!lists_follow(lists, head, order, exclude, &behind))
				lists_doubt(lists, "of order %u at %#" PRIx64 ", behind the "
					    "entry at %#" PRIx64, order, head, behind);
		}
}

err_t freelist_decide(struct decider *decider, struct decision *decision)
{
	struct walk walk = { 0 };

	TRY(prepare(&walk, decider, decision, decider->facts));
	lists_zones(&walk.lists, walk_zone);
	return OK;
}
