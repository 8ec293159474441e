// SPDX-License-Identifier: GPL-2.0-only
/* frames.h - a set of page frames, in memory of fixed size, whatever is put into it. */
#ifndef KERNEL_FRAMES_H
#define KERNEL_FRAMES_H

#include "base/types.h"

enum { FRAMES_RANGES = 8192 };

/* Page frames [first, end). */
struct frames_range {
	pfn_t first, end;
};

/* Begins as zeros: nothing is in it. */
struct frames {
	struct frames_range range[FRAMES_RANGES]; /* by first; they neither overlap nor touch */
	unsigned ranges;
};

/* Put [first, end) into it. What would need one more range than there is room for is left out. */
void frames_add(struct frames *, pfn_t first, pfn_t end);

bool frames_have(const struct frames *, pfn_t);

#endif
