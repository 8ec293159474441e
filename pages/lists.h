// SPDX-License-Identifier: GPL-2.0-only
/* lists.h - zones, and lists of free blocks in them: what the buddy allocator's lists (freelist.c)
 * and those of each CPU (percpu.c) have in common. */
#ifndef PAGES_LISTS_H
#define PAGES_LISTS_H

#include "pages/decide.h"

/* A walk through all zones, with what it needs looked up once. */
struct lists {
	struct decider *decider;
	struct decision *decision;
	struct memory *memory;
	struct stretch last; /* where the last struct page was found */
	uint64_t node_zones, nr_zones, zone_size, spanned, next, prev, lru;
};

/* A fact that a walk needs, and where its value goes. */
struct list_fact {
	enum fact_id id;
	uint64_t *slot;
};

/* Look up facts. ERR_NOFACT: one is missing, named in the sentence. */
err_t lists_need(const struct facts *, const struct list_fact *, size_t count);

/* Look up what every walk needs. As lists_need(). */
err_t lists_init(struct lists *, struct decider *, struct decision *, const struct facts *);

/* Show all zones that have memory; a node or zone that cannot be read is a doubt. */
typedef void zone_visit(struct lists *, vaddr_t zone);
void lists_zones(struct lists *, zone_visit *);

/* Something is wrong with a list. Every range walks the same ones, so only the first counts. */
void lists_doubt(struct lists *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Show the blocks of one list, each 2^order pages. False: it is broken behind the entry *behind. */
typedef void block_visit(struct lists *, pfn_t first, unsigned order);
bool lists_follow(struct lists *, vaddr_t head, unsigned order, block_visit *, vaddr_t *behind);

/* Take a block off the decision, as far as it lies in its range. Returns how many pages that is. */
uint64_t lists_exclude(struct lists *, pfn_t first, unsigned order);

#endif
