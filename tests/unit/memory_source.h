// SPDX-License-Identifier: GPL-2.0-only
/* memory_source.h - a dump that is an array in memory: physical address n is byte n of it. */
#ifndef TESTS_MEMORY_SOURCE_H
#define TESTS_MEMORY_SOURCE_H

#include "base/bits.h"
#include "input/window.h"

struct memory_dump {
	struct source source; /* first: the format finds the bytes through it */
	const uint8_t *bytes;
	uint64_t size;
};

static inline err_t memory_dump_lend(struct reader *reader, paddr_t at, const uint8_t **ret,
				     size_t *size)
{
	const struct memory_dump *dump = (const struct memory_dump *)reader->source;

	if (at >= dump->size)
		return ERR_HOLE;
	*ret = dump->bytes + at;
	*size = (size_t)min_u64(*size, dump->size - at);
	return OK;
}

static inline void memory_dump_pages(const struct source *source, pfn_t first, pfn_t end, bool data,
				     uint64_t *words)
{
	const struct memory_dump *dump = (const struct memory_dump *)source;

	(void)data;
	bits_set(words, 0, min_u64(end, dump->size >> 12) - first);
}

static const struct input_format memory_dump_format = {
	.name = "memory", .lend = memory_dump_lend, .pages = memory_dump_pages,
};

static inline void memory_dump_init(struct memory_dump *dump, const uint8_t *bytes, uint64_t size)
{
	*dump = (struct memory_dump){
		.source = { .name = "memory", .format = &memory_dump_format, .fd = -1,
			    .target = { .word_bytes = 8, .page_shift = 12, .align_64 = 8 } },
		.bytes = bytes, .size = size,
	};
}

#endif
