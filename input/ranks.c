// SPDX-License-Identifier: GPL-2.0-only
/* ranks.c - one pass over the bitmap when the file is opened, then short counts. */
#include "input/ranks.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/scope.h"
#include "input/file.h"
#include "input/window.h"

enum {
	RANKS_MOST = 1 << 17,  /* counts: 1 MiB of memory, however large the bitmap is */
	STRIDE_SHIFT = 12,     /* at least so far apart: enough for 2 TiB of 4 KiB pages */
	READ_BYTES = 64 << 10, /* at once, while counting all */
	PIECE_BYTES = 512,     /* at once, on the stack */
};

uint64_t bytes_count(const uint8_t *bytes, size_t size)
{
	uint64_t set = 0;
	size_t at = 0;

	for (; size - at >= 8; at += 8)
		set += (uint64_t)__builtin_popcountll(get_64(false, bytes + at));
	for (; at < size; at++)
		set += (uint64_t)__builtin_popcount(bytes[at]);
	return set;
}

/* Add a piece of the bitmap, which begins at byte `from`, noting the count at each stride. */
static void count_piece(struct ranks *ranks, uint64_t from, const uint8_t *bytes, size_t size)
{
	uint64_t stride = UINT64_C(1) << (ranks->shift - 3);

	for (size_t done = 0; done < size;) {
		uint64_t at = from + done;
		if (at % stride == 0)
			ranks->before[at / stride] = ranks->total;
		size_t part = (size_t)min_u64(size - done, stride - at % stride);
		ranks->total += bytes_count(bytes + done, part);
		done += part;
	}
}

static err_t count_all(struct ranks *ranks, const struct source *source)
{
	FREE_AT_END uint8_t *bytes = malloc(READ_BYTES);
	uint64_t all = ranks->bitmap.bytes;

	if (!bytes)
		return fail(ERR_NOMEM, "%s: no memory for reading", source->name);
	for (uint64_t at = 0; at < all; at += READ_BYTES) {
		size_t size = (size_t)min_u64(READ_BYTES, all - at);
		TRY(file_read(source, ranks->bitmap.at + at, bytes, size, ranks->bitmap.what));
		count_piece(ranks, at, bytes, size);
	}
	return OK;
}

err_t ranks_init(struct ranks *ranks, const struct source *source, const struct file_bits *bitmap)
{
	uint64_t bits = bitmap->bytes * 8;

	*ranks = (struct ranks){ .bitmap = *bitmap, .shift = STRIDE_SHIFT };
	while (bits >> ranks->shift >= RANKS_MOST)
		ranks->shift++;
	ranks->before = calloc((size_t)(bits >> ranks->shift) + 1, sizeof(*ranks->before));
	if (!ranks->before)
		return fail(ERR_NOMEM, "%s: no memory for the index of the %s", source->name,
			    bitmap->what);
	err_t result = count_all(ranks, source);
	if (result != OK)
		ranks_deinit(ranks);
	return result;
}

void ranks_deinit(struct ranks *ranks)
{
	free(ranks->before);
	ranks->before = NULL;
}

/* Some bytes of the bitmap, at most *size: lent by the reader, or read into `piece`. */
static err_t fetch(const struct ranks *ranks, const struct source *source, struct reader *reader,
		   uint64_t at, uint8_t *piece, const uint8_t **ret, size_t *size)
{
	if (reader)
		return window_lend(reader, ranks->bitmap.at + at, ret, size);
	*size = (size_t)min_u64(*size, PIECE_BYTES);
	*ret = piece;
	return file_read(source, ranks->bitmap.at + at, piece, *size, ranks->bitmap.what);
}

err_t ranks_find(const struct ranks *ranks, const struct source *source, struct reader *reader,
		 uint64_t bit, uint64_t *ret, bool *is_set)
{
	uint8_t piece[PIECE_BYTES];
	uint64_t at = bit >> ranks->shift << (ranks->shift - 3), end = bit / 8;
	const uint8_t *bytes;

	*is_set = false;
	*ret = ranks->total;
	if (bit >= ranks->bitmap.bytes * 8)
		return OK;
	uint64_t rank = ranks->before[bit >> ranks->shift];
	while (at < end) {
		size_t size = (size_t)min_u64(end - at, SIZE_MAX);
		TRY(fetch(ranks, source, reader, at, piece, &bytes, &size));
		rank += bytes_count(bytes, size);
		at += size;
	}
	size_t one = 1;
	TRY(fetch(ranks, source, reader, end, piece, &bytes, &one));
	unsigned place = bit % 8, before = *bytes & ((1u << place) - 1);
	if (ranks->bitmap.high_first) {
		place = 7 - place;
		before = *bytes >> (place + 1);
	}
	*ret = rank + (uint64_t)__builtin_popcount(before);
	*is_set = *bytes >> place & 1;
	return OK;
}
