// SPDX-License-Identifier: GPL-2.0-only
/* btf_search.c - the kernel's types by their looks, for kernels whose symbols do not tell where
 * they are: without CONFIG_KALLSYMS_ALL, kallsyms has functions alone.
 * They stand among what the image may only read, behind the code, and begin like this:
 *
 *     magic 0xeb9f, version 1, flags 0, header of 24 bytes, types at 0 for a length,
 *     names at that length for another
 *
 * A module's, which needs the kernel's, is in no image. */
#include <string.h>

#include "base/bytes.h"
#include "kernel/btf.h"
#include "kernel/constants.h"

enum {
	GAP_MOST = 16 << 20,    /* between its sections, which begin at huge pages */
	PIECE = 4096, HEADER = 24, PATTERN = 8,
	TEXT_LEAST = 1 << 8, /* a kernel has more names */
	LENGTH_MOST = 1 << 28,
};

/* Magic, version, flags and the length of the header. */
static void make_pattern(bool big, uint8_t ret[PATTERN])
{
	put_16(big, ret, 0xeb9f);
	ret[2] = 1;
	ret[3] = 0;
	put_32(big, ret + 4, HEADER);
}

/* The length of all, if this is the header. */
static bool is_header(bool big, const uint8_t *at, uint64_t *ret)
{
	uint32_t type_at = get_32(big, at + 8), type_bytes = get_32(big, at + 12);
	uint32_t text_at = get_32(big, at + 16), text_bytes = get_32(big, at + 20);

	*ret = (uint64_t)HEADER + text_at + text_bytes;
	return !type_at && type_bytes == text_at && type_bytes % 4 == 0 && type_bytes &&
	       text_bytes >= TEXT_LEAST && *ret <= LENGTH_MOST;
}

/* In what begins in this piece; `bytes` goes on behind it by a header. One byte is looked for
 * first, for most of the memory behind an image has neither. */
static bool look_at_piece(bool big, const uint8_t *bytes, size_t have, size_t *at,
			  uint64_t *length)
{
	uint8_t pattern[PATTERN];
	const uint8_t *end = bytes + (have < PIECE + HEADER ? have - HEADER : PIECE), *found;

	make_pattern(big, pattern);
	for (const uint8_t *next = bytes;
	     (found = memchr(next, pattern[0], (size_t)(end - next))); next = found + 1) {
		if (memcmp(found, pattern, PATTERN) || !is_header(big, found, length))
			continue;
		*at = (size_t)(found - bytes);
		return true;
	}
	return false;
}

static err_t search(struct memory *memory, const struct constants *constants, vaddr_t *start,
		    vaddr_t *end)
{
	bool big = memory->space->target.big_endian;
	uint8_t bytes[PIECE + HEADER];
	uint64_t length = 0, mapped = 0, all = constants->to - constants->from;
	size_t at;

	for (uint64_t done = 0; done < all && done - mapped < GAP_MOST; done += PIECE) {
		vaddr_t from = constants->from + done;
		if (memory_read(memory, from, bytes, PIECE) != OK)
			continue;
		mapped = done;
		size_t more = memory_read(memory, from + PIECE, bytes + PIECE, HEADER) == OK
			? HEADER : 0;
		if (!look_at_piece(big, bytes, PIECE + more, &at, &length))
			continue;
		*start = from + at;
		*end = *start + length;
		return OK;
	}
	return fail(ERR_NOFACT, "nothing in [%#" PRIx64 ", %#" PRIx64 ") looks like BTF",
		    constants->from, constants->to);
}

err_t btf_open_own(struct btf *btf, struct memory *memory, const struct facts *facts,
		   vaddr_t start, vaddr_t end)
{
	struct constants constants;

	if (!start || !end) {
		TRY(constants_find(facts, &constants));
		TRY(search(memory, &constants, &start, &end));
	}
	return btf_open(btf, memory, start, end, NULL);
}
