// SPDX-License-Identifier: GPL-2.0-only
/* lanes.c - the only hot loop over struct pages.
 * Written once for all machines; the compiler makes a copy for the usual one (8-byte words, little
 * endian), in which every load is one instruction. */
#include "pages/lanes.h"

#include <string.h>

#include "base/bytes.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

/* A struct page may be at most this many pages' head: 2^24 pages of 4 KiB are 64 GiB. */
enum { ORDER_MOST = 24 };

static ALWAYS_INLINE uint64_t bit(bool set, unsigned at)
{
	return (uint64_t)set << at;
}

static ALWAYS_INLINE uint64_t bit_if(uint64_t value, unsigned at)
{
	return bit(value != 0, at);
}

static ALWAYS_INLINE uint64_t bit_type(uint32_t type, struct type_mark mark, unsigned at)
{
	return bit(mark.mask && (type & mark.mask) == mark.value, at);
}

static ALWAYS_INLINE void read_lanes(const struct rules *const rules, const struct target target,
				     const uint8_t *page, unsigned count, struct lanes *ret)
{
	struct lanes lanes = { 0 };
	const bool typed = rules->mapcount_at != NOT_THERE, tails = rules->compound_at != NOT_THERE;

	for (unsigned i = 0; i < count; i++, page += rules->page_size) {
		uint64_t flags = get_word(&target, page + rules->flags_at);
		uint64_t mapping = get_word(&target, page + rules->mapping_at);
		lanes.head |= bit_if(flags & rules->head, i);
		lanes.lru |= bit_if(flags & rules->lru, i);
		lanes.swapcache |= bit_if(flags & rules->swapcache, i);
		lanes.swapbacked |= bit_if(flags & rules->swapbacked, i);
		lanes.private |= bit_if(flags & rules->private, i);
		lanes.slab |= bit_if(flags & rules->slab, i);
		lanes.poison |= bit_if(flags & rules->hwpoison, i);
		lanes.anon |= bit_if(mapping & 1, i);
		if (tails)
			lanes.tail |= bit_if(get_word(&target, page + rules->compound_at) & 1, i);
		if (typed) {
			uint32_t type = get_32(target.big_endian, page + rules->mapcount_at);
			lanes.buddy |= bit_type(type, rules->type_buddy, i);
			lanes.slab |= bit_type(type, rules->type_slab, i);
			lanes.offline |= bit_type(type, rules->type_offline, i);
			lanes.unaccepted |= bit_type(type, rules->type_unaccepted, i);
		}
		if (!rules->type_buddy.mask)
			lanes.buddy |= bit_if(flags & rules->buddy, i);
	}
	*ret = lanes;
}

void lanes_read(const struct rules *rules, const uint8_t *pages, unsigned count, struct lanes *ret)
{
	static const struct target usual = { .word_bytes = 8, .big_endian = false };

	if (rules->target.word_bytes == 8 && !rules->target.big_endian)
		read_lanes(rules, usual, pages, count, ret);
	else
		read_lanes(rules, rules->target, pages, count, ret);
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
		lanes->hugetlb |= bit(compound.hugetlb, i);
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
