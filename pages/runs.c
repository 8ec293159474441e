// SPDX-License-Identifier: GPL-2.0-only
/* runs.c - seven bits a byte, the last one without the top bit. */
#include "pages/runs.h"

#include <stdlib.h>

#include "base/bits.h"

err_t runs_init(struct runs *runs, size_t size)
{
	*runs = (struct runs){ .bytes = malloc(size), .size = size };
	return runs->bytes ? OK : fail(ERR_NOMEM, "no memory for %zu bytes of decisions", size);
}

void runs_deinit(struct runs *runs)
{
	free(runs->bytes);
	runs->bytes = NULL;
}

static bool put(struct runs *runs, uint64_t value)
{
	do {
		if (runs->used == runs->size)
			return false;
		runs->bytes[runs->used++] = (uint8_t)(value >> 7 ? value | 0x80 : value);
		value >>= 7;
	} while (value);
	return true;
}

static uint64_t get(struct runs *runs)
{
	uint64_t value = 0;
	uint8_t byte;

	for (unsigned shift = 0; runs->read < runs->used; shift += 7) {
		byte = runs->bytes[runs->read++];
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			break;
	}
	return value;
}

bool runs_add(struct runs *runs, pfn_t first, pfn_t end, const uint64_t *words)
{
	size_t used = runs->used;
	pfn_t written_to = runs->written_to;
	uint64_t size = end - first;

	for (uint64_t at = 0; !runs->full && at < size;) {
		uint64_t from = bits_next(words, at, size, true);
		if (from == size)
			break;
		at = bits_next(words, from, size, false);
		runs->full = !put(runs, first + from - runs->written_to) || !put(runs, at - from);
		runs->written_to = first + at;
	}
	if (runs->full) {
		runs->used = used;
		runs->written_to = written_to;
	}
	return !runs->full;
}

void runs_clear(struct runs *runs)
{
	*runs = (struct runs){ .bytes = runs->bytes, .size = runs->size };
}

void runs_rewind(struct runs *runs)
{
	runs->read = 0;
	runs->read_to = 0;
}

void runs_take(struct runs *runs, pfn_t first, pfn_t end, uint64_t *words)
{
	while (runs->read < runs->used) {
		size_t read = runs->read;
		pfn_t from = runs->read_to + get(runs);
		if (from >= end) {
			runs->read = read; /* of a later range */
			return;
		}
		runs->read_to = from + get(runs);
		bits_set(words, from - first, runs->read_to - first);
	}
}
