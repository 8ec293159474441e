// SPDX-License-Identifier: GPL-2.0-only
/* bits.c - ranges of a bitmap, a word at a time. */
#include "base/bits.h"

#include "base/bytes.h"

/* The part of word `word` that lies in [first, end). */
static uint64_t mask_in_word(uint64_t word, uint64_t first, uint64_t end)
{
	uint64_t base = word * 64;

	return bits_mask(first > base ? (unsigned)(first - base) : 0,
			 end - base > 64 ? 64 : (unsigned)(end - base));
}

void bits_set(uint64_t *words, uint64_t first, uint64_t end)
{
	for (uint64_t word = first / 64; first < end && word <= (end - 1) / 64; word++)
		words[word] |= mask_in_word(word, first, end);
}

uint64_t bits_clear(uint64_t *words, uint64_t first, uint64_t end)
{
	uint64_t cleared = 0;

	for (uint64_t word = first / 64; first < end && word <= (end - 1) / 64; word++) {
		uint64_t mask = mask_in_word(word, first, end);

		cleared += (uint64_t)__builtin_popcountll(words[word] & mask);
		words[word] &= ~mask;
	}
	return cleared;
}

uint64_t bits_count(const uint64_t *words, uint64_t first, uint64_t end)
{
	uint64_t set = 0;

	for (uint64_t word = first / 64; first < end && word <= (end - 1) / 64; word++)
		set += (uint64_t)__builtin_popcountll(words[word] & mask_in_word(word, first, end));
	return set;
}

uint64_t bits_next(const uint64_t *words, uint64_t first, uint64_t end, bool wanted)
{
	for (uint64_t word = first / 64; first < end && word <= (end - 1) / 64; word++) {
		uint64_t hits = wanted ? words[word] : ~words[word];

		hits &= mask_in_word(word, first, end);
		if (hits)
			return word * 64 + (uint64_t)__builtin_ctzll(hits);
	}
	return end;
}

void bits_store(const uint64_t *words, uint64_t count, uint8_t *bytes)
{
	for (uint64_t word = 0; word < count; word++)
		put_64(false, bytes + word * 8, words[word]);
}
