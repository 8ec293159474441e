// SPDX-License-Identifier: GPL-2.0-only
/* filebits.h - a bitmap that lies in the input file, with a bit for each page frame. */
#ifndef INPUT_FILEBITS_H
#define INPUT_FILEBITS_H

#include "input/source.h"

struct file_bits {
	uint64_t at, bytes; /* in the file; what lies behind them is clear */
	bool high_first;    /* the first page frame of a byte is its highest bit, as in sadump */
	const char *what;   /* as messages call it */
};

/* Does something with the set bits of [base, base + 64). */
typedef void file_bits_visit(const struct source *, void *context, pfn_t base, uint64_t bits);

/* Visit the words that have bits set in [first, end), ascending. What cannot be read is clear;
 * returned is how many page frames that are. */
uint64_t file_bits_walk(const struct source *, const struct file_bits *, pfn_t first, pfn_t end,
			file_bits_visit *, void *context);

/* Set the same bits in `words`, whose bit 0 is `first`. */
uint64_t file_bits_fill(const struct source *, const struct file_bits *, pfn_t first, pfn_t end,
			uint64_t *words);

/* Set the bits of [base, base + 64) in a bitmap that begins at `first`; those below are dropped. */
void file_bits_put(uint64_t *words, pfn_t first, pfn_t base, uint64_t bits);

#endif
