// SPDX-License-Identifier: GPL-2.0-only
/* kdump_odd.c - what no reader of pages asks: does the layout of the file agree with itself? */
#include "base/bytes.h"
#include "diskdump_mod.h"
#include "input/file.h"
#include "input/kdump.h"

enum { PIECE_BYTES = 4096, ENTRIES = 128 };

/* Bits of the 2nd bitmap that the 1st has not, in [at, at + have) of both. */
static void compare(const uint8_t *exists, const uint8_t *kept, uint64_t at, size_t have,
		    pfn_t max_mapnr, struct kdump_oddities *ret)
{
	for (size_t i = 0; i < have; i++) {
		uint8_t stray = kept[i] & (uint8_t)~exists[i];
		pfn_t first = (at + i) * 8;
		for (; stray; stray &= (uint8_t)(stray - 1)) {
			pfn_t pfn = first + (unsigned)__builtin_ctz(stray);
			if (pfn < max_mapnr && !ret->strays++)
				ret->first_stray = pfn;
		}
	}
}

static void find_strays(const struct source *source, struct kdump_oddities *ret)
{
	const struct kdump *kdump = source->kdump;
	uint8_t exists[PIECE_BYTES], kept[PIECE_BYTES];

	for (uint64_t at = 0; at < kdump->bitmap[0].bytes; at += PIECE_BYTES) {
		size_t size = (size_t)min_u64(PIECE_BYTES, kdump->bitmap[0].bytes - at);
		size_t have = file_some(source, kdump->bitmap[0].at + at, exists, size);
		have = (size_t)min_u64(have, file_some(source, kdump->bitmap[1].at + at, kept,
						       size));
		compare(exists, kept, at, have, kdump->max_mapnr, ret);
		if (have < size)
			return;
	}
}

/* Data may lie in any order, but most writers go upwards: there, what begins inside the one before
 * is wrong. Pages of zeros share theirs. */
static bool overlaps(uint64_t at, uint32_t size, uint64_t before, uint64_t before_end)
{
	return size && at > before && at < before_end;
}

static void find_overlaps(const struct source *source, uint64_t entries, struct kdump_oddities *ret)
{
	const struct kdump *kdump = source->kdump;
	uint8_t bytes[ENTRIES * KDUMP_DESCRIPTOR_BYTES];
	uint64_t data_at = kdump->descriptors_at + entries * KDUMP_DESCRIPTOR_BYTES;
	uint64_t before = 0, before_end = 0;

	for (uint64_t number = 0, have; number < entries; number += have) {
		have = file_some(source, kdump->descriptors_at + number * KDUMP_DESCRIPTOR_BYTES,
				 bytes, (size_t)min_u64(ENTRIES, entries - number) *
				 KDUMP_DESCRIPTOR_BYTES) / KDUMP_DESCRIPTOR_BYTES;
		if (!have)
			return;
		for (uint64_t i = 0; i < have; i++) {
			const uint8_t *entry = bytes + i * KDUMP_DESCRIPTOR_BYTES;
			uint64_t at = get_64(source->big_endian, entry + DESCRIPTOR_OFFSET);
			uint32_t size = get_32(source->big_endian, entry + DESCRIPTOR_SIZE);
			if (at && (at < data_at || overlaps(at, size, before, before_end)) &&
			    !ret->overlaps++)
				ret->first_overlap = number + i;
			before = at;
			before_end = at + size;
		}
	}
}

void kdump_find_oddities(const struct source *source, struct kdump_oddities *ret)
{
	const struct kdump *kdump = source->kdump;
	uint64_t end = kdump->ranks.total;
	bool is_set;

	*ret = (struct kdump_oddities){ 0 };
	find_strays(source, ret);
	if (ranks_find(&kdump->ranks, source, NULL, kdump->end, &end, &is_set) == OK)
		find_overlaps(source, end - kdump->rank_start, ret);
}
