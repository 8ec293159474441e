// SPDX-License-Identifier: GPL-2.0-only
/* kallsyms_search.c - the tables of kallsyms by their looks, for kernels that do not export them.
 * scripts/kallsyms.c of the kernel writes them one behind the other, each aligned to a word:
 *
 *     offsets, relative_base |                                                | offsets,
 *     or addresses           | num_syms names markers token_table token_index | relative_base
 *     (until 6.1)            |                                                | (since 6.4)
 *
 * token_index shows itself: 256 numbers of 16 bits that grow from 0 by small steps. From there the
 * others follow backwards; a marker is where every 256th name stands, 32 bits wide since 5.0. */
#include "base/bytes.h"
#include "kernel/kallsyms.h"
#include "kernel/stream.h"

enum {
	INDEX_BYTES = 2 * KALLSYMS_TOKENS,
	TOKEN_LENGTH_MOST = 64, /* with its NUL */
	MARKED = 256,           /* names from one marker to the next */
	MARKERS_MOST = KALLSYMS_MOST / MARKED,
	NAME_MOST = 258,        /* bytes of a name in names, with their number */
	STRIDE = INDEX_BYTES / 2, /* so far apart is looked whether there may be an index */
	PROBE = 4,                /* by so many numbers */
};

struct search {
	struct kallsyms *kallsyms;
	struct memory *memory;
	unsigned align;
	bool big;
	uint32_t first_marker, last_marker, markers; /* the second, in fact: the first is 0 */
	vaddr_t markers_at;
};

/* Do these numbers grow as those of a token_index do? The last comes back. */
static bool grows(const uint8_t *at, bool big, unsigned numbers, unsigned *last)
{
	unsigned before = get_16(big, at);

	for (unsigned i = 1; i < numbers; i++) {
		unsigned next = get_16(big, at + (size_t)2 * i);
		if (next < before + 2 || next > before + TOKEN_LENGTH_MOST)
			return false;
		before = next;
	}
	*last = before;
	return true;
}

static bool number_at(struct search *search, vaddr_t at, uint32_t *ret)
{
	uint8_t bytes[4];

	if (memory_read(search->memory, at, bytes, 4) != OK)
		return false;
	*ret = get_32(search->big, bytes);
	return true;
}

static bool byte_is(struct search *search, vaddr_t at, bool zero)
{
	uint8_t byte;

	return memory_read(search->memory, at, &byte, 1) == OK && !byte == zero;
}

/* The table of tokens ends right before the index: where the last token, at `last`, ends. */
static bool find_table(struct search *search, vaddr_t index, unsigned last)
{
	for (unsigned bytes = (unsigned)round_up(last + 2, search->align);
	     bytes < last + TOKEN_LENGTH_MOST + search->align; bytes += search->align) {
		vaddr_t at = index - bytes;
		/* Before the last token ends another, it is not empty, and behind it is nothing. */
		if (byte_is(search, at + last - 1, true) && byte_is(search, at + last, false) &&
		    byte_is(search, index - 1, true) && byte_is(search, at, false)) {
			search->kallsyms->token_table = at;
			search->kallsyms->token_index = index;
			return true;
		}
	}
	return false;
}

/* Markers shrink backwards, to 0. */
static bool find_markers(struct search *search)
{
	vaddr_t at = search->kallsyms->token_table - 4;
	uint32_t marker = 0, after;

	if (number_at(search, at, &marker) && !marker && search->align == 8)
		at -= 4; /* up to a word */
	if (!number_at(search, at, &marker) || !marker)
		return false;
	search->last_marker = marker;
	for (search->markers = 1; marker && search->markers < MARKERS_MOST; search->markers++) {
		after = marker;
		at -= 4;
		if (!number_at(search, at, &marker) || marker >= after ||
		    after - marker > MARKED * NAME_MOST)
			return false;
		search->first_marker = after;
	}
	search->markers_at = at;
	return !marker;
}

/* Do names begin here: is the second marker where the 257th stands? */
static bool names_fit(struct search *search, vaddr_t names)
{
	struct stream stream;
	const uint8_t *byte;

	stream_init(&stream, search->memory, names);
	for (unsigned i = 0; i < MARKED; i++) {
		if (stream_take(&stream, 1, &byte) != OK)
			return false;
		unsigned length = *byte;
		if (length >= 0x80 && search->kallsyms->long_names) {
			if (stream_take(&stream, 1, &byte) != OK)
				return false;
			length = (length & 0x7f) | (unsigned)*byte << 7;
		}
		if (stream_skip(&stream, length) != OK)
			return false;
	}
	return stream.at - names == search->first_marker;
}

/* The names end before the markers, and their number stands before them. */
static bool find_names(struct search *search)
{
	vaddr_t latest = search->markers_at - search->last_marker;
	uint32_t count, most = search->markers * MARKED;

	for (uint64_t back = search->align - 1; back < MARKED * NAME_MOST; back += search->align) {
		vaddr_t at = (latest - back) & ~(uint64_t)(search->align - 1);
		if (!number_at(search, at - search->align, &count))
			return false;
		if (count > most || count <= most - MARKED || !names_fit(search, at))
			continue;
		search->kallsyms->names = at;
		search->kallsyms->count = count;
		return true;
	}
	return false;
}

static void list_places(const struct search *search, struct kallsyms_places *ret)
{
	const struct kallsyms *kallsyms = search->kallsyms;
	unsigned align = search->align;
	vaddr_t before = kallsyms->names - align; /* num_syms */
	vaddr_t after = kallsyms->token_index + INDEX_BYTES;
	uint64_t offsets = round_up((uint64_t)4 * kallsyms->count, align);
	unsigned with_base = 1u << KALLSYMS_PERCPU | 1u << KALLSYMS_BASE;

	*ret = (struct kallsyms_places){ .count = 3 };
	ret->at[0].addresses = before - align - offsets;
	ret->at[0].base_at = before - align;
	ret->at[0].forms = with_base;
	ret->at[1].addresses = after;
	ret->at[1].base_at = after + offsets;
	ret->at[1].forms = with_base | 1u << KALLSYMS_PLACE;
	ret->at[2].addresses = before - (uint64_t)align * kallsyms->count;
	ret->at[2].forms = 1u << KALLSYMS_ABSOLUTE;
}

/* Is an index at `from` or a word behind it, up to `to`, and are the tables before it? */
static bool look_at_words(struct search *search, vaddr_t at, const uint8_t *bytes, size_t from,
			  size_t to)
{
	unsigned last = 0;

	for (size_t i = from; i <= to; i += search->align)
		if (!get_16(search->big, bytes + i) &&
		    grows(bytes + i, search->big, KALLSYMS_TOKENS, &last) &&
		    find_table(search, at + i, last) && find_markers(search) &&
		    find_names(search))
			return true;
	return false;
}

/* Look at one page, and beyond its end for an index that begins in it. Wherever an index begins, a
 * multiple of STRIDE lies in its first half, and numbers that grow stand there, as they hardly do
 * elsewhere: so few bytes of a page are looked at. */
static bool look_at_page(struct search *search, vaddr_t at, unsigned page)
{
	uint8_t bytes[STREAM_BYTES + INDEX_BYTES];
	size_t have = page;
	unsigned last = 0;

	if (memory_read(search->memory, at, bytes, page) != OK)
		return false;
	if (all_zero(bytes, page)) /* the second number is in the same word, and is none */
		return false;
	if (memory_read(search->memory, at + page, bytes + page, INDEX_BYTES) == OK)
		have += INDEX_BYTES;
	size_t latest = have - INDEX_BYTES; /* that an index can begin at */
	if (latest > page - search->align)
		latest = page - search->align;
	for (size_t i = 0; i <= page && i + 2 * PROBE <= have; i += STRIDE)
		if (grows(bytes + i, search->big, PROBE, &last) &&
		    look_at_words(search, at, bytes,
				  i ? i - STRIDE + search->align : 0, i < latest ? i : latest))
			return true;
	return false;
}

err_t kallsyms_search(struct kallsyms *kallsyms, const struct constants *constants,
		      struct kallsyms_places *ret)
{
	struct memory *memory = kallsyms->memory;
	struct search search = { .kallsyms = kallsyms, .memory = memory,
				 .align = memory->space->target.word_bytes,
				 .big = memory->space->target.big_endian };

	for (uint64_t at = 0; at < constants->to - constants->from; at += STREAM_BYTES)
		if (look_at_page(&search, constants->from + at, STREAM_BYTES)) {
			list_places(&search, ret);
			return OK;
		}
	return fail(ERR_NOFACT, "kallsyms: vmcoreinfo does not tell where it is, and nothing in [%#"
		    PRIx64 ", %#" PRIx64 ") looks like it", constants->from, constants->to);
}
