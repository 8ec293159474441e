// SPDX-License-Identifier: GPL-2.0-only
/* rules.h - how this kernel marks its pages: chosen once from the facts, then const.
 * Struct page has changed its encoding a dozen times. Which one a dump has is told by which facts
 * it exports; each choice is a table of eras in rules.c with the kernel commit beside it. */
#ifndef PAGES_RULES_H
#define PAGES_RULES_H

#include "base/err.h"
#include "base/types.h"
#include "facts/facts.h"

/* A pattern in the 32 bits of page._mapcount (page_type). mask 0: the kernel has no such mark. */
struct type_mark {
	uint32_t mask, value;
};

struct rules;

/* What the head of a compound page says about the whole. */
struct compound {
	unsigned order;
	bool hugetlb;
};

/* One way of storing that; head and tail are the first two struct pages of it. */
struct compound_era {
	const char *when; /* for people */
	bool (*fits)(const struct facts *);
	void (*read)(const struct rules *, const uint8_t *head, const uint8_t *tail,
		     struct compound *ret);
};

struct rules {
	struct target target;
	unsigned page_size; /* SIZE(page) */

	/* Offsets in struct page; NOT_THERE where the kernel has or tells no such member. */
	unsigned flags_at, mapping_at, mapcount_at, private_at, compound_at;

	/* Bits of page.flags; 0: no such flag. */
	uint64_t lru, swapcache, swapbacked, private, slab, hwpoison, head, buddy;

	/* Marks in page._mapcount. */
	struct type_mark type_buddy, type_slab, type_offline, type_unaccepted, type_hugetlb;

	/* Compound pages. */
	const struct compound_era *compound;
	uint64_t hugetlb_flag;        /* in the first tail's flags */
	unsigned order_at, dtor_at;   /* in the first tail; NOT_THERE: unknown */
	unsigned order_bytes, dtor_bytes;
	uint64_t hugetlb_dtor;        /* what stands at dtor_at for a huge page */

	unsigned free_orders; /* LENGTH(zone.free_area): free blocks are smaller than 2^this; 0:
				 unknown */
	bool free_by_page;            /* a free page can be told by its struct page */
	unsigned unknown;             /* kinds of pages that cannot be told (needs.h), a bit each */
};

enum { NOT_THERE = ~0u };

/* ERR_CORRUPT: an offset lies outside struct page, or a bit number outside a word. */
err_t rules_choose(struct rules *, const struct target *, const struct facts *);

#endif
