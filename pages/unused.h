// SPDX-License-Identifier: GPL-2.0-only
/* unused.h - pages of the page array whose struct pages all describe pages that are not in the dump
 * (-e). With 64-byte struct pages on 4 KiB pages a page of the array describes 64 pages, so that a
 * terabyte left out takes 16 GiB of array with it. */
#ifndef PAGES_UNUSED_H
#define PAGES_UNUSED_H

#include "kernel/memmap.h"

/* Which page frames those are. All three bitmaps begin at pfn 0 and reach to `end`.
 * exists: the 1st bitmap; kept: the decision so far; unused: all clear, gets the page frames to be
 * left out as well. A page frame that any struct page still needed lies in is not among them, even
 * if the array maps it at other places, too (HugeTLB vmemmap optimization does).
 * ERR_NOFACT: nothing is known of the page array. */
err_t unused_find(struct memmap *, const uint64_t *exists, const uint64_t *kept, pfn_t end,
		  uint64_t *unused);

#endif
