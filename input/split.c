// SPDX-License-Identifier: GPL-2.0-only
/* split.c - open the other parts, and find the one that has a page frame. */
#include "input/split.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "diskdump_mod.h"
#include "input/window.h"

enum { PIECE_WORDS = 512 }; /* of a bitmap, on the stack at a time */

/* --- opening --- */

/* It must say what the first says, but for its own page frames. */
static err_t check_alike(const struct source *source, const struct source *part)
{
	uint8_t header[KDUMP_HEADER_BYTES], other[KDUMP_HEADER_BYTES];

	if (!part->kdump || !part->kdump->split)
		return fail(ERR_CORRUPT, "%s: is no part of a split dump", part->name);
	TRY(kdump_identity(source, header));
	TRY(kdump_identity(part, other));
	return !memcmp(header, other, sizeof(header)) &&
		       part->kdump->max_mapnr == source->kdump->max_mapnr
		? OK : fail(ERR_CORRUPT, "%s: is a part of another dump than %s", part->name,
			    source->name);
}

static err_t check_apart(const struct source *one, const struct source *other)
{
	const struct kdump *a = one->kdump, *b = other->kdump;

	return max_u64(a->start, b->start) >= min_u64(a->end, b->end) ? OK :
		fail(ERR_CORRUPT, "%s: has pfns that %s has, too, from %#" PRIx64 " on",
		     other->name, one->name, max_u64(a->start, b->start));
}

static err_t open_part(struct source *source, const char *name)
{
	struct split *split = source->split;
	struct source *part = &split->part[split->parts];

	*part = (struct source){ .name = name, .mapping = source->mapping };
	TRY(source_open(part));
	split->parts++;
	TRY(check_alike(source, part));
	TRY(check_apart(source, part));
	for (unsigned i = 0; i + 1 < split->parts; i++)
		TRY(check_apart(&split->part[i], part));
	if (part->kdump->incomplete)
		source->stored.status |= DUMP_DH_COMPRESSED_INCOMPLETE;
	return OK;
}

/* Pages of [first, end) that are kept, and that no part has. */
static void count_missing(const struct source *source, pfn_t first, pfn_t end, struct stored *ret)
{
	uint64_t kept[PIECE_WORDS + 1] = { 0 }, there[PIECE_WORDS + 1] = { 0 };

	source->kdump->unread += file_bits_fill(source, &source->kdump->bitmap[1], first, end,
						kept);
	kdump_pages_in(source, first + source->kdump->origin, end + source->kdump->origin, true,
		       there);
	for (unsigned i = 0; i < PIECE_WORDS; i++) {
		uint64_t lost = kept[i] & ~there[i];
		if (lost && !ret->missing)
			ret->first_missing = source->kdump->origin + first + i * UINT64_C(64) +
					     (unsigned)__builtin_ctzll(lost);
		ret->missing += (unsigned)__builtin_popcountll(lost);
	}
}

err_t split_open(struct source *source)
{
	struct stored *stored = &source->stored, all = { 0 };
	pfn_t max = source->kdump->max_mapnr;

	if (!source->kdump->split)
		return fail(ERR_CORRUPT, "%s: is no part of a split dump", source->name);
	source->split = calloc(1, sizeof(*source->split));
	if (source->split)
		source->split->part = calloc(source->more_files, sizeof(*source->split->part));
	if (!source->split || !source->split->part)
		return fail(ERR_NOMEM, "no memory for %u parts", source->more_files);
	stored->status &= ~(uint32_t)DUMP_DH_COMPRESSED_INCOMPLETE;
	if (source->kdump->incomplete)
		stored->status |= DUMP_DH_COMPRESSED_INCOMPLETE;
	for (unsigned i = 0; i < source->more_files; i++)
		TRY(open_part(source, source->more_file[i]));
	for (pfn_t pfn = 0; pfn < max; pfn += PIECE_WORDS * 64)
		count_missing(source, pfn, min_u64(max, pfn + PIECE_WORDS * 64), &all);
	stored->missing = all.missing;
	stored->first_missing = all.first_missing;
	if (all.missing)
		stored->status |= DUMP_DH_COMPRESSED_INCOMPLETE;
	return OK;
}

void split_close(struct source *source)
{
	struct split *split = source->split;

	for (unsigned i = 0; split && i < split->parts; i++)
		source_close(&split->part[i]);
	if (split)
		free(split->part);
	free(split);
	source->split = NULL;
}

/* --- pages --- */

void split_pages_in(const struct source *source, pfn_t first, pfn_t end, uint64_t *words)
{
	for (unsigned i = 0; i < source->split->parts; i++)
		kdump_pages_in(&source->split->part[i], first, end, true, words);
}

err_t split_lend(struct reader *reader, paddr_t at, const uint8_t **ret, size_t *size)
{
	const struct split *split = reader->source->split;
	pfn_t pfn = (at >> reader->source->target.page_shift) - reader->source->kdump->origin;
	unsigned i = 0;

	while (i < split->parts && (pfn < split->part[i].kdump->start ||
				    pfn >= split->part[i].kdump->end))
		i++;
	if (i == split->parts)
		return ERR_HOLE;
	if (!reader->part)
		reader->part = calloc(split->parts, sizeof(struct reader *));
	if (!reader->part)
		return fail(ERR_NOMEM, "%s: no memory for reading", reader->source->name);
	if (!reader->part[i])
		TRY(reader_create(&split->part[i], &reader->part[i]));
	return reader_lend(reader->part[i], at, ret, size);
}
