// SPDX-License-Identifier: GPL-2.0-only
/* release.c - a table of what held from one release to another. */
#include "facts/release.h"

static const char who[] = "the release";

/* Marks of page types while they were macros of include/linux/page-flags.h: from 6e292b9be7f4
 * (4.18) to ff202303c398 (6.11). */
static const struct {
	uint32_t since;
	enum fact_id id;
	uint32_t cleared;
} page_types[] = {
	{ KERNEL_VERSION(4, 18, 0), NUMBER_PAGE_BUDDY,   0x80 },
	{ KERNEL_VERSION(5, 0, 0),  NUMBER_PAGE_OFFLINE, 0x100 },
	{ KERNEL_VERSION(6, 9, 0),  NUMBER_PAGE_HUGETLB, 0x800 },
	{ KERNEL_VERSION(6, 10, 0), NUMBER_PAGE_SLAB,    0x1000 },
};

static void complete_types(struct facts *facts, uint32_t version)
{
	if (version >= KERNEL_VERSION(6, 11, 0))
		return;
	for (size_t i = 0; i < sizeof(page_types) / sizeof(page_types[0]); i++)
		if (!fact_known(facts, page_types[i].id) && version >= page_types[i].since)
			fact_set(facts, page_types[i].id, ~(uint64_t)page_types[i].cleared, who);
}

/* The word that tells tails shares its place with the first word of lru, since there is one (4.4,
 * 1d798ca3f164). The releases to which this is known to hold. */
static void complete_tails(struct facts *facts, uint32_t version)
{
	if (fact_known(facts, OFFSET_PAGE_COMPOUND_HEAD) || !fact_known(facts, OFFSET_PAGE_LRU) ||
	    version < KERNEL_VERSION(4, 4, 0) || version >= KERNEL_VERSION(7, 3, 0))
		return;
	fact_set(facts, OFFSET_PAGE_COMPOUND_HEAD, facts->value[OFFSET_PAGE_LRU], who);
}

/* 4.4 has destructor and order behind that word and exports neither; 4.5 does. They
 * are half of a word each. The destructor of huge pages is the third of an enum (f1e61557f023). */
static void complete_order(struct facts *facts, uint32_t version)
{
	enum { HUGETLB_PAGE_DTOR = 2 };
	bool known = fact_known(facts, OFFSET_PAGE_COMPOUND_ORDER) ||
		     fact_known(facts, OFFSET_PAGE_COMPOUND_DTOR);
	uint64_t word = fact_or(facts, OFFSET_LIST_HEAD_PREV, 0);

	if (known || !word || !fact_known(facts, OFFSET_PAGE_COMPOUND_HEAD) ||
	    version < KERNEL_VERSION(4, 4, 0) || version >= KERNEL_VERSION(4, 5, 0))
		return;
	uint64_t behind = facts->value[OFFSET_PAGE_COMPOUND_HEAD] + word;
	fact_set(facts, OFFSET_PAGE_COMPOUND_DTOR, behind, who);
	fact_set(facts, OFFSET_PAGE_COMPOUND_ORDER, behind + word / 2, who);
	if (!fact_known(facts, NUMBER_HUGETLB_PAGE_DTOR))
		fact_set(facts, NUMBER_HUGETLB_PAGE_DTOR, HUGETLB_PAGE_DTOR, who);
}

void release_complete(struct facts *facts)
{
	uint32_t version = facts_version(facts);

	if (!version)
		return;
	complete_types(facts, version);
	complete_tails(facts, version);
	complete_order(facts, version);
}
