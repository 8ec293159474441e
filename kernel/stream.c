// SPDX-License-Identifier: GPL-2.0-only
/* stream.c - memory is read up to the end of a page at a time, so that the end of what is mapped
 * does not come early. */
#include "kernel/stream.h"

#include <string.h>

err_t stream_fill(struct stream *stream, unsigned size)
{
	while (stream->have - stream->next < size) {
		unsigned kept = stream->have - stream->next;
		vaddr_t end = stream->at + kept;
		unsigned more = STREAM_BYTES - (unsigned)(end % STREAM_BYTES);
		if (more > STREAM_BYTES - kept)
			more = STREAM_BYTES - kept;
		memmove(stream->bytes, stream->bytes + stream->next, kept);
		stream->next = 0;
		stream->have = kept;
		TRY(memory_need(stream->memory, end, stream->bytes + kept, more));
		stream->have += more;
	}
	return OK;
}

err_t stream_skip(struct stream *stream, uint64_t bytes)
{
	const uint8_t *ignored;

	while (bytes) {
		unsigned have = stream->have - stream->next;
		unsigned piece = !have ? 1 : bytes < have ? (unsigned)bytes : have;
		TRY(stream_take(stream, piece, &ignored));
		bytes -= piece;
	}
	return OK;
}
