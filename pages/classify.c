// SPDX-License-Identifier: GPL-2.0-only
/* classify.c - the heart. Order matters: what an earlier rung took is gone for the later ones, and
 * a rung that is not wanted takes nothing. */
#include "pages/classify.h"

#include <string.h>

unsigned kinds_of_level(unsigned level)
{
	unsigned kinds = 1u << PAGE_HWPOISON | 1u << PAGE_OFFLINE;

	if (level & (LEVEL_CACHE | LEVEL_CACHE_PRIVATE))
		kinds |= 1u << PAGE_CACHE;
	if (level & LEVEL_CACHE_PRIVATE)
		kinds |= 1u << PAGE_CACHE_PRIVATE;
	if (level & LEVEL_USER)
		kinds |= 1u << PAGE_USER;
	if (level & LEVEL_FREE)
		kinds |= 1u << PAGE_FREE;
	return kinds;
}

/* What is left to be classified, and where the answers go. */
struct ladder {
	uint64_t left;
	unsigned wanted;
	uint64_t *kind;
};

static void take(struct ladder *ladder, enum page_kind kind, uint64_t pages)
{
	if (!(ladder->wanted >> kind & 1))
		return;
	ladder->kind[kind] |= pages & ladder->left;
	ladder->left &= ~pages;
}

void classify(const struct lanes *l, unsigned wanted, uint64_t kind[PAGE_KINDS])
{
	struct ladder ladder = { .left = ~l->tail, .wanted = wanted, .kind = kind };
	/* Bit 0 of page.mapping means anonymous (or KSM), but slabs keep other things there. */
	uint64_t anon = l->anon & ~l->slab;
	uint64_t cache = (l->lru | (l->swapcache & l->swapbacked)) & ~anon;

	memset(kind, 0, PAGE_KINDS * sizeof(*kind));
	take(&ladder, PAGE_FREE, (l->buddy & ~l->slab) | l->unaccepted);
	take(&ladder, PAGE_CACHE, cache & ~l->private);
	take(&ladder, PAGE_CACHE_PRIVATE, cache);
	take(&ladder, PAGE_USER, anon | l->hugetlb);
	take(&ladder, PAGE_HWPOISON, l->poison);
	take(&ladder, PAGE_OFFLINE, l->offline & ~l->slab);
}
