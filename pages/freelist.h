// SPDX-License-Identifier: GPL-2.0-only
/* freelist.h - free pages by the buddy allocator's lists, for kernels before 3.8, whose struct
 * pages do not tell (vmcoreinfo has neither page._mapcount nor page.private). */
#ifndef PAGES_FREELIST_H
#define PAGES_FREELIST_H

#include "pages/decide.h"

/* Are the facts there that a walk needs? ERR_NOFACT: one is missing, named in the sentence. */
err_t freelist_check(const struct facts *);

/* Take the pages of every free block off the decision. Walks all lists of all zones, each range
 * anew. A list that is broken is left at that point, and its further pages stay; the walk for the
 * first range (from pfn 0) counts it among the doubts. ERR_NOFACT as freelist_check(). */
err_t freelist_decide(struct decider *, struct decision *);

#endif
