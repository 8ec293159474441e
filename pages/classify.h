// SPDX-License-Identifier: GPL-2.0-only
/* classify.h - the rule book: which kind each of 64 pages is. Pure; no input, no output. */
#ifndef PAGES_CLASSIFY_H
#define PAGES_CLASSIFY_H

#include "pages/lanes.h"
#include "pages/page.h"

/* Which kinds a dump level leaves out: bit k for enum page_kind k. Hwpoison and offline always. */
unsigned kinds_of_level(unsigned level);

/* For each kind in `wanted`, the pages of that kind. No page is in two of them, and tails are in
 * none: they go or stay with their head. */
void classify(const struct lanes *, unsigned wanted, uint64_t kind[PAGE_KINDS]);

#endif
