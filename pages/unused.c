// SPDX-License-Identifier: GPL-2.0-only
/* unused.c - walk the page arrays twice: mark what only unused struct pages lie in, then take back
 * what used ones lie in, too. */
#include "pages/unused.h"

#include "base/bits.h"

enum {
	WORD = 64,
	/* As every makedumpfile does it: unused are two words of the bitmaps and more, in one block
	 * of the file. Less frees next to nothing. */
	WORDS_LEAST = 2, BLOCK = 4096 * 8,
};

struct unused {
	struct memmap *map;
	const uint64_t *exists, *kept;
	pfn_t end;
	uint64_t *found;
};

/* Does the word at `pfn` say that its 64 pages exist and none of them stays? */
static bool word_unused(const struct unused *unused, pfn_t pfn)
{
	return pfn + WORD <= unused->end && unused->exists[pfn / WORD] == UINT64_MAX &&
	       !unused->kept[pfn / WORD];
}

static pfn_t skip_words(const struct unused *unused, pfn_t pfn, pfn_t most, bool wanted)
{
	while (pfn < most && word_unused(unused, pfn) == wanted)
		pfn += WORD;
	return pfn;
}

/* The next run that is unused, from `pfn`, a multiple of 64, on. False: there is none. */
static bool next_run(const struct unused *unused, pfn_t pfn, pfn_t *first, pfn_t *end)
{
	for (*end = pfn; *end < unused->end;) {
		*first = skip_words(unused, *end, unused->end, false);
		pfn_t block_end = (*first / BLOCK + 1) * BLOCK;
		*end = skip_words(unused, *first, min_u64(block_end, unused->end), true);
		if (*end - *first >= WORDS_LEAST * WORD)
			return true;
	}
	return false;
}

/* Set or clear the page frames that the addresses [start, end), whole pages, are mapped to. */
static err_t mark(struct unused *unused, vaddr_t start, vaddr_t end, bool set)
{
	const struct target *target = &unused->map->memory->space->target;
	paddr_t at;
	uint64_t run;

	for (; start < end; start += run) {
		err_t result = memory_translate(unused->map->memory, start, &at, &run);
		run = min_u64(result == OK ? run : page_bytes(target), end - start);
		if (result == ERR_HOLE)
			continue;
		if (result != OK)
			return within(result, "page array at %#" PRIx64, start);
		pfn_t first = min_u64(at >> target->page_shift, unused->end);
		pfn_t last = min_u64((at + run) >> target->page_shift, unused->end);
		if (set)
			bits_set(unused->found, first, last);
		else
			bits_clear(unused->found, first, last);
	}
	return OK;
}

/* The pages of the array that hold nothing but (set), or anything of (clear), the struct pages of
 * [first, end). */
static err_t mark_structs(struct unused *unused, pfn_t first, pfn_t end, bool set)
{
	uint64_t page = page_bytes(&unused->map->memory->space->target);
	struct stretch stretch;

	for (; first < end; first = stretch.end) {
		memmap_find(unused->map, first, &stretch);
		if (stretch.end <= first)
			break;
		if (!stretch.at)
			continue;
		vaddr_t from = stretch.at + (first - stretch.first) * unused->map->page_size;
		vaddr_t to = stretch.at + (min_u64(end, stretch.end) - stretch.first) *
			     unused->map->page_size;
		vaddr_t down = from & ~(page - 1), up = (to + page - 1) & ~(page - 1);
		if (set) {
			down = (from + page - 1) & ~(page - 1);
			up = to & ~(page - 1);
		}
		TRY(mark(unused, down, up, set));
	}
	return OK;
}

err_t unused_find(struct memmap *map, const uint64_t *exists, const uint64_t *kept, pfn_t end,
		  uint64_t *found)
{
	struct unused unused = { map, exists, kept, end, found };
	pfn_t first, next, used = 0;

	if (!map)
		return fail(ERR_NOFACT, "Can't find vmemmap pages");
	for (next = 0; next_run(&unused, next, &first, &next);)
		TRY(mark_structs(&unused, first, next, true));
	for (next = 0; next_run(&unused, next, &first, &next); used = next)
		TRY(mark_structs(&unused, used, first, false));
	return mark_structs(&unused, used, end, false);
}
