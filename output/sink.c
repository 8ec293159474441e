// SPDX-License-Identifier: GPL-2.0-only
/* sink.c - open, write, close. */
#include "output/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/io.h"

enum {
	SEND_BYTES = 16 << 20,
	BEGINNING_BYTES = 512, /* of a file that is replaced: more than a header has */
};

static err_t refused(const char *name, int why)
{
	return fail(ERR_USAGE, "Can't open the dump file (%s). %s%s", name, strerror(why),
		    why == ELOOP ? "; in a folder that all may write to, none is followed" : "");
}

static err_t not_written(const struct sink *sink)
{
	bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;

	return fail(full ? ERR_NOSPACE : ERR_IO, "Can't write the dump file(%s). %s", sink->name,
		    strerror(errno));
}

err_t sink_check(const char *name, bool replace)
{
	struct place place;
	struct stat stat;

	int why = place_find(name, &place);
	if (!why && fstatat(place.folder, place.last, &stat, AT_SYMLINK_NOFOLLOW))
		why = errno == ENOENT ? 0 : errno;
	else if (!why && !replace)
		why = EEXIST;
	else if (!why && S_ISDIR(stat.st_mode))
		why = EISDIR;
	else if (!why && S_ISLNK(stat.st_mode) && place.shared)
		why = ELOOP;
	else if (!why && faccessat(place.folder, place.last, W_OK, 0))
		why = errno;
	place_leave(&place);
	return why ? refused(name, why) : OK;
}

/* Write one record, or (bytes NULL) the end. */
static err_t write_record(struct sink *sink, uint64_t at, const void *bytes, uint64_t size)
{
	uint8_t record[FLAT_RECORD_BYTES];

	put_64(true, record, at);
	put_64(true, record + 8, size);
	TRY(io_append(sink->fd, sink->name, record, sizeof(record)));
	sink->written += sizeof(record);
	return bytes ? io_append(sink->fd, sink->name, bytes, size) : OK;
}

static err_t flush_record(struct sink *sink)
{
	size_t size = sink->record_bytes;

	sink->record_bytes = 0;
	return size ? write_record(sink, sink->record_at, sink->record, size) : OK;
}

/* Put bytes into records: into the one in the making where they follow it. */
static err_t append(struct sink *sink, uint64_t at, const uint8_t *bytes, size_t size)
{
	if (sink->record_bytes && at != sink->record_at + sink->record_bytes)
		TRY(flush_record(sink));
	while (size) {
		size_t step = (size_t)min_u64(size, FLAT_DATA_BYTES - sink->record_bytes);
		if (!sink->record_bytes)
			sink->record_at = at;
		memcpy(sink->record + sink->record_bytes, bytes, step);
		sink->record_bytes += step;
		bytes += step;
		at += step;
		size -= step;
		if (sink->record_bytes == FLAT_DATA_BYTES)
			TRY(flush_record(sink));
	}
	return OK;
}

static err_t begin_flattened(struct sink *sink)
{
	uint8_t header[FLAT_HEADER_BYTES] = FLAT_SIGNATURE;

	sink->record = malloc(FLAT_DATA_BYTES);
	if (!sink->record)
		return fail(ERR_NOMEM, "no memory for a record");
	put_64(true, header + FLAT_SIGNATURE_BYTES, FLAT_TYPE);
	put_64(true, header + FLAT_SIGNATURE_BYTES + 8, FLAT_VERSION);
	sink->written += sizeof(header);
	return io_append(sink->fd, sink->name, header, sizeof(header));
}

static err_t open_file(struct sink *sink, bool replace)
{
	struct stat stat;

	int why = place_find(sink->name, &sink->place);
	if (!why)
		why = place_open(&sink->place, replace, &sink->fd, &sink->made);
	if (!why && fstat(sink->fd, &stat))
		why = errno;
	if (why) {
		sink_abandon(sink, false);
		return refused(sink->name, why);
	}
	sink->regular = S_ISREG(stat.st_mode);
	sink->stale = !sink->made;
	return OK;
}

err_t sink_open(struct sink *sink, bool replace)
{
	sink->written = sink->end = 0;
	sink->fd = sink->place.folder = -1;
	if (sink->kind == SINK_NOWHERE)
		return OK;
	if (sink->kind == SINK_FILE)
		return open_file(sink, replace);
	sink->fd = STDOUT_FILENO;
	return sink->kind == SINK_FLATTENED ? begin_flattened(sink) : OK;
}

/* Send what is written on its way to the disk early, so that it need not be waited for at the end;
 * and keep the output's page cache below `cache`: when half of that is written, the half before,
 * which had the time to get there, is dropped. What is no file on a disk refuses, and needs none of
 * this; what a disk refuses is known first here. */
static err_t empty_cache(struct sink *sink, size_t size)
{
	uint64_t half = sink->cache / 2;

	sink->cached += size;
	sink->unsent += size;
	if (!sink->cache || sink->unsent < min_u64(half, SEND_BYTES))
		return OK;
	if (sink->cached >= half) {
		if (sync_file_range(sink->fd, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE) &&
		    (errno == EIO || errno == ENOSPC || errno == EDQUOT))
			return not_written(sink);
		posix_fadvise(sink->fd, 0, 0, POSIX_FADV_DONTNEED);
		sink->cached = sink->unsent;
	}
	sync_file_range(sink->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	sink->unsent = 0;
	return OK;
}

/* How much of [at, at + size) the limit lets through: of a file's positions, of a stream's sum. */
static size_t below_limit(const struct sink *sink, uint64_t at, size_t size)
{
	uint64_t used = sink->kind == SINK_FILE ? at : sink->written;

	if (!sink->limit)
		return size;
	return used >= sink->limit ? 0 : (size_t)min_u64(size, sink->limit - used);
}

/* fsync(), where there is a disk. */
static err_t sync_file(struct sink *sink)
{
	while (fsync(sink->fd)) {
		if (errno == EINVAL || errno == EROFS || errno == ENOTSUP) /* no such thing there */
			break;
		if (errno != EINTR)
			return not_written(sink);
	}
	return OK;
}

/* Cut off what the file has of its old content behind `size`. */
static err_t cut_old(struct sink *sink, size_t size)
{
	if (sink->regular && ftruncate(sink->fd, (off_t)size))
		return not_written(sink);
	sink->stale = false;
	return OK;
}

/* What the old content begins with. */
static size_t read_beginning(const struct sink *sink, uint8_t *bytes, size_t size)
{
	ssize_t got;

	do
		got = pread(sink->fd, bytes, size, 0);
	while (got < 0 && errno == EINTR);
	return got > 0 ? (size_t)got : 0;
}

/* Replacing failed: give the old content its beginning back. Even where that cannot be written, it
 * may still be there. */
static bool put_back(struct sink *sink, const uint8_t *old, size_t had, size_t size)
{
	uint8_t now[BEGINNING_BYTES];

	io_write(sink->fd, sink->name, 0, old, had);
	if (had < size && ftruncate(sink->fd, (off_t)had))
		return false;
	return read_beginning(sink, now, size) == had && memcmp(now, old, had) == 0;
}

/* Write over the beginning of the old content, and when that is on the disk, cut off the rest: not
 * even a power failure leaves the old header before a file that ends early. */
static err_t replace(struct sink *sink, const void *bytes, size_t size)
{
	uint8_t old[BEGINNING_BYTES];
	size_t had = read_beginning(sink, old, size);
	struct kept_text why;

	err_t result = io_write(sink->fd, sink->name, 0, bytes, size);
	if (result == OK)
		result = sync_file(sink);
	if (result == OK)
		result = cut_old(sink, size);
	if (result == OK || !sink->regular)
		return result;
	err_keep(&why);
	sink->hopeless = !put_back(sink, old, had, size);
	return err_again(result, &why);
}

static err_t put_file(struct sink *sink, uint64_t at, const uint8_t *bytes, size_t size)
{
	size_t first = sink->stale && !at ? (size_t)min_u64(size, BEGINNING_BYTES) : 0;

	if (first)
		TRY(replace(sink, bytes, first));
	else if (sink->stale)
		TRY(cut_old(sink, 0));
	return io_write(sink->fd, sink->name, at + first, bytes + first, size - first);
}

static err_t put(struct sink *sink, uint64_t at, const void *bytes, size_t size)
{
	switch (sink->kind) {
	case SINK_FILE:
		return put_file(sink, at, bytes, size);
	case SINK_FLATTENED:
		return append(sink, at, bytes, size);
	case SINK_STREAM:
		return io_append(sink->fd, sink->name, bytes, size);
	case SINK_NOWHERE:
		break;
	}
	return OK;
}

err_t sink_write(struct sink *sink, uint64_t at, const void *bytes, size_t size)
{
	size_t fits = below_limit(sink, at, size);

	if (fits) {
		TRY(put(sink, at, bytes, fits));
		sink->written += fits;
		sink->end = max_u64(sink->end, at + fits);
		TRY(empty_cache(sink, fits));
	}
	if (fits < size)
		return fail(ERR_NOSPACE, "Can't write the dump file(%s). Size limit(%" PRIu64
			    ") reached.", sink->name, sink->limit);
	return OK;
}

err_t sink_write_whole(struct sink *sink, uint64_t at, const void *bytes, size_t size)
{
	if (sink->kind != SINK_FLATTENED || size <= FLAT_DATA_BYTES ||
	    below_limit(sink, at, size) < size)
		return sink_write(sink, at, bytes, size);
	TRY(flush_record(sink));
	TRY(write_record(sink, at, bytes, size));
	sink->written += size;
	sink->end = max_u64(sink->end, at + size);
	return OK;
}

err_t sink_fits(const struct sink *sink, uint64_t size)
{
	struct statvfs space;

	if (sink->limit && size > sink->limit)
		return fail(ERR_NOSPACE, "Can't write the dump file(%s). It has at least %" PRIu64
			    " bytes, and its size limit is %" PRIu64, sink->name, size,
			    sink->limit);
	if (sink->kind != SINK_FILE || fstatvfs(sink->fd, &space) || !space.f_blocks)
		return OK;
	uint64_t room = (uint64_t)space.f_bavail * space.f_frsize;
	if (size > sink->end && size - sink->end > room)
		return fail(ERR_NOSPACE, "Can't write the dump file(%s). It has at least %" PRIu64
			    " bytes, and %" PRIu64 " are free", sink->name, size, room);
	return OK;
}

/* A device has no holes, but what was on it before. */
static err_t write_zeros(struct sink *sink, uint64_t end)
{
	static const uint8_t zeros[4096];

	while (sink->end < end)
		TRY(sink_write(sink, sink->end, zeros,
			       (size_t)min_u64(sizeof(zeros), end - sink->end)));
	return OK;
}

err_t sink_extend(struct sink *sink, uint64_t size)
{
	if (sink->kind == SINK_FILE && sink->limit)
		size = min_u64(size, sink->limit);
	if (size <= sink->end)
		return OK;
	if (sink->kind == SINK_FLATTENED) /* the last byte stands for the gap before it */
		return sink_write(sink, size - 1, "", 1);
	if (sink->kind == SINK_FILE && !sink->regular)
		return write_zeros(sink, size);
	if (sink->kind == SINK_FILE && ftruncate(sink->fd, (off_t)size))
		return not_written(sink);
	sink->end = size;
	return OK;
}

err_t sink_cut(struct sink *sink, uint64_t size)
{
	if (sink->kind != SINK_FILE || size >= sink->end)
		return OK;
	if (sink->regular && ftruncate(sink->fd, (off_t)size))
		return not_written(sink);
	sink->end = size;
	return OK;
}

err_t sink_restart(struct sink *sink)
{
	if (sink->kind == SINK_FLATTENED || sink->kind == SINK_STREAM)
		return fail(ERR_UNSUPPORTED, "%s: what was written to a stream stays there, so "
			    "there is no second try", sink->name);
	TRY(sink_cut(sink, 0));
	sink->written = sink->end = 0;
	return OK;
}

err_t sink_sync(struct sink *sink)
{
	if (sink->fd < 0)
		return OK;
	TRY(sync_file(sink));
	if (sink->kind == SINK_FILE)
		place_sync(&sink->place);
	return OK;
}

err_t sink_finish(struct sink *sink)
{
	if (sink->kind != SINK_FLATTENED)
		return OK;
	TRY(flush_record(sink));
	TRY(sink_sync(sink));
	TRY(write_record(sink, UINT64_MAX, NULL, UINT64_MAX));
	return sink_sync(sink);
}

void sink_abandon(struct sink *sink, bool all)
{
	bool unwanted = (all && !sink->stale) || sink->hopeless || (sink->made && !sink->end);

	if (sink->kind == SINK_FILE && sink->fd >= 0 && unwanted &&
	    !place_remove(&sink->place, sink->fd) && sink->regular && ftruncate(sink->fd, 0))
		sink->end = 0; /* nothing can be done about it */
	sink_close(sink);
}

err_t sink_close(struct sink *sink)
{
	int fd = sink->fd;

	sink->fd = -1;
	free(sink->record);
	sink->record = NULL;
	place_leave(&sink->place);
	if (fd >= 0 && sink->kind == SINK_FILE && close(fd))
		return not_written(sink);
	return OK;
}
