// SPDX-License-Identifier: GPL-2.0-only
/* sink.h - where the bytes of an output land: a file written by position, a flattened stream, plain
 * text on a stream, or nowhere (--dry-run). */
#ifndef OUTPUT_SINK_H
#define OUTPUT_SINK_H

#include "base/err.h"
#include "base/types.h"
#include "output/place.h"

enum sink_kind { SINK_FILE, SINK_FLATTENED, SINK_STREAM, SINK_NOWHERE };

/* The flattened format: a header block, then records of offset, size (both 64 bits, big-endian) and
 * bytes; the end has -1 in both. Later records win over earlier ones, and gaps are zeros. */
#define FLAT_SIGNATURE "makedumpfile"
enum {
	FLAT_SIGNATURE_BYTES = 16, /* with the NULs behind it */
	FLAT_HEADER_BYTES = 4096,  /* signature, type 1, version 1 (64 bits each), zeros */
	FLAT_RECORD_BYTES = 16,   /* what stands before the bytes of a record */
	FLAT_DATA_BYTES = 65536, /* of one record; adjacent bytes share records */
	FLAT_TYPE = 1,
	FLAT_VERSION = 1,
};

struct sink {
	enum sink_kind kind;
	const char *name; /* as messages call it; lent */
	uint64_t limit;   /* -L: bytes the output may have; 0: any number */
	uint64_t cache;   /* bytes of page cache it may fill; 0: any number */
	int fd;           /* -1: nowhere */
	struct place place; /* SINK_FILE: where it lies */
	bool regular;     /* an ordinary file: it can be cut, and holes are zeros */
	bool made;        /* it was not there before */
	bool stale;       /* what was there before still is, all of it */
	bool hopeless;    /* it failed so early that nobody can open the file */
	uint64_t written; /* bytes handed over, those written twice counted twice */
	uint64_t cached;  /* bytes handed over since the page cache was last emptied */
	uint64_t unsent;  /* bytes handed over and not yet sent to the disk */
	uint64_t end;     /* one past the highest byte written */
	uint8_t *record;  /* SINK_FLATTENED: bytes of the record in the making; owned */
	uint64_t record_at;
	size_t record_bytes;
};

/* Does `name` allow a new output? ERR_USAGE: it exists and `replace` is false, or cannot be
 * written. */
err_t sink_check(const char *name, bool replace);

/* Open what `kind`, `name` and `limit` of the sink tell. A file is created (mode 0600); with
 * `replace` one that is there is taken, and keeps its content until the first write: that one, if
 * it is at the beginning, is in the file before the rest of the old content goes. So a header that
 * says "incomplete" leaves no moment at which the file looks whole and is not. If that fails, the
 * old content is put back; if that fails, too, the sink is hopeless. The streams are standard
 * output, which they do not own. ERR_USAGE: it cannot be had. */
err_t sink_open(struct sink *, bool replace);

/* At a position; a SINK_STREAM takes ascending positions only. ERR_NOSPACE: full, or the limit is
 * reached; what fits below the limit is written. ERR_IO. */
err_t sink_write(struct sink *, uint64_t at, const void *bytes, size_t size);

/* The same for bytes that readers of a flattened stream want in one record. */
err_t sink_write_whole(struct sink *, uint64_t at, const void *bytes, size_t size);

/* ERR_NOSPACE: an output of so many bytes does not fit, by the limit or by what the file system has
 * free. OK does not promise that it will. */
err_t sink_fits(const struct sink *, uint64_t size);

/* Make the file at least this long, as far as its limit allows; the rest reads as zeros. */
err_t sink_extend(struct sink *, uint64_t size);

/* Give back all from this position on, to have space for something below. Only a file can. */
err_t sink_cut(struct sink *, uint64_t size);

/* Throw away all that was written, to begin again. ERR_UNSUPPORTED: a stream cannot. */
err_t sink_restart(struct sink *);

/* Bring all that was written to the disk. What only shows now (a full disk of a server, a disk that
 * fails) is an error as in sink_write(). Fine where there is no disk: pipes, terminals. */
err_t sink_sync(struct sink *);

/* The output is complete: a flattened stream gets its end, when all before it is safe. */
err_t sink_finish(struct sink *);

/* The output failed: close it. A file that has nothing in it yet is removed if it was made here;
 * with `all`, and if it is hopeless, any file is, whatever it has. What is no ordinary file stays.
 */
void sink_abandon(struct sink *, bool all);

/* Close; what the kernel only notices now is an error, too. Fine on a sink that is not open. */
err_t sink_close(struct sink *);

#endif
