// SPDX-License-Identifier: GPL-2.0-only
/* cyclic.h - a dump seen through windows of page frames, one at a time, so that memory stays the
 * same however large the machine. Wide gaps of the memory (input/extents.h) lie in no window.
 * Order of calls: cycle_create, cycle_exists, cycle_decide, then cycle_window as often as wanted,
 * best in ascending order; cycle_destroy. The decisions are the same for every window size. */
#ifndef CYCLIC_H
#define CYCLIC_H

#include "makedumpfile.h"
#include "pages/runs.h"

/* The window at hand. */
struct cycle {
	pfn_t first, end; /* its page frames; 0, 0: none yet */
	pfn_t behind;     /* where the one before ended; in [behind, first) there is no memory */
	uint64_t *words;  /* its bitmap, bit 0 being `first`; owned by the cycle */
	uint64_t with_data; /* pages that have bytes in the dump; after cycle_decide() */
	uint64_t pages;   /* kept pages in all; after cycle_decide() */

	/* Private. */
	struct dump *dump;
	struct tally *tally;
	pfn_t window; /* page frames in a window */
	struct runs runs;
	struct carry carry;       /* of the walk that is going on */
	pfn_t again_from;         /* the runs hold all decisions below */
	struct carry carry_there; /* the carry at again_from */
	struct reader *reader;    /* for finding zero pages; owned */
};

/* What somebody does with each window of a walk. */
typedef err_t window_visit(void *argument, const struct cycle *);

/* Choose the window and get memory. ERR_NOMEM. After a failure there is nothing to destroy. */
err_t cycle_create(struct cycle *, struct dump *, struct tally *);
void cycle_destroy(struct cycle *);

/* Walk all windows with the pages that exist, and count them. */
err_t cycle_exists(struct cycle *, window_visit *, void *argument);

/* Decide and count every page, keep what was decided as runs, and walk all windows with the pages
 * that stay. */
err_t cycle_decide(struct cycle *, window_visit *, void *argument);

/* No window is at hand any more, with whatever was changed in it. */
void cycle_rewind(struct cycle *);

/* Make the window that holds `pfn` (below max_mapnr) the one at hand, with the pages that stay:
 * from the runs, or decided again where their store was full. Where `pfn` lies in a gap it is the
 * first one behind, or an empty one at the end of all. */
err_t cycle_window(struct cycle *, pfn_t pfn);

#endif
