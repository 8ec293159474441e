// SPDX-License-Identifier: GPL-2.0-only
/* io.c - pread and pwrite until done. */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/scope.h"
#include "base/stop.h"

err_t io_read(int fd, const char *name, uint64_t at, void *bytes, size_t size)
{
	uint8_t *to = bytes;

	while (size) {
		ssize_t got = pread(fd, to, size, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(ERR_IO, "%s: reading at %#" PRIx64 ": %s", name, at,
				    strerror(errno));
		if (got == 0)
			return ERR_HOLE;
		to += got;
		at += (uint64_t)got;
		size -= (size_t)got;
	}
	return OK;
}

static err_t write_failed(const char *name)
{
	bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;

	return fail(full ? ERR_NOSPACE : ERR_IO, "Can't write the dump file(%s). %s", name,
		    strerror(errno));
}

/* One write or pwrite at a time until all is out; at == NULL means no position. A pipe may never
 * take more, so that a signal ends it; what has positions goes on: the mark must get there. */
static err_t write_all(int fd, const char *name, uint64_t *at, const uint8_t *bytes, size_t size)
{
	while (size) {
		ssize_t put = at ? pwrite(fd, bytes, size, (off_t)*at) : write(fd, bytes, size);
		if (put < 0 && errno == EINTR && at)
			continue;
		if (put < 0 && errno == EINTR) {
			TRY(stop_check());
			continue;
		}
		if (put == 0)
			errno = ENOSPC;
		if (put <= 0)
			return write_failed(name);
		bytes += put;
		size -= (size_t)put;
		if (at)
			*at += (uint64_t)put;
	}
	return OK;
}

err_t io_write(int fd, const char *name, uint64_t at, const void *bytes, size_t size)
{
	return write_all(fd, name, &at, bytes, size);
}

err_t io_append(int fd, const char *name, const void *bytes, size_t size)
{
	TRY(stop_check());
	return write_all(fd, name, NULL, bytes, size);
}

err_t io_slurp(const char *name, size_t limit, char **ret, size_t *ret_size)
{
	CLOSE_AT_END int fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(ERR_USAGE, "Can't open the file(%s). %s", name, strerror(errno));
	FREE_AT_END char *text = malloc(limit + 2);
	if (!text)
		return fail(ERR_NOMEM, "%s: no memory for %zu bytes", name, limit);
	size_t have = 0;
	for (;;) {
		ssize_t got = read(fd, text + have, limit + 1 - have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(ERR_IO, "%s: %s", name, strerror(errno));
		if (got == 0)
			break;
		have += (size_t)got;
		if (have > limit)
			return fail(ERR_CORRUPT, "%s: larger than %zu bytes", name, limit);
	}
	text[have] = 0;
	*ret = text;
	*ret_size = have;
	text = NULL;
	return OK;
}
