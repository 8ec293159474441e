// SPDX-License-Identifier: GPL-2.0-only
/* sink.h - where the bytes of a dump land: a file written by position, or nowhere (--dry-run). */
#ifndef OUTPUT_SINK_H
#define OUTPUT_SINK_H

#include "base/err.h"
#include "base/types.h"

struct sink {
	const char *name; /* as messages call it; lent */
	int fd;           /* -1: nowhere */
	uint64_t written; /* bytes handed over, those written twice counted twice */
	uint64_t end;     /* one past the highest byte written */
};

/* Does `name` allow a new dump? ERR_USAGE: it exists and `replace` is false, or cannot be written.
 */
err_t sink_check(const char *name, bool replace);

/* Create (mode 0600), or with `replace` truncate. Without a name: nowhere. */
err_t sink_open(struct sink *, const char *name, bool nowhere, bool replace);

/* ERR_NOSPACE, ERR_IO as io_write(). */
err_t sink_write(struct sink *, uint64_t at, const void *bytes, size_t size);

/* Make the file at least this long. */
err_t sink_extend(struct sink *, uint64_t size);

/* Throw away all that was written, to begin again. */
err_t sink_restart(struct sink *);

/* Close; what the kernel only notices now is an error, too. Fine on a sink that is not open. */
err_t sink_close(struct sink *);

#endif
