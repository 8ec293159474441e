// SPDX-License-Identifier: GPL-2.0-only
/* lanes.c - the only hot loop over struct pages.
 * Gathering is written once for all machines; the compiler makes a copy for the usual one (8-byte
 * words, little endian), in which every load is one instruction. */
#include "pages/lanes.h"

#include <string.h>

#include "base/bits.h"
#include "base/bytes.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

/* A struct page may be at most this many pages' head: 2^24 pages of 4 KiB are 64 GiB. */
enum { ORDER_MOST = 24 };

/* What up to 64 struct pages say, member by member: from here on one question is asked of many
 * pages at once, in loops that compilers make vector instructions of. */
struct columns {
	uint32_t flags[LANE_PAGES], flags_high[LANE_PAGES], type[LANE_PAGES];
	uint8_t anon[LANE_PAGES], tail[LANE_PAGES]; /* 0 or 1 */
};

/* Bits that are set in some, and in every, number of a column. */
struct summary {
	uint32_t some, every;
};

/* What is asked for at all. */
struct members {
	bool high, type, tail;
};

static struct members members_of(const struct rules *rules)
{
	uint64_t flags = rules->lru | rules->swapcache | rules->swapbacked | rules->private |
			 rules->slab | rules->hwpoison | rules->head | rules->buddy;

	return (struct members){ flags >> 32 != 0, rules->mapcount_at != NOT_THERE,
				 rules->compound_at != NOT_THERE };
}

static ALWAYS_INLINE void gather(const struct rules *rules, const struct target target,
				 const uint8_t *page, unsigned count, struct columns *columns)
{
	const struct members asked = members_of(rules);
	const unsigned step = rules->page_size, flags_at = rules->flags_at;
	const unsigned mapping_at = rules->mapping_at, type_at = rules->mapcount_at;
	const unsigned compound_at = rules->compound_at;

	for (unsigned i = 0; i < count; i++, page += step) {
		uint64_t flags = get_word(&target, page + flags_at);
		columns->flags[i] = (uint32_t)flags;
		if (asked.high)
			columns->flags_high[i] = (uint32_t)(flags >> 32);
		columns->anon[i] = get_word(&target, page + mapping_at) & 1;
		if (asked.tail)
			columns->tail[i] = get_word(&target, page + compound_at) & 1;
		if (asked.type)
			columns->type[i] = get_32(target.big_endian, page + type_at);
	}
}

static struct summary summary_of(const uint32_t column[LANE_PAGES])
{
	struct summary summary = { 0, UINT32_MAX };

	for (unsigned i = 0; i < LANE_PAGES; i++) {
		summary.some |= column[i];
		summary.every &= column[i];
	}
	return summary;
}

/* The answers, 0 or 1 each, as bits. The product of eight bytes has the lowest bit of the i-th of
 * them at 56 + i, and no carry reaches there. */
static uint64_t bits_of(const uint8_t answer[LANE_PAGES])
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < LANE_PAGES; i += 8)
		bits |= (get_64(false, answer + i) * UINT64_C(0x0102040810204080) >> 56) << i;
	return bits;
}

/* Which numbers have one of the bits of `mask`? Mostly none has, or all have. */
static uint64_t ask_bits(const uint32_t column[LANE_PAGES], struct summary summary, uint32_t mask)
{
	uint8_t answer[LANE_PAGES];

	if (!(summary.some & mask))
		return 0;
	if (summary.every & mask)
		return ~UINT64_C(0);
	for (unsigned i = 0; i < LANE_PAGES; i++)
		answer[i] = (column[i] & mask) != 0;
	return bits_of(answer);
}

static uint64_t ask_mark(const uint32_t column[LANE_PAGES], struct summary summary,
			 struct type_mark mark)
{
	uint8_t answer[LANE_PAGES];

	if (!mark.mask || mark.value & ~summary.some ||
	    summary.every & mark.mask & ~mark.value)
		return 0;
	for (unsigned i = 0; i < LANE_PAGES; i++)
		answer[i] = (column[i] & mark.mask) == mark.value;
	return bits_of(answer);
}

static void ask_flags(const struct rules *rules, const uint32_t column[LANE_PAGES], unsigned shift,
		      struct lanes *lanes)
{
	const struct {
		uint64_t mask;
		uint64_t *lane;
	} questions[] = {
		{ rules->head, &lanes->head },
		{ rules->lru, &lanes->lru },
		{ rules->swapcache, &lanes->swapcache },
		{ rules->swapbacked, &lanes->swapbacked },
		{ rules->private, &lanes->private },
		{ rules->slab, &lanes->slab },
		{ rules->hwpoison, &lanes->poison },
		{ rules->type_buddy.mask ? 0 : rules->buddy, &lanes->buddy },
	};
	struct summary summary = summary_of(column);

	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		*questions[i].lane |=
			ask_bits(column, summary, (uint32_t)(questions[i].mask >> shift));
}

static void ask_types(const struct rules *rules, const uint32_t column[LANE_PAGES], uint64_t inside,
		      struct lanes *lanes)
{
	struct summary summary = summary_of(column);

	lanes->buddy |= ask_mark(column, summary, rules->type_buddy) & inside;
	lanes->slab |= ask_mark(column, summary, rules->type_slab) & inside;
	lanes->offline |= ask_mark(column, summary, rules->type_offline) & inside;
	lanes->unaccepted |= ask_mark(column, summary, rules->type_unaccepted) & inside;
}

void lanes_read(const struct rules *rules, const uint8_t *pages, unsigned count, struct lanes *ret)
{
	static const struct target usual = { .word_bytes = 8, .big_endian = false };
	const struct members asked = members_of(rules);
	struct columns columns;

	if (count < LANE_PAGES || !asked.tail)
		memset(&columns, 0, sizeof(columns));
	if (rules->target.word_bytes == 8 && !rules->target.big_endian)
		gather(rules, usual, pages, count, &columns);
	else
		gather(rules, rules->target, pages, count, &columns);
	*ret = (struct lanes){ .anon = bits_of(columns.anon), .tail = bits_of(columns.tail) };
	ask_flags(rules, columns.flags, 0, ret);
	if (asked.high)
		ask_flags(rules, columns.flags_high, 32, ret);
	if (asked.type)
		ask_types(rules, columns.type, bits_mask(0, count), ret);
	/* A kernel without PG_swapbacked: the swapcache flag counts alone. */
	if (!rules->swapbacked)
		ret->swapbacked = ~UINT64_C(0);
	/* Where it is not known which page is private, any may be. */
	if (!rules->private)
		ret->private = ~UINT64_C(0);
}

void lanes_compounds(const struct rules *rules, const uint8_t *pages, unsigned count, pfn_t first,
		     struct lanes *lanes, uint8_t order[LANE_PAGES])
{
	lanes->hugetlb = 0;
	for (uint64_t left = lanes->head & ~lanes->tail; left; left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctzll(left);
		const uint8_t *head = pages + (size_t)i * rules->page_size;
		struct compound compound = { 0 };

		order[i] = 0;
		if (i + 1 >= count)
			continue; /* blocks begin at multiples of 64 pages: a true head is not the
				     last */
		rules->compound->read(rules, head, head + rules->page_size, &compound);
		lanes->hugetlb |= (uint64_t)compound.hugetlb << i;
		if (compound.order <= ORDER_MOST &&
		    !((first + i) & ((UINT64_C(1) << compound.order) - 1)))
			order[i] = (uint8_t)compound.order;
	}
}

unsigned lanes_free_order(const struct rules *rules, const uint8_t *pages, unsigned i)
{
	const uint8_t *page = pages + (size_t)i * rules->page_size;
	uint64_t order = get_word(&rules->target, page + rules->private_at);

	if (order > ORDER_MOST || (rules->free_orders && order >= rules->free_orders))
		return ORDER_ABSURD;
	return (unsigned)order;
}
