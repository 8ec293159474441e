/* SPDX-License-Identifier: GPL-2.0-only */
/* split.h - the parts of a split dump as one source: each is a kdump file with all headers and
 * bitmaps, and with descriptors and data for some page frames. What the first of them has not, the
 * others are asked for. Used by kdump.c; everybody else sees source.h only. */
#ifndef INPUT_SPLIT_H
#define INPUT_SPLIT_H

#include "input/kdump.h"

struct split {
	struct source *part; /* all but the first, opened; owned */
	unsigned parts;
};

/* Open source->more_file, whose first part the source is. Its stored.missing and status become
 * those of all. ERR_CORRUPT: they are not parts of one dump, or have the same page frames; errors
 * of source_open(). split_close() in any case. */
err_t split_open(struct source *);
void split_close(struct source *);

/* As kdump_lend() and kdump_pages_in() with data, of the other parts. A part that is not there is a
 * hole. */
err_t split_lend(struct reader *, paddr_t at, const uint8_t **ret, size_t *size);
void split_pages_in(const struct source *, pfn_t first, pfn_t end, uint64_t *words);

#endif
