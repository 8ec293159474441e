// SPDX-License-Identifier: GPL-2.0-only
/* filebits.c - walk a bitmap of the input file, a piece on the stack at a time. */
#include "input/filebits.h"

#include <string.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "input/file.h"

enum { PIECE_BYTES = 512 };

/* Turn each byte round. */
static uint64_t reverse(uint64_t word)
{
	word = (word & 0x0f0f0f0f0f0f0f0f) << 4 | (word >> 4 & 0x0f0f0f0f0f0f0f0f);
	word = (word & 0x3333333333333333) << 2 | (word >> 2 & 0x3333333333333333);
	return (word & 0x5555555555555555) << 1 | (word >> 1 & 0x5555555555555555);
}

uint64_t file_bits_walk(const struct source *source, const struct file_bits *bitmap, pfn_t first,
			pfn_t end, file_bits_visit *visit, void *context)
{
	uint8_t piece[PIECE_BYTES];
	uint64_t unread = 0;
	size_t have = 0;

	end = min_u64(end, bitmap->bytes * 8);
	for (pfn_t base = first & ~(pfn_t)63, from = base; base < end; base += 64) {
		size_t at = (size_t)((base - from) / 8);
		if (at >= have) {
			from = base;
			at = 0;
			memset(piece, 0, sizeof(piece));
			have = file_some(source, bitmap->at + base / 8, piece,
					 (size_t)min_u64(sizeof(piece), bitmap->bytes - base / 8));
			have = (size_t)round_up(have, 8);
			if (!have) { /* a disk that fails: what is behind it counts */
				unread += 64;
				continue;
			}
		}
		uint64_t bits = get_64(false, piece + at);
		if (bitmap->high_first)
			bits = reverse(bits);
		bits &= bits_mask(first > base ? (unsigned)(first - base) : 0,
				  (unsigned)min_u64(end - base, 64));
		if (bits)
			visit(source, context, base, bits);
	}
	return unread;
}

void file_bits_put(uint64_t *words, pfn_t first, pfn_t base, uint64_t bits)
{
	if (base < first) {
		bits >>= first - base;
		base = first;
	}
	uint64_t at = base - first;
	words[at / 64] |= bits << at % 64;
	if (at % 64 && bits >> (64 - at % 64))
		words[at / 64 + 1] |= bits >> (64 - at % 64);
}

struct filling {
	uint64_t *words;
	pfn_t first;
};

static void fill(const struct source *source, void *context, pfn_t base, uint64_t bits)
{
	struct filling *filling = context;

	(void)source;
	file_bits_put(filling->words, filling->first, base, bits);
}

uint64_t file_bits_fill(const struct source *source, const struct file_bits *bitmap, pfn_t first,
			pfn_t end, uint64_t *words)
{
	struct filling filling = { words, first };

	return file_bits_walk(source, bitmap, first, end, fill, &filling);
}
