// SPDX-License-Identifier: GPL-2.0-only
/* flat.h - a flattened stream (makedumpfile -F) seen as the file it stands for.
 *
 *   4096 bytes    "makedumpfile" and 4 NULs, type 1, version, zeros
 *   a record      file offset, size; then so many bytes that belong there
 *   ...           later records win over earlier ones; what none writes is zeros
 *   the end       offset and size -1
 *
 * All integers are 64 bit and big endian, whatever the machines. */
#ifndef INPUT_FLAT_H
#define INPUT_FLAT_H

#include "input/extents.h"

/* Where each byte of the file lies in the stream. Const once made. */
struct flat {
	struct extent *extent; /* by file offset: start, end; file_at is in the stream. Owned */
	size_t extents;
	bool cut;              /* there is no end record: the stream was cut off */
	uint64_t stream_bytes; /* length of the stream */
};

/* Do the first bytes of the input look like it? */
bool flat_probe(const uint8_t *head, size_t bytes);

/* Make source->flat, and source->file_bytes that of the file it stands for. A stream that was cut
 * off gives what there is. ERR_CORRUPT: a record makes no sense; ERR_UNSUPPORTED: more records or
 * holes than the bounds in flat.c allow. */
err_t flat_open(struct source *);
void flat_close(struct source *);

#endif
