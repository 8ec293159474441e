// SPDX-License-Identifier: GPL-2.0-only
/* sink.c - open, write, close. */
#include "output/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

static err_t refused(const char *name, int why)
{
	return fail(ERR_USAGE, "Can't open the dump file (%s). %s", name, strerror(why));
}

err_t sink_check(const char *name, bool replace)
{
	struct stat stat;

	if (lstat(name, &stat))
		return errno == ENOENT ? OK : refused(name, errno);
	if (!replace)
		return refused(name, EEXIST);
	if (S_ISDIR(stat.st_mode))
		return refused(name, EISDIR);
	return access(name, W_OK) ? refused(name, errno) : OK;
}

err_t sink_open(struct sink *sink, const char *name, bool nowhere, bool replace)
{
	*sink = (struct sink){ .name = name, .fd = -1 };
	if (nowhere)
		return OK;
	sink->fd =
	    open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | (replace ? 0 : O_EXCL), 0600);
	return sink->fd < 0 ? refused(name, errno) : OK;
}

err_t sink_write(struct sink *sink, uint64_t at, const void *bytes, size_t size)
{
	if (sink->fd >= 0)
		TRY(io_write(sink->fd, sink->name, at, bytes, size));
	sink->written += size;
	sink->end = max_u64(sink->end, at + size);
	return OK;
}

err_t sink_extend(struct sink *sink, uint64_t size)
{
	if (size <= sink->end)
		return OK;
	if (sink->fd >= 0 && ftruncate(sink->fd, (off_t)size))
		return fail(errno == EFBIG ? ERR_NOSPACE : ERR_IO,
			    "Can't write the dump file(%s). %s", sink->name, strerror(errno));
	sink->end = size;
	return OK;
}

err_t sink_restart(struct sink *sink)
{
	sink->written = sink->end = 0;
	if (sink->fd >= 0 && ftruncate(sink->fd, 0))
		return fail(ERR_IO, "Can't write the dump file(%s). %s", sink->name,
			    strerror(errno));
	return OK;
}

err_t sink_close(struct sink *sink)
{
	int fd = sink->fd;

	sink->fd = -1;
	if (fd >= 0 && close(fd))
		return fail(errno == ENOSPC || errno == EDQUOT ? ERR_NOSPACE : ERR_IO,
			    "Can't write the dump file(%s). %s", sink->name, strerror(errno));
	return OK;
}
