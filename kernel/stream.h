// SPDX-License-Identifier: GPL-2.0-only
/* stream.h - the dead kernel's memory read from an address on, in small pieces. One thread. */
#ifndef KERNEL_STREAM_H
#define KERNEL_STREAM_H

#include "kernel/memory.h"

enum { STREAM_BYTES = 4096 };

struct stream {
	struct memory *memory; /* lent */
	vaddr_t at;            /* of the next byte */
	unsigned next, have;   /* of what is in hand */
	uint8_t bytes[STREAM_BYTES];
};

static inline void stream_init(struct stream *stream, struct memory *memory, vaddr_t at)
{
	stream->memory = memory;
	stream->at = at;
	stream->next = stream->have = 0;
}

/* Have `size` bytes in hand, at most STREAM_BYTES. As memory_need(). */
err_t stream_fill(struct stream *, unsigned size);

/* Lend the next `size` bytes, at most STREAM_BYTES, good until the next call. As memory_need(). */
static inline err_t stream_take(struct stream *stream, unsigned size, const uint8_t **ret)
{
	if (stream->have - stream->next < size)
		TRY(stream_fill(stream, size));
	*ret = stream->bytes + stream->next;
	stream->next += size;
	stream->at += size;
	return OK;
}

/* Read what comes next, of any length, and do nothing with it. As memory_need(). */
err_t stream_skip(struct stream *, uint64_t bytes);

#endif
