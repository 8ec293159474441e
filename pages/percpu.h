// SPDX-License-Identifier: GPL-2.0-only
/* percpu.h - free pages that wait on lists of single CPUs, to be used again soon. Their struct
 * pages do not tell, and vmcoreinfo does not say where the lists are; the kernel's own types do.
 * Level 16 does not mean them, as it never has: an option of its own does. */
#ifndef PAGES_PERCPU_H
#define PAGES_PERCPU_H

#include "pages/decide.h"

/* Are the facts there that a walk needs? ERR_NOFACT: one is missing, named in the sentence. */
err_t percpu_check(const struct facts *);

/* Take the pages on the lists off the decision, as free ones; decision->percpu says how many. Walks
 * all lists of all zones and CPUs, each range anew. Where the lists of a CPU are broken, or hold
 * another number of pages than it counts, all its pages stay; the walk for the first range counts
 * that among the doubts. ERR_NOFACT as percpu_check(). */
err_t percpu_decide(struct decider *, struct decision *);

#endif
