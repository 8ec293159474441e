// SPDX-License-Identifier: GPL-2.0-only
/* scrub.h - which bytes of the dump are overwritten, with what, and what is told of it.
 *
 * An item is one thing erased, with its line of eraseinfo; its pieces are where it lies in physical
 * memory. Order of calls: scrub_item and scrub_add while they are found, scrub_seal once; from then
 * on the pieces are const, and any number of threads may scrub_touches and scrub_apply. One thread
 * notes what goes into the dump, and asks for the text. */
#ifndef PAGES_SCRUB_H
#define PAGES_SCRUB_H

#include "base/err.h"
#include "base/types.h"

enum { SCRUB_MOST = 1 << 20, SCRUB_FILL = 'X' };

/* One thing erased. */
struct scrub_item {
	const char *text;  /* how it was asked for, lent; NULL: by its address alone */
	uint32_t text_bytes;
	bool nullify;
	vaddr_t at;
	uint64_t size;     /* as the line tells it */
	uint64_t in_dump;  /* bytes of it that are in the dump, and so were overwritten */
	paddr_t first;     /* where its first byte that is in memory lies */
};

/* Bytes that lie together. */
struct scrub_piece {
	paddr_t at;
	uint64_t bytes;
	paddr_t reach;  /* the highest end of this and all pieces before it */
	uint32_t item;
	uint8_t fill;
	bool begins;    /* its item */
};

struct scrub {
	struct scrub_item *item;   /* owned */
	struct scrub_piece *piece; /* owned; sorted once sealed */
	uint32_t items, pieces;
	uint32_t item_room, piece_room;
	char *text;                /* of eraseinfo, owned; room for all lines */
	size_t text_room;
};

void scrub_free(struct scrub *);

/* Begin an item; `text` must live as long as the scrub. ERR_NOMEM; ERR_UNSUPPORTED: more than
 * SCRUB_MOST. */
err_t scrub_item(struct scrub *, const struct scrub_item *);

/* A piece of the item begun last. Pieces that follow each other in memory become one. */
err_t scrub_add(struct scrub *, paddr_t at, uint64_t bytes, uint8_t fill);

/* All are there: sort, and get memory for the text. What begins at the same byte is told once, as
 * the first that asked for it, with the largest size: upstream does so, too. `before`: bytes of
 * eraseinfo that will stand before ours. ERR_NOMEM. */
err_t scrub_seal(struct scrub *, size_t before);

/* Is any of these bytes to be overwritten? */
bool scrub_touches(const struct scrub *, paddr_t at, uint64_t size);

/* Overwrite what is to be of the bytes at `at`. */
void scrub_apply(const struct scrub *, paddr_t at, uint8_t *bytes, size_t size);

/* Forget what was noted. Note that these bytes are in the dump; or these pages, of [first, end),
 * whose bit in `words` is set (bit 0 is pfn `first`). */
void scrub_forget(struct scrub *);
void scrub_note(struct scrub *, paddr_t at, uint64_t size);
void scrub_note_pages(struct scrub *, unsigned page_shift, pfn_t first, pfn_t end,
		      const uint64_t *words);

/* What was erased in the bytes noted, a line each, in the order it was asked for; with `before`,
 * the eraseinfo of an earlier dump, first. Returns the length; *ret is lent until the next call. */
size_t scrub_text(struct scrub *, const char *before, size_t before_bytes, const char **ret);

#endif
