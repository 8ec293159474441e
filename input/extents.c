// SPDX-License-Identifier: GPL-2.0-only
/* extents.c - one sweep over the segments by address, with the candidates in a heap by file order.
 */
#include "input/extents.h"

#include <stdlib.h>

#include "base/bits.h"
#include "base/scope.h"

static int by_start(const void *left, const void *right)
{
	const struct part *a = left, *b = right;

	if (a->extent.start != b->extent.start)
		return a->extent.start < b->extent.start ? -1 : 1;
	return a->rank < b->rank ? -1 : a->rank > b->rank;
}

static void add(struct part *part, size_t *count, paddr_t start, paddr_t end, uint64_t file_at,
		size_t rank)
{
	if (start < end)
		part[(*count)++] = (struct part){ { start, end, file_at }, rank };
}

/* A segment has a part with bytes and one without. Any with bytes comes before any without, then
 * the one that stands first in the file. */
static size_t split_segments(const struct source *source, struct part *part)
{
	size_t count = 0;

	for (size_t i = 0; i < source->segments; i++) {
		const struct segment *segment = &source->segment[i];
		uint64_t with_bytes = min_u64(segment->file_bytes, segment->memory_bytes);
		paddr_t middle = segment->start + with_bytes;

		if (segment->start == UINT64_MAX)
			continue;
		add(part, &count, segment->start, middle, segment->file_at, i);
		add(part, &count, middle, segment->start + segment->memory_bytes, NO_BYTES,
		    source->segments + i);
	}
	return count;
}

/* A heap of parts that reach over the sweep's position; the lowest rank on top. */
struct heap {
	const struct part **item;
	size_t count;
};

static void heap_swap(struct heap *heap, size_t a, size_t b)
{
	const struct part *kept = heap->item[a];

	heap->item[a] = heap->item[b];
	heap->item[b] = kept;
}

static void heap_push(struct heap *heap, const struct part *part)
{
	size_t at = heap->count++;

	heap->item[at] = part;
	for (; at && heap->item[at]->rank < heap->item[(at - 1) / 2]->rank; at = (at - 1) / 2)
		heap_swap(heap, at, (at - 1) / 2);
}

static void heap_pop(struct heap *heap)
{
	size_t at = 0;

	heap->item[0] = heap->item[--heap->count];
	for (;;) {
		size_t least = at;
		for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < heap->count; child++)
			if (heap->item[child]->rank < heap->item[least]->rank)
				least = child;
		if (least == at)
			return;
		heap_swap(heap, at, least);
		at = least;
	}
}

/* The extents made so far. */
struct made {
	struct extent *extent;
	size_t count;
};

/* Append [start, end) of a part, or lengthen the last extent when it goes on there. */
static void emit(struct made *made, const struct extent *from, paddr_t start, paddr_t end)
{
	bool none = from->file_at == NO_BYTES;
	uint64_t file_at = none ? NO_BYTES : from->file_at + (start - from->start);

	if (made->count) {
		struct extent *last = &made->extent[made->count - 1];
		uint64_t goes_on = last->file_at == NO_BYTES ?
			NO_BYTES : last->file_at + (last->end - last->start);
		if (last->end == start && goes_on == file_at) {
			last->end = end;
			return;
		}
	}
	made->extent[made->count++] = (struct extent){ start, end, file_at };
}

static void sweep(struct made *made, const struct part *part, size_t parts, struct heap *heap)
{
	paddr_t at = 0;

	for (size_t next = 0; next < parts || heap->count;) {
		if (!heap->count)
			at = max_u64(at, part[next].extent.start);
		while (next < parts && part[next].extent.start <= at)
			heap_push(heap, &part[next++]);
		const struct extent *owner = &heap->item[0]->extent;
		paddr_t end = owner->end;
		if (next < parts)
			end = min_u64(end, part[next].extent.start);
		if (end > at) {
			emit(made, owner, at, end);
			at = end;
		}
		if (owner->end <= at)
			heap_pop(heap);
	}
}

err_t extents_resolve(const char *name, struct part *part, size_t parts, struct extent **ret,
		      size_t *count)
{
	FREE_AT_END const struct part **item = calloc(parts + 1, sizeof(*item));
	struct made made = { .extent = calloc(2 * parts + 1, sizeof(*made.extent)) };
	struct heap heap = { .item = item };

	if (!item || !made.extent) {
		free(made.extent);
		return fail(ERR_NOMEM, "%s: no memory for %zu pieces of the file", name, parts);
	}
	if (parts)
		qsort(part, parts, sizeof(*part), by_start);
	sweep(&made, part, parts, &heap);
	*ret = made.extent;
	*count = made.count;
	return OK;
}

err_t extents_build(struct source *source)
{
	FREE_AT_END struct part *part = calloc(2 * source->segments + 1, sizeof(*part));

	if (!part)
		return fail(ERR_NOMEM, "%s: no memory for %zu segments", source->name,
			    source->segments);
	TRY(extents_resolve(source->name, part, split_segments(source, part), &source->extent,
			    &source->extents));
	source->end = source->extents ? source->extent[source->extents - 1].end : 0;
	return OK;
}

err_t extents_cut(struct source *source, paddr_t start, paddr_t end)
{
	struct extent *left = calloc(source->extents + 2, sizeof(*left));
	size_t count = 0;

	if (!left)
		return fail(ERR_NOMEM, "%s: no memory for %zu extents", source->name,
			    source->extents + 2);
	for (size_t i = 0; i < source->extents; i++) {
		struct extent below = source->extent[i], above = source->extent[i];
		below.end = min_u64(below.end, start);
		above.start = max_u64(above.start, end);
		if (above.file_at != NO_BYTES)
			above.file_at += above.start - source->extent[i].start;
		if (below.start < below.end)
			left[count++] = below;
		if (above.start < above.end)
			left[count++] = above;
	}
	free(source->extent);
	source->extent = left;
	source->extents = count;
	source->end = count ? left[count - 1].end : 0;
	return OK;
}

size_t extent_find(const struct extent *extent, size_t count, uint64_t at, size_t hint)
{
	size_t low = 0, high = count;

	if (hint < high && extent[hint].start <= at && at < extent[hint].end)
		return hint;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (extent[middle].end <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t extents_find(const struct source *source, paddr_t at, size_t hint)
{
	return extent_find(source->extent, source->extents, at, hint);
}

void extents_pages(const struct source *source, pfn_t first, pfn_t end, bool data, uint64_t *words)
{
	const struct target *target = &source->target;
	size_t at = extents_find(source, first << target->page_shift, 0);

	for (; at < source->extents; at++) {
		const struct extent *extent = &source->extent[at];
		pfn_t from = extent->start >> target->page_shift;
		pfn_t to = pfn_up(target, extent->end);

		if (from >= end)
			break;
		if (data && extent->file_at == NO_BYTES)
			continue;
		bits_set(words, max_u64(from, first) - first, min_u64(to, end) - first);
	}
}

pfn_t extents_piece(const struct source *source, pfn_t *first, pfn_t most)
{
	const struct target *target = &source->target;
	pfn_t grid = *first - *first % GAP_PFNS;
	size_t at = extents_find(source, grid << target->page_shift, 0);

	if (!source->extents)
		return UINT64_MAX;
	if (at == source->extents)
		return *first;
	pfn_t there = source->extent[at].start >> target->page_shift;
	*first = max_u64(*first, there - there % GAP_PFNS);
	pfn_t end = *first;
	for (; at < source->extents && end - *first < most; at++) {
		if (source->extent[at].start >> target->page_shift >= end + GAP_PFNS)
			break;
		end = round_up(pfn_up(target, source->extent[at].end), GAP_PFNS);
	}
	return end;
}

uint64_t extents_count(const struct source *source, bool data)
{
	const struct target *target = &source->target;
	uint64_t pages = 0;
	pfn_t counted = 0; /* one past the last of them */

	for (size_t at = 0; at < source->extents; at++) {
		const struct extent *extent = &source->extent[at];
		pfn_t from = max_u64(extent->start >> target->page_shift, counted);
		pfn_t to = pfn_up(target, extent->end);

		if ((data && extent->file_at == NO_BYTES) || from >= to)
			continue;
		pages += to - from;
		counted = to;
	}
	return pages;
}
