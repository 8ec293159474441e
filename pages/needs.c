// SPDX-License-Identifier: GPL-2.0-only
/* needs.c - each need is met by what one era of kernels or another has. */
#include "pages/needs.h"

#include "pages/freelist.h"

enum {
	CACHE = 1u << PAGE_CACHE | 1u << PAGE_CACHE_PRIVATE,
	USER = 1u << PAGE_USER,
	FREE = 1u << PAGE_FREE,
	OFFLINE = 1u << PAGE_OFFLINE,
	HWPOISON = 1u << PAGE_HWPOISON,
	ALL = CACHE | USER | FREE | OFFLINE | HWPOISON,
};

/* False for a kernel of which no release is known, too. */
static bool before(const struct facts *facts, uint32_t version)
{
	uint32_t is = facts_version(facts);

	return is && is < version;
}

/* Until 4.9 the usual bits are known without being told (flag_eras in rules.c). */
static bool bit_known(const struct facts *facts, enum fact_id id)
{
	return fact_known(facts, id) || before(facts, KERNEL_VERSION(4, 10, 0));
}

static bool flags_met(const struct facts *facts)
{
	return fact_known(facts, OFFSET_PAGE_FLAGS);
}

static bool mapping_met(const struct facts *facts)
{
	return fact_known(facts, OFFSET_PAGE_MAPPING);
}

static bool lru_met(const struct facts *facts)
{
	return bit_known(facts, NUMBER_PG_LRU);
}

static bool private_met(const struct facts *facts)
{
	return bit_known(facts, NUMBER_PG_PRIVATE);
}

/* Where the bit is shared, it means something only with swapbacked (6326fec1122c, 4.10). */
static bool swapcache_met(const struct facts *facts)
{
	if (fact_known(facts, NUMBER_PG_SWAPBACKED))
		return fact_known(facts, NUMBER_PG_SWAPCACHE);
	return before(facts, KERNEL_VERSION(6, 6, 0)) && bit_known(facts, NUMBER_PG_SWAPCACHE) &&
	       bit_known(facts, NUMBER_PG_PRIVATE);
}

/* A slab's page.mapping is something else, and may be odd as that of anonymous memory is. */
static bool slab_met(const struct facts *facts)
{
	if (fact_known(facts, NUMBER_PAGE_SLAB))
		return fact_known(facts, OFFSET_PAGE_MAPCOUNT);
	return bit_known(facts, NUMBER_PG_SLAB);
}

/* So may the first tail's, since 4.4 (1d798ca3f164). Before, the heads covered them. */
static bool tail_met(const struct facts *facts)
{
	return fact_known(facts, OFFSET_PAGE_COMPOUND_HEAD) ||
	       before(facts, KERNEL_VERSION(4, 4, 0));
}

static bool free_met(const struct facts *facts)
{
	bool marked = fact_known(facts, NUMBER_PG_BUDDY) ||
		      ((fact_known(facts, NUMBER_PAGE_BUDDY) ||
			before(facts, KERNEL_VERSION(4, 18, 0))) &&
		       fact_known(facts, OFFSET_PAGE_MAPCOUNT));

	return (marked && fact_known(facts, OFFSET_PAGE_PRIVATE)) || freelist_check(facts) == OK;
}

/* Where in a struct page, or in which, the order of a compound page stands. */
static bool order_met(const struct facts *facts)
{
	bool head = fact_known(facts, NUMBER_PG_HEAD_MASK) ||
		    before(facts, KERNEL_VERSION(4, 10, 0));

	if (!before(facts, KERNEL_VERSION(6, 6, 0)) && facts_version(facts))
		return head; /* 9c5ccf2db04b: in flags */
	return head && (fact_known(facts, OFFSET_FOLIO_ORDER) ||
			fact_known(facts, OFFSET_PAGE_COMPOUND_ORDER) ||
			before(facts, KERNEL_VERSION(4, 4, 0)));
}

/* Huge pages of hugetlbfs by one of the four marks they had. */
static bool hugetlb_met(const struct facts *facts)
{
	if (fact_known(facts, NUMBER_PAGE_HUGETLB))
		return fact_known(facts, OFFSET_PAGE_MAPCOUNT);
	if (fact_known(facts, NUMBER_PG_HUGETLB) || before(facts, KERNEL_VERSION(4, 5, 0)))
		return true;
	return fact_known(facts, NUMBER_HUGETLB_PAGE_DTOR) &&
	       (fact_known(facts, OFFSET_FOLIO_DTOR) ||
		fact_known(facts, OFFSET_PAGE_COMPOUND_DTOR));
}

/* Since 5.0 (ca215086b14b). */
static bool offline_met(const struct facts *facts)
{
	return before(facts, KERNEL_VERSION(5, 0, 0)) ||
	       (fact_known(facts, NUMBER_PAGE_OFFLINE) && fact_known(facts, OFFSET_PAGE_MAPCOUNT));
}

static const struct need needs[] = {
	{ "all pages", ALL, true, "OFFSET(page.flags)", flags_met },
	{ "cache and user pages", CACHE | USER, true, "OFFSET(page.mapping)", mapping_met },
	{ "cache pages", CACHE, true, "NUMBER(PG_lru)", lru_met },
	{ "cache pages that may be private", 1u << PAGE_CACHE, false, "NUMBER(PG_private)",
	  private_met },
	{ "pages of the swap cache that are on no list", CACHE, false,
	  "NUMBER(PG_swapcache) and NUMBER(PG_swapbacked)", swapcache_met },
	{ "user pages", USER, true, "NUMBER(PG_slab) or NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)",
	  slab_met },
	{ "user pages", USER, true, "OFFSET(page.compound_head)", tail_met },
	{ "free pages", FREE, true, "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE) and OFFSET(page.private)",
	  free_met },
	{ "cache and user pages behind the first of each compound page", CACHE | USER, false,
	  "NUMBER(PG_head_mask) and the order of a compound page", order_met },
	{ "huge pages", USER, false, "NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE), or an older mark",
	  hugetlb_met },
	{ "offline pages", OFFLINE, false, "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", offline_met },
};

const struct need *needs_unmet(const struct facts *facts, unsigned kinds, const struct need *behind)
{
	const struct need *end = needs + sizeof(needs) / sizeof(needs[0]);

	for (const struct need *need = behind ? behind + 1 : needs; need < end; need++)
		if (need->kinds & kinds && !need->met(facts))
			return need;
	return NULL;
}

unsigned needs_unknown(const struct facts *facts)
{
	unsigned unknown = 0;

	for (const struct need *need = needs_unmet(facts, ALL, NULL); need;
	     need = needs_unmet(facts, ALL, need))
		unknown |= need->all ? need->kinds : 0;
	return unknown;
}
