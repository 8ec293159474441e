// SPDX-License-Identifier: GPL-2.0-only
/* runs.h - decisions kept as runs of kept pages, in bounded memory.
 * Ranges are added in ascending order; each as pairs (gap, length) of variable-length numbers,
 * about three bytes a run. The first range that does not fit ends the store: it and all behind it
 * must be decided again. */
#ifndef PAGES_RUNS_H
#define PAGES_RUNS_H

#include "base/err.h"
#include "base/types.h"

struct runs {
	uint8_t *bytes; /* owned */
	size_t size, used, read;
	pfn_t written_to, read_to; /* what the next gap counts from */
	bool full;
};

/* `size` bytes at most are ever used. ERR_NOMEM. */
err_t runs_init(struct runs *, size_t size);
void runs_deinit(struct runs *);

/* Forget all runs. */
void runs_clear(struct runs *);

/* Keep the range [first, end) whose bit 0 is `first`. False: it did not fit, nor will any later
 * one. */
bool runs_add(struct runs *, pfn_t first, pfn_t end, const uint64_t *words);

/* Begin to take ranges out again, in the order and with the borders they were added with. */
void runs_rewind(struct runs *);

/* Set the bits of the next range; all clear before. */
void runs_take(struct runs *, pfn_t first, pfn_t end, uint64_t *words);

#endif
