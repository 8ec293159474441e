// SPDX-License-Identifier: GPL-2.0-only
/* scrub.c - a sorted list of pieces of memory, found by halving. */
#include "pages/scrub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"

enum { LINE_BYTES = 64 }; /* what stands in a line beside the text */

void scrub_free(struct scrub *scrub)
{
	free(scrub->item);
	free(scrub->piece);
	free(scrub->text);
	*scrub = (struct scrub){ 0 };
}

static err_t grow(void **array, uint32_t *room, uint32_t count, size_t size)
{
	if (count < *room)
		return OK;
	if (count >= SCRUB_MOST)
		return fail(ERR_UNSUPPORTED, "more than %d pieces of memory are to be erased",
			    SCRUB_MOST);
	uint32_t wanted = *room ? 2 * *room : 256;
	void *grown = realloc(*array, wanted * size);
	if (!grown)
		return fail(ERR_NOMEM, "no memory for %u pieces to be erased", wanted);
	*array = grown;
	*room = wanted;
	return OK;
}

err_t scrub_item(struct scrub *scrub, const struct scrub_item *item)
{
	TRY(grow((void **)&scrub->item, &scrub->item_room, scrub->items, sizeof(*scrub->item)));
	scrub->item[scrub->items] = *item;
	scrub->item[scrub->items].in_dump = 0;
	scrub->item[scrub->items++].first = UINT64_MAX;
	return OK;
}

err_t scrub_add(struct scrub *scrub, paddr_t at, uint64_t bytes, uint8_t fill)
{
	struct scrub_piece *last = scrub->pieces ? &scrub->piece[scrub->pieces - 1] : NULL;
	struct scrub_item *item = &scrub->item[scrub->items - 1];
	bool begins = item->first == UINT64_MAX;
	paddr_t end;

	if (!bytes)
		return OK;
	if (__builtin_add_overflow(at, bytes, &end))
		return fail(ERR_CORRUPT, "%" PRIu64 " bytes at physical address %#" PRIx64
			    " are to be erased", bytes, at);
	if (begins)
		item->first = at;
	if (last && !begins && last->at + last->bytes == at && last->fill == fill) {
		last->bytes += bytes;
		return OK;
	}
	TRY(grow((void **)&scrub->piece, &scrub->piece_room, scrub->pieces,
		 sizeof(*scrub->piece)));
	scrub->piece[scrub->pieces++] = (struct scrub_piece){
		.at = at, .bytes = bytes, .item = scrub->items - 1, .fill = fill, .begins = begins
	};
	return OK;
}

static int compare(const void *left, const void *right)
{
	const struct scrub_piece *a = left, *b = right;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->item < b->item ? -1 : a->item > b->item;
}

/* `piece` begins where `first` does: what is told of its item is told of the other's. */
static void join_items(struct scrub *scrub, const struct scrub_piece *first,
		       struct scrub_piece *piece)
{
	struct scrub_item *kept = &scrub->item[first->item];

	kept->size = max_u64(kept->size, scrub->item[piece->item].size);
	piece->item = first->item;
}

err_t scrub_seal(struct scrub *scrub, size_t before)
{
	const struct scrub_piece *first = NULL;
	paddr_t reach = 0;

	if (scrub->pieces)
		qsort(scrub->piece, scrub->pieces, sizeof(*scrub->piece), compare);
	for (uint32_t i = 0; i < scrub->pieces; i++) {
		struct scrub_piece *piece = &scrub->piece[i];
		reach = max_u64(reach, piece->at + piece->bytes);
		piece->reach = reach;
		if (piece->begins && first && first->at == piece->at)
			join_items(scrub, first, piece);
		else if (piece->begins)
			first = piece;
	}
	scrub->text_room = before + 1;
	for (uint32_t i = 0; i < scrub->items; i++)
		scrub->text_room += scrub->item[i].text_bytes + LINE_BYTES;
	scrub->text = malloc(scrub->text_room);
	return scrub->text ? OK : fail(ERR_NOMEM, "no memory for %zu bytes of eraseinfo",
				       scrub->text_room);
}

/* The number of pieces that begin below `end`. */
static uint32_t below(const struct scrub *scrub, paddr_t end)
{
	uint32_t low = 0, high = scrub->pieces;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (scrub->piece[middle].at < end)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Of the pieces below number `end`, the first that may reach over `at`. */
static uint32_t reaching(const struct scrub *scrub, uint32_t end, paddr_t at)
{
	while (end && scrub->piece[end - 1].reach > at)
		end--;
	return end;
}

bool scrub_touches(const struct scrub *scrub, paddr_t at, uint64_t size)
{
	uint32_t end = below(scrub, at + size);

	return end && scrub->piece[end - 1].reach > at;
}

/* What [at, at + size) has of a piece. False: nothing. */
static bool overlap(const struct scrub_piece *piece, paddr_t at, uint64_t size, paddr_t *first,
		    paddr_t *end)
{
	*first = max_u64(piece->at, at);
	*end = min_u64(piece->at + piece->bytes, at + size);
	return *first < *end;
}

void scrub_apply(const struct scrub *scrub, paddr_t at, uint8_t *bytes, size_t size)
{
	uint32_t stop = below(scrub, at + size);
	paddr_t first, end;

	for (uint32_t i = reaching(scrub, stop, at); i < stop; i++)
		if (overlap(&scrub->piece[i], at, size, &first, &end))
			memset(bytes + (first - at), scrub->piece[i].fill, (size_t)(end - first));
}

void scrub_forget(struct scrub *scrub)
{
	for (uint32_t i = 0; i < scrub->items; i++)
		scrub->item[i].in_dump = 0;
}

void scrub_note(struct scrub *scrub, paddr_t at, uint64_t size)
{
	uint32_t stop = below(scrub, at + size);
	paddr_t first, end;

	for (uint32_t i = reaching(scrub, stop, at); i < stop; i++)
		if (overlap(&scrub->piece[i], at, size, &first, &end))
			scrub->item[scrub->piece[i].item].in_dump += end - first;
}

void scrub_note_pages(struct scrub *scrub, unsigned page_shift, pfn_t first, pfn_t end,
		      const uint64_t *words)
{
	paddr_t window = first << page_shift, window_end = end << page_shift, at, stop;
	uint32_t pieces = below(scrub, window_end);

	for (uint32_t i = reaching(scrub, pieces, window); i < pieces; i++) {
		const struct scrub_piece *piece = &scrub->piece[i];
		if (!overlap(piece, window, window_end - window, &at, &stop))
			continue;
		for (paddr_t next; at < stop; at = next) {
			next = min_u64(((at >> page_shift) + 1) << page_shift, stop);
			if (bits_test(words, (at >> page_shift) - first))
				scrub->item[piece->item].in_dump += next - at;
		}
	}
}

static size_t write_line(const struct scrub_item *item, char *text, size_t room)
{
	char address[32];
	int length;

	snprintf(address, sizeof(address), "%#" PRIx64, item->at);
	const char *name = item->text ? item->text : address;
	int name_bytes = item->text ? (int)item->text_bytes : (int)strlen(address);
	if (item->nullify)
		length = snprintf(text, room, "erase %.*s nullify\n", name_bytes, name);
	else
		length = snprintf(text, room, "erase %.*s size %" PRIu64 "\n", name_bytes, name,
				  item->size);
	return (size_t)length;
}

size_t scrub_text(struct scrub *scrub, const char *before, size_t before_bytes, const char **ret)
{
	size_t used = min_u64(before_bytes, scrub->text_room);

	if (used)
		memcpy(scrub->text, before, used);
	for (uint32_t i = 0; i < scrub->items; i++)
		if (scrub->item[i].in_dump)
			used += write_line(&scrub->item[i], scrub->text + used,
					   scrub->text_room - used);
	*ret = scrub->text;
	return used;
}
