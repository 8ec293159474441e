// SPDX-License-Identifier: GPL-2.0-only
/* file.c - plain files by pread, flattened streams by their index, disk sets disk by disk. */
#include "input/file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "input/flat.h"
#include "input/sadump.h"

static size_t plain_some(int fd, uint64_t at, uint8_t *bytes, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t got = pread(fd, bytes + have, size - have, (off_t)(at + have));
		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = 0;
		if (got <= 0)
			break;
		have += (size_t)got;
	}
	return have;
}

/* Read what one record or one hole has at `at`. 0: the end of the file, or an error. */
static size_t flat_some(const struct source *source, uint64_t at, uint8_t *bytes, size_t size)
{
	const struct flat *flat = source->flat;
	size_t index = extent_find(flat->extent, flat->extents, at, 0);

	errno = 0;
	if (index == flat->extents)
		return 0;
	const struct extent *extent = &flat->extent[index];
	if (at < extent->start) {
		size = (size_t)min_u64(size, extent->start - at);
		memset(bytes, 0, size);
		return size;
	}
	return plain_some(source->fd, extent->file_at + (at - extent->start), bytes,
			  (size_t)min_u64(size, extent->end - at));
}

size_t file_some(const struct source *source, uint64_t at, void *bytes, size_t size)
{
	size_t have = 0, got;

	if (source->sadump && source->sadump->disks > 1)
		return sadump_some(source, at, bytes, size);
	if (!source->flat)
		return plain_some(source->fd, at, bytes, size);
	while (have < size) {
		got = flat_some(source, at + have, (uint8_t *)bytes + have, size - have);
		if (!got)
			break;
		have += got;
	}
	return have;
}

err_t file_read(const struct source *source, uint64_t at, void *bytes, size_t size,
		const char *what)
{
	errno = 0;
	if (file_some(source, at, bytes, size) == size)
		return OK;
	if (errno)
		return fail(ERR_IO, "%s: %s at %#" PRIx64 ": %s", source->name, what, at,
			    strerror(errno));
	return fail(ERR_CORRUPT, "%s: %s at %#" PRIx64 ": the file ends before", source->name, what,
		    at);
}

bool file_has(const struct source *source, uint64_t at, uint64_t size)
{
	return !source->file_bytes || (at <= source->file_bytes && size <= source->file_bytes - at);
}
