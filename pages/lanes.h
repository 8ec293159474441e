// SPDX-License-Identifier: GPL-2.0-only
/* lanes.h - 64 struct pages as one word per question: bit i is the answer for the i-th page.
 * Pure data: a test fills them by hand. */
#ifndef PAGES_LANES_H
#define PAGES_LANES_H

#include "pages/rules.h"

enum { LANE_PAGES = 64 };

struct lanes {
	uint64_t tail;  /* not the first page of a compound page */
	uint64_t head;  /* the first one */
	uint64_t buddy, unaccepted, lru, swapcache, swapbacked, private, anon, slab, poison,
	    offline;
	uint64_t hugetlb; /* heads only; filled in by lanes_compounds() */
};

/* Ask `count` struct pages (1..64) that stand one behind the other. Bits from count on are 0. */
void lanes_read(const struct rules *, const uint8_t *pages, unsigned count, struct lanes *ret);

/* Fill lanes->hugetlb, and order[i] for each head i. A head that contradicts itself (order beyond
 * any machine, or not aligned to its own size, or its second page missing) gets order 0. */
void lanes_compounds(const struct rules *, const uint8_t *pages, unsigned count, pfn_t first,
		     struct lanes *, uint8_t order[LANE_PAGES]);

/* The order of the free block whose first page is the i-th; ORDER_ABSURD when it cannot be one. */
enum { ORDER_ABSURD = 255 };
unsigned lanes_free_order(const struct rules *, const uint8_t *pages, unsigned i);

#endif
