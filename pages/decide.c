// SPDX-License-Identifier: GPL-2.0-only
/* decide.c - walk the struct pages of a range, 64 at a time; skip what a block covers. */
#include "pages/decide.h"

#include <string.h>

#include "base/bits.h"
#include "pages/dom0.h"
#include "pages/freelist.h"
#include "pages/percpu.h"

void decider_set_level(struct decider *decider, unsigned level)
{
	const struct rules *rules = decider->rules;
	bool free_wanted = level & LEVEL_FREE;

	decider->wanted = kinds_of_level(level);
	if (!decider->map)
		return;
	decider->wanted &= ~rules->unknown;
	free_wanted &= !(rules->unknown >> PAGE_FREE & 1);
	/* Struct pages are read when the level needs them, and for broken memory at any level. */
	decider->by_page = level & (LEVEL_CACHE | LEVEL_CACHE_PRIVATE | LEVEL_USER) ||
			   (free_wanted && rules->free_by_page) || rules->hwpoison;
	decider->by_page = (decider->by_page && decider->wanted) || decider->judge;
	decider->by_lists = free_wanted && !rules->free_by_page;
	decider->by_percpu = decider->percpu_wanted && level & LEVEL_FREE &&
			     percpu_check(decider->facts) == OK;
	if (!rules->free_by_page)
		decider->wanted &= ~(1u << PAGE_FREE);
}

void doubts_add(struct doubts *doubts, const struct doubts *later)
{
	if (!doubts->unreadable)
		doubts->first_unreadable = later->first_unreadable;
	if (!doubts->blocks)
		doubts->first_block = later->first_block;
	if (!doubts->lists)
		memcpy(doubts->first_list, later->first_list, sizeof(doubts->first_list));
	doubts->unreadable += later->unreadable;
	doubts->blocks += later->blocks;
	doubts->lists += later->lists;
}

/* Leave out [first, end) as far as it lies in the range; the rest is carried on. */
static void exclude(struct decision *decision, struct carry *carry, enum page_kind kind,
		    pfn_t first, pfn_t end)
{
	pfn_t stop = min_u64(end, decision->end);

	decision->excluded[kind] +=
		bits_clear(decision->words, first - decision->first, stop - decision->first);
	if (end > stop)
		*carry = (struct carry){ end, kind };
}

/* Up to 64 struct pages that stand together, and what is known about them. Bits are relative to
 * base. */
struct block {
	pfn_t base;
	unsigned count;
	uint64_t
	    inside; /* pages that may be decided: in the range, with data, struct page readable */
	struct lanes lanes;
	uint8_t order[LANE_PAGES]; /* of compound heads */
	uint64_t kind[PAGE_KINDS];
	const uint8_t *pages;
};

static enum page_kind kind_of(const struct block *block, unsigned i)
{
	unsigned kind = 0;

	while (!(block->kind[kind] >> i & 1))
		kind++;
	return (enum page_kind)kind;
}

static unsigned order_of(const struct decider *decider, const struct block *block, unsigned i)
{
	uint64_t bit = UINT64_C(1) << i;

	if (block->kind[PAGE_FREE] & bit) {
		if (!(block->lanes.buddy &
		      bit)) /* unaccepted memory comes in blocks of the largest order */
			return decider->rules->free_orders ? decider->rules->free_orders - 1 : 0;
		return lanes_free_order(decider->rules, block->pages, i);
	}
	return block->order[i];
}

/* Leave out what covers more than its own page, in ascending order; what an earlier one covers is
 * not looked at. Returns the pages of the block dealt with; *reached becomes the end of the last
 * cover. */
static uint64_t exclude_covers(const struct decider *decider, const struct block *block,
			       struct decision *decision, struct carry *carry, pfn_t *reached)
{
	uint64_t any = 0, done = 0;

	for (unsigned kind = 0; kind < PAGE_EXTENSION; kind++)
		any |= block->kind[kind];
	for (uint64_t left = (block->kind[PAGE_FREE] | (block->lanes.head & any)) & block->inside;
	     left; left &= left - 1) {
		unsigned i = (unsigned)__builtin_ctzll(left);
		if (done >> i & 1)
			continue;
		unsigned order = order_of(decider, block, i);
		if (order == ORDER_ABSURD) {
			if (!decision->doubts.blocks++)
				decision->doubts.first_block = block->base + i;
			done |= UINT64_C(1) << i;
			continue;
		}
		pfn_t first = block->base + i, end = first + (UINT64_C(1) << order);
		if (block->kind[PAGE_FREE] & block->lanes.buddy & UINT64_C(1) << i)
			decision->found_free += end - first;
		exclude(decision, carry, kind_of(block, i), first, end);
		done |= bits_mask(i, (unsigned)min_u64(64, i + (end - first)));
		*reached = max_u64(*reached, end);
	}
	return done;
}

static void exclude_singles(const struct block *block, uint64_t candidates,
			    struct decision *decision)
{
	uint64_t at = block->base - decision->first;
	uint64_t *word = &decision->words[at / 64];

	for (unsigned kind = 0; kind < PAGE_KINDS; kind++) {
		uint64_t gone = (block->kind[kind] & candidates) << at % 64;
		decision->excluded[kind] += (uint64_t)__builtin_popcountll(gone & *word);
		*word &= ~gone;
	}
}

/* Read the struct pages of a block and classify them. When reading hits a page of the dump that is
 * broken, do it again one struct page at a time. */
static void look(struct decider *decider, struct block *block, vaddr_t at,
		 struct decision *decision)
{
	struct memmap *map = decider->map;
	uint64_t readable;

	memmap_lend(map, at, block->count, &block->pages, &readable);
	for (bool again = false;; again = true) {
		if (again)
			memmap_lend_singly(map, at, block->count, &block->pages, &readable);
		lanes_read(decider->rules, block->pages, block->count, &block->lanes);
		lanes_compounds(decider->rules, block->pages, block->count, block->base,
				&block->lanes, block->order);
		if (!reader_faulted(map->memory->reader) || again)
			break;
	}
	classify(&block->lanes, decider->wanted, block->kind);
	uint64_t lost = block->inside & ~readable;
	if (lost && !decision->doubts.unreadable)
		decision->doubts.first_unreadable = block->base + (unsigned)__builtin_ctzll(lost);
	decision->doubts.unreadable += (uint64_t)__builtin_popcountll(lost);
	block->inside &= readable;
}

/* One past the last page of the block that a page covers. */
static unsigned cover_end(const struct decider *decider, const struct block *block, unsigned i,
			  uint64_t any)
{
	uint64_t bit = UINT64_C(1) << i;
	unsigned order = ORDER_ABSURD;

	if ((block->kind[PAGE_FREE] | (block->lanes.head & any)) & bit)
		order = order_of(decider, block, i);
	return order == ORDER_ABSURD ? i + 1 : (unsigned)min_u64(64, i + (UINT64_C(1) << order));
}

/* Ask the judge about the pages that no earlier one covers. What is kept leaves all kinds; what is
 * dropped, and is neither taken by a rule nor a tail, gets a kind of its own. */
static void ask_judge(const struct decider *decider, struct block *block)
{
	uint64_t any = 0, keep = 0, drop = 0;

	for (unsigned kind = 0; kind < PAGE_KINDS; kind++)
		any |= block->kind[kind];
	for (unsigned i = 0; i < block->count;) {
		uint64_t bit = UINT64_C(1) << i;
		enum page_verdict verdict = !(block->inside & bit) ? PAGE_UNDECIDED :
			decider->judge(decider->judge_of, block->base + i,
				       block->pages + i * decider->rules->page_size);
		keep |= verdict == PAGE_KEEP ? bit : 0;
		drop |= verdict == PAGE_DROP ? bit : 0;
		i = verdict == PAGE_KEEP || !(block->inside & bit)
			    ? i + 1 : cover_end(decider, block, i, any);
	}
	for (unsigned kind = 0; kind < PAGE_KINDS; kind++)
		block->kind[kind] &= ~keep;
	block->kind[PAGE_EXTENSION] = drop & ~any & ~block->lanes.tail;
}

/* The part of a stretch that lies in the range, from pfn on. Returns where to go on. */
static pfn_t decide_block(struct decider *decider, const struct stretch *stretch, pfn_t pfn,
			  struct carry *carry, struct decision *decision)
{
	struct block block = { .base = max_u64(pfn & ~(uint64_t)63, stretch->first) };
	pfn_t block_end = min_u64((block.base | 63) + 1, stretch->end);
	pfn_t stop = min_u64(block_end, decision->end), reached = stop;
	uint64_t at = block.base - decision->first;

	block.count = (unsigned)(block_end - block.base);
	block.inside = decision->words[at / 64] >> at % 64 &
		       bits_mask((unsigned)(pfn - block.base), (unsigned)(stop - block.base));
	if (!block.inside)
		return stop;
	look(decider, &block,
	     stretch->at + (block.base - stretch->first) * decider->rules->page_size, decision);
	if (decider->judge)
		ask_judge(decider, &block);
	uint64_t done = exclude_covers(decider, &block, decision, carry, &reached);
	exclude_singles(&block, block.inside & ~done, decision);
	return reached;
}

static void decide_by_page(struct decider *decider, struct carry *carry, struct decision *decision)
{
	struct stretch stretch = { 0 };

	for (pfn_t pfn = decision->first; pfn < decision->end;) {
		if (carry->end > pfn) {
			struct carry rest = *carry;
			*carry = (struct carry){ 0 };
			exclude(decision, carry, rest.kind, pfn, rest.end);
			pfn = rest.end;
			continue;
		}
		if (pfn >= stretch.end)
			memmap_find(decider->map, pfn, &stretch);
		pfn = stretch.at ? decide_block(decider, &stretch, pfn, carry, decision)
				 : stretch.end;
	}
}

err_t decide(struct decider *decider, struct carry *carry, struct decision *decision)
{
	return decider->xen ? dom0_decide(decider, decision)
			    : decide_range(decider, carry, decision);
}

err_t decide_range(struct decider *decider, struct carry *carry, struct decision *decision)
{
	if (decider->by_page)
		decide_by_page(decider, carry, decision);
	if (decider->by_lists)
		TRY(freelist_decide(decider, decision));
	return decider->by_percpu ? percpu_decide(decider, decision) : OK;
}
