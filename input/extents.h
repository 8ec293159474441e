// SPDX-License-Identifier: GPL-2.0-only
/* extents.h - the memory of a dump, sorted and without overlap, so that one binary search finds any
 * address. Segments of a dump may overlap (the kernel's own text is listed twice in /proc/vmcore);
 * where they do, the first in the file that has bytes gives them. */
#ifndef INPUT_EXTENTS_H
#define INPUT_EXTENTS_H

#include "input/source.h"

#define NO_BYTES UINT64_MAX

/* Memory [start, end); its bytes are in the file at file_at, or nowhere (NO_BYTES: it exists, but
 * an earlier filter left it out). */
struct extent {
	paddr_t start, end;
	uint64_t file_at;
};

/* A stretch that may overlap others. Where several do, the one of the lowest rank gives the bytes.
 * Ranks differ. */
struct part {
	struct extent extent;
	size_t rank;
};

/* Sort the parts and resolve their overlaps: *ret becomes fresh memory (the caller frees it) with
 * *count extents in ascending order, at most two for each part. ERR_NOMEM. */
err_t extents_resolve(const char *name, struct part *, size_t parts, struct extent **ret,
		      size_t *count);

/* Index of the extent that holds `at`, else of the first one above it, else `count`. `hint` is
 * tried first. */
size_t extent_find(const struct extent *, size_t count, uint64_t at, size_t hint);

/* Make source->extent from source->segment. At most four times as many entries. ERR_NOMEM. */
err_t extents_build(struct source *);

/* Take [start, end) out of the memory. ERR_NOMEM. */
err_t extents_cut(struct source *, paddr_t start, paddr_t end);

/* extent_find() in source->extent. */
size_t extents_find(const struct source *, paddr_t at, size_t hint);

/* pages() of struct input_format, for formats that have extents. */
void extents_pages(const struct source *, pfn_t first, pfn_t end, bool data, uint64_t *words);

/* Memory may lie terabytes apart, and a hurt dump can say so of any: nobody walks such a gap. */
enum { GAP_PFNS = 1 << 26 }; /* gaps begin and end at multiples of it */

/* A piece of memory without a gap: the first at or above *first, which moves to its beginning.
 * Returns its end, or one that is at least `most` page frames away. *first itself: there is no
 * more. All is one piece of a source that has no extents. */
pfn_t extents_piece(const struct source *, pfn_t *first, pfn_t most);

/* How many page frames pages() would set, counted without walking them. */
uint64_t extents_count(const struct source *, bool data);

#endif
