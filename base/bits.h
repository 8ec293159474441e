// SPDX-License-Identifier: GPL-2.0-only
/* bits.h - a bitmap as the kdump file stores it: bit p is byte[p / 8] & 1 << p % 8.
 * In memory it is kept as 64-bit words whose bytes are in that order once bits_store() put them so;
 * positions and ranges are 64 bit, ranges half open. The caller owns the words and knows their
 * number. */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include "base/types.h"

/* Words that `bits` bits need. */
static inline uint64_t bits_words(uint64_t bits)
{
	return bits / 64 + (bits % 64 != 0);
}

/* Bits [first, end) of one word, 0 <= first <= end <= 64. */
static inline uint64_t bits_mask(unsigned first, unsigned end)
{
	uint64_t below_end = end >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << end) - 1;

	return first >= 64 ? 0 : below_end & ~((UINT64_C(1) << first) - 1);
}

static inline bool bits_test(const uint64_t *words, uint64_t at)
{
	return words[at / 64] >> at % 64 & 1;
}

void bits_set(uint64_t *words, uint64_t first, uint64_t end);

/* Clear a range; returns how many of its bits had been set. */
uint64_t bits_clear(uint64_t *words, uint64_t first, uint64_t end);

/* How many bits of a range are set. */
uint64_t bits_count(const uint64_t *words, uint64_t first, uint64_t end);

/* First position in [first, end) whose bit is `wanted`; `end` when there is none. */
uint64_t bits_next(const uint64_t *words, uint64_t first, uint64_t end, bool wanted);

/* The words as bytes of the file format, in place or elsewhere; `bytes` holds 8 * words. */
void bits_store(const uint64_t *words, uint64_t count, uint8_t *bytes);

#endif
