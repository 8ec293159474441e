// SPDX-License-Identifier: GPL-2.0-only
/* window.c - map or read a piece of the input file around the bytes wanted. */
#include "input/window.h"

#include <sys/mman.h>

#include "input/file.h"

enum { PAGE = 4096 };

static void unmap(struct window *window)
{
	if (window->area.bytes) {
		void *start = (void *)window->area.start;
		size_t bytes = window->area.bytes;
		window->area.bytes = 0;
		munmap(start, bytes);
	}
	window->bytes = 0;
}

/* Map the aligned stretch of the file that holds `at`. /proc/vmcore refuses mappings beyond its
 * end, and some kernels refuse some or all of it: then the caller reads instead. */
static bool map(const struct reader *reader, struct window *window, uint64_t at)
{
	const struct source *source = reader->source;
	uint64_t first = at - at % WINDOW_MAP_BYTES;
	uint64_t bytes = WINDOW_MAP_BYTES;

	if (!source->may_map || !source->file_bytes || source->flat ||
	    (source->sadump && source->more_files))
		return false;
	bytes = min_u64(bytes, source->file_bytes - first);
	void *got = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, source->fd, (off_t)first);
	if (got == MAP_FAILED)
		return false;
	window->area.start = (uintptr_t)got;
	window->area.bytes = bytes;
	window->file_at = first;
	window->bytes = bytes;
	return true;
}

/* How much to read from `first` on for the sake of `size` bytes. Much is left out between what is
 * wanted, so no more than that; but of what follows a window, and is taken bit by bit, twice as
 * much as of that window. */
static size_t bytes_to_read(const struct reader *reader, uint64_t first, uint64_t size)
{
	uint64_t bytes = (size + PAGE - 1) / PAGE * PAGE;

	for (size_t i = 0; i < WINDOWS && bytes == PAGE; i++)
		if (reader->window[i].file_at + reader->window[i].bytes == first)
			bytes = max_u64(bytes, 2 * reader->window[i].bytes);
	return (size_t)min_u64(bytes, WINDOW_READ_BYTES);
}

static uint8_t *copy_of(const struct reader *reader, const struct window *window)
{
	return reader->copies + (size_t)(window - reader->window) * WINDOW_READ_BYTES;
}

/* Read the pages that hold [at, at + size), or their beginning. Where that fails halfway, start at
 * the very page wanted, so that one bad page hides none of its neighbours. */
static err_t fill(const struct reader *reader, struct window *window, uint64_t at, size_t size)
{
	const struct source *source = reader->source;
	uint8_t *copy = copy_of(reader, window);
	uint64_t first = at - at % PAGE;
	size_t bytes = bytes_to_read(reader, first, at % PAGE + size);
	size_t have = file_some(source, first, copy, bytes);

	if (first + have <= at)
		have = file_some(source, first, copy, PAGE);
	if (first + have <= at)
		return fail(ERR_IO, "%s: cannot be read at %#" PRIx64, source->name, at);
	window->file_at = first;
	window->bytes = have;
	return OK;
}

static bool holds(const struct window *window, uint64_t at)
{
	return at >= window->file_at && at - window->file_at < window->bytes;
}

static struct window *find(struct reader *reader, uint64_t at)
{
	size_t oldest = 0;

	if (holds(&reader->window[reader->last_window], at))
		return &reader->window[reader->last_window];
	for (size_t i = 0; i < WINDOWS; i++) {
		if (holds(&reader->window[i], at)) {
			reader->last_window = i;
			return &reader->window[i];
		}
		if (reader->window[i].used < reader->window[oldest].used)
			oldest = i;
	}
	reader->last_window = oldest;
	return &reader->window[oldest];
}

err_t window_lend(struct reader *reader, uint64_t at, const uint8_t **ret, size_t *size)
{
	struct window *window = find(reader, at);

	window->used = ++reader->clock;
	if (!holds(window, at)) {
		unmap(window);
		if (!map(reader, window, at))
			TRY(fill(reader, window, at, *size));
	}
	uint64_t skip = at - window->file_at;
	const uint8_t *bytes =
		window->area.bytes ? (const uint8_t *)window->area.start : copy_of(reader, window);
	*ret = bytes + skip;
	*size = (size_t)min_u64(*size, window->bytes - skip);
	return OK;
}

uint64_t windows_faults(const struct reader *reader)
{
	uint64_t faults = 0;

	for (size_t i = 0; i < WINDOWS; i++)
		faults += (uint64_t)reader->window[i].area.count;
	return faults;
}

void windows_forget(struct reader *reader)
{
	for (size_t i = 0; i < WINDOWS; i++)
		unmap(&reader->window[i]);
}
