// SPDX-License-Identifier: GPL-2.0-only
/* sadump_pages.c - the pages of a dump by firmware: which there are, and their bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "base/scope.h"
#include "input/extents.h"
#include "input/file.h"
#include "input/sadump.h"
#include "input/window.h"

enum {
	PIECES_MOST = 1 << 16, /* of RAM: a machine has some dozens */
	PIECES_FIRST = 64,
	WORDS = 64,            /* of a bitmap, at once on the stack */
	LEVEL_ZERO = 1,
};

/* --- which pages there are --- */

/* RAM [first, end) goes on, or begins. */
static err_t add_ram(struct source *source, size_t *room, pfn_t first, pfn_t end)
{
	struct segment *last = source->segments ? &source->segment[source->segments - 1] : NULL;
	paddr_t start = first * SADUMP_BLOCK;
	uint64_t bytes = (end - first) * SADUMP_BLOCK;

	if (last && last->start + last->memory_bytes == start) {
		last->memory_bytes += bytes;
		last->file_bytes += bytes;
		return OK;
	}
	if (source->segments == PIECES_MOST)
		return fail(ERR_UNSUPPORTED, "%s: RAM bitmap: more than %d pieces of memory",
			    source->name, PIECES_MOST);
	if (source->segments == *room) {
		size_t more = *room ? 2 * *room : PIECES_FIRST;
		struct segment *grown = realloc(source->segment, more * sizeof(*grown));
		if (!grown)
			return fail(ERR_NOMEM, "%s: no memory for %zu segments", source->name,
				    more);
		source->segment = grown;
		*room = more;
	}
	source->segment[source->segments++] = (struct segment){
		.start = start, .memory_bytes = bytes, .file_bytes = bytes, .flags = 7 };
	return OK;
}

/* Walk both bitmaps once. *bare becomes true if a page of RAM has no data. */
static err_t find_ram(struct source *source, bool *bare)
{
	const struct sadump *sadump = source->sadump;
	size_t room = 0;

	for (pfn_t base = 0; base < sadump->max_mapnr; base += WORDS * 64) {
		uint64_t ram[WORDS] = { 0 }, data[WORDS] = { 0 };
		pfn_t end = min_u64(base + WORDS * 64, sadump->max_mapnr);
		if (file_bits_fill(source, &sadump->ram, base, end, ram) ||
		    file_bits_fill(source, &sadump->ranks.bitmap, base, end, data))
			return fail(ERR_IO, "%s: bitmaps of pfn %#" PRIx64 " to %#" PRIx64
				    " cannot be read", source->name, base, end - 1);
		for (size_t i = 0; i < WORDS; i++)
			*bare |= (ram[i] & ~data[i]) != 0;
		for (uint64_t at = 0, stop; at < end - base; at = stop) {
			at = bits_next(ram, at, end - base, true);
			stop = bits_next(ram, at, end - base, false);
			if (at < stop)
				TRY(add_ram(source, &room, base + at, base + stop));
		}
	}
	return OK;
}

err_t sadump_index(struct source *source)
{
	struct sadump *sadump = source->sadump;
	const struct file_bits ram = sadump->ram, data = sadump->ranks.bitmap;
	uint64_t bytes;
	bool bare = false;

	if (!file_has(source, ram.at, ram.bytes) || !file_has(source, data.at, data.bytes))
		return fail(ERR_CORRUPT, "%s: bitmaps of %#" PRIx64 " and %#" PRIx64 " bytes at %#"
			    PRIx64 ": the file ends before", source->name, ram.bytes, data.bytes,
			    ram.at);
	TRY(ranks_init(&sadump->ranks, source, &data));
	if (__builtin_mul_overflow(sadump->ranks.total, SADUMP_BLOCK, &bytes) ||
	    !file_has(source, sadump->data_at, bytes))
		return fail(ERR_CORRUPT, "%s: %" PRIu64 " pages from %#" PRIx64 " on: the %s ends "
			    "at %#" PRIx64 " before them", source->name, sadump->ranks.total,
			    sadump->data_at, sadump->kind, source->file_bytes);
	TRY(find_ram(source, &bare));
	if (!source->segments)
		return fail(ERR_CORRUPT, "%s: RAM bitmap: there is no memory", source->name);
	if (bare)
		source->stored.level = LEVEL_ZERO;
	return extents_build(source);
}

/* --- their bytes --- */

/* The bytes of a page of RAM, from `skip` on. */
static err_t lend_page(struct reader *reader, pfn_t pfn, size_t skip, const uint8_t **ret,
		       size_t *size)
{
	static const uint8_t zeros[SADUMP_BLOCK];
	const struct sadump *sadump = reader->source->sadump;
	uint64_t rank;
	bool is_set;

	*size = (size_t)min_u64(*size, SADUMP_BLOCK - skip);
	TRY(ranks_find(&sadump->ranks, reader->source, reader, pfn, &rank, &is_set));
	if (is_set)
		return window_lend(reader, sadump->data_at + rank * SADUMP_BLOCK + skip, ret, size);
	*ret = zeros + skip;
	return OK;
}

/* Is there RAM? *size becomes what is alike, at most so many bytes. */
static bool is_ram(struct reader *reader, paddr_t at, size_t *size)
{
	const struct source *source = reader->source;
	size_t index = extents_find(source, at, reader->extent);

	reader->extent = index;
	if (index == source->extents)
		return false;
	const struct extent *extent = &source->extent[index];
	bool inside = at >= extent->start;
	*size = (size_t)min_u64(*size, (inside ? extent->end : extent->start) - at);
	return inside;
}

err_t sadump_lend(struct reader *reader, paddr_t at, const uint8_t **ret, size_t *size)
{
	const struct moved *moved = &reader->source->sadump->moved;

	if (!is_ram(reader, at, size))
		return ERR_HOLE;
	if (at < moved->start) {
		*size = (size_t)min_u64(*size, moved->start - at);
	} else if (at < moved->end) {
		*size = (size_t)min_u64(*size, moved->end - at);
		at += moved->to - moved->start;
	}
	return lend_page(reader, at / SADUMP_BLOCK, at % SADUMP_BLOCK, ret, size);
}

/* --- memory that lies elsewhere --- */

/* Is it RAM, and not all zeros? */
static err_t is_used(const struct source *source, paddr_t at, paddr_t end, bool *ret)
{
	struct reader *reader;
	const uint8_t *bytes;
	err_t result;

	*ret = false;
	TRY(reader_create(source, &reader));
	for (size_t size; at < end && !*ret; at += size) {
		size = (size_t)(end - at);
		result = reader_lend(reader, at, &bytes, &size);
		if (result != OK)
			break;
		*ret = !all_zero(bytes, size);
	}
	reader_destroy(reader);
	return OK;
}

err_t sadump_move(struct source *source, struct moved moved)
{
	struct sadump *sadump = source->sadump;
	uint64_t by = moved.to - moved.start;
	bool used;

	TRY(is_used(source, moved.to, moved.to + (moved.end - moved.start), &used));
	if (!used)
		return OK;
	/* What was not saved is gone. */
	for (paddr_t at = moved.start, next; at < moved.end; at = next) {
		next = min_u64((at / SADUMP_BLOCK + 1) * SADUMP_BLOCK, moved.end);
		size_t index = extents_find(source, at + by, 0);
		if (index == source->extents || source->extent[index].start > at + by)
			TRY(extents_cut(source, at, next));
	}
	sadump->moved = moved;
	return OK;
}
