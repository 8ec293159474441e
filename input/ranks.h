// SPDX-License-Identifier: GPL-2.0-only
/* ranks.h - which descriptor belongs to a page: as many as there are bits set before its own in a
 * bitmap of the input file. The counts up to every so many bits are kept in memory of bounded size;
 * the rest is counted in the file. */
#ifndef INPUT_RANKS_H
#define INPUT_RANKS_H

#include "input/filebits.h"

struct ranks {
	struct file_bits bitmap; /* of a multiple of 8 bytes */
	unsigned shift;    /* a count for each 1 << shift bits */
	uint64_t *before;  /* bits set before each of these; owned */
	uint64_t total;    /* bits set in all */
};

/* Count a bitmap once, from one end to the other. ERR_CORRUPT: the file ends before it does. */
err_t ranks_init(struct ranks *, const struct source *, const struct file_bits *);
void ranks_deinit(struct ranks *);

/* Bits set before position `bit`, at most all, and whether its own is (false at the end). With a
 * reader through its windows, without one straight from the file. */
err_t ranks_find(const struct ranks *, const struct source *, struct reader *, uint64_t bit,
		 uint64_t *ret, bool *is_set);

/* How many bits of these bytes are set. */
uint64_t bytes_count(const uint8_t *bytes, size_t size);

#endif
