// SPDX-License-Identifier: GPL-2.0-only
/* startup_pages.c - the walk of startup.c, with every page that it touches noted down. */
#include "kernel/startup_pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "base/scope.h"
#include "kernel/startup.h"

enum { ENTRIES_MOST = 4 * STARTUP_RANGES }; /* neighbours share a range */

/* Is it among those of the range, or does it come next to them? */
static bool take(struct startup_pages *pages, unsigned i, pfn_t pfn)
{
	struct startup_range *range = &pages->range[i];

	if (range->thing != pages->thing || pfn < range->first || pfn > range->end)
		return false;
	pages->last = i;
	range->end = max_u64(range->end, pfn + 1);
	return true;
}

/* Is it in none of them as yet? A range grows only if no other has the page. */
static bool is_new(const struct startup_pages *pages, pfn_t pfn)
{
	for (unsigned i = 0; i < pages->ranges; i++)
		if (pages->range[i].thing == pages->thing && pfn >= pages->range[i].first &&
		    pfn < pages->range[i].end)
			return false;
	return true;
}

static void add(struct startup_pages *pages, pfn_t pfn)
{
	struct startup_range *last = &pages->range[pages->last];

	if (pages->ranges && last->thing == pages->thing && pfn >= last->first && pfn < last->end)
		return; /* mostly */
	if (!is_new(pages, pfn))
		return;
	for (unsigned i = pages->ranges; i; i--)
		if (take(pages, i - 1, pfn))
			return;
	if (pages->ranges == STARTUP_RANGES)
		return;
	pages->last = pages->ranges++;
	pages->range[pages->last] = (struct startup_range){ .first = pfn, .end = pfn + 1,
							    .thing = pages->thing };
}

static void touched(void *argument, paddr_t at, size_t size)
{
	struct startup_pages *pages = argument;

	pfn_t first = at >> pages->page_shift, last = (at + size - 1) >> pages->page_shift;

	for (pfn_t pfn = first; size && pfn <= last; pfn++)
		add(pages, pfn);
}

static void begins(void *argument, unsigned thing)
{
	struct startup_pages *pages = argument;

	pages->thing = thing;
}

/* What was read on the way to a failure says nothing. */
static void drop_missing(struct startup_pages *pages, const struct startup *startup)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < pages->ranges; i++)
		if (startup->thing[pages->range[i].thing].state == STARTUP_THERE)
			pages->range[kept++] = pages->range[i];
	pages->ranges = kept;
}

err_t startup_pages_find(struct startup_pages *pages, struct memory *memory,
			 const struct facts *facts, pfn_t limit, struct facts *itself)
{
	struct memory watched = *memory;
	FREE_AT_END struct startup *startup = calloc(1, sizeof(*startup));

	if (!startup)
		return fail(ERR_NOMEM, "no memory for %zu bytes", sizeof(*startup));
	memset(pages, 0, sizeof(*pages));
	pages->page_shift = memory->space->target.page_shift;
	memset(watched.step, 0, sizeof(watched.step)); /* their tables are to be touched, too */
	watched.touched = touched;
	watched.toucher = pages;
	*startup = (struct startup){ .memory = &watched, .facts = facts, .limit = limit,
				     .entries_most = ENTRIES_MOST, .begins = begins,
				     .argument = pages };
	TRY(startup_look(startup));
	drop_missing(pages, startup);
	*itself = startup->itself;
	return OK;
}

/* --- what became of them --- */

void startup_pages_forget(struct startup_pages *pages)
{
	for (unsigned i = 0; i < pages->ranges; i++)
		pages->range[i].seen = pages->range[i].lost = 0;
}

static void lose(struct startup_range *range, pfn_t pfn)
{
	if (!range->lost++)
		range->first_lost = pfn;
}

static bool reads_as_zeros(struct reader *reader, uint64_t page_bytes, pfn_t pfn)
{
	const uint8_t *page;

	if (reader_page(reader, pfn, &page) != OK)
		return false;
	bool zeros = all_zero(page, page_bytes);
	return !reader_faulted(reader) && zeros;
}

void startup_pages_see(struct startup_pages *pages, struct reader *reader, pfn_t first, pfn_t end,
		       const uint64_t *words)
{
	for (unsigned i = 0; i < pages->ranges; i++) {
		struct startup_range *range = &pages->range[i];
		pfn_t from = max_u64(range->first, first), to = min_u64(range->end, end);
		if (from >= to)
			continue;
		range->seen += to - from;
		for (uint64_t at = bits_next(words, from - first, to - first, false);
		     at < to - first; at = bits_next(words, at + 1, to - first, false))
			if (!reads_as_zeros(reader, UINT64_C(1) << pages->page_shift, first + at))
				lose(range, first + at);
	}
}

void startup_pages_lose(struct startup_pages *pages, pfn_t pfn)
{
	for (unsigned i = 0; i < pages->ranges; i++)
		if (pfn >= pages->range[i].first && pfn < pages->range[i].end)
			lose(&pages->range[i], pfn);
}

/* Of one thing; what no window had is lost, too. */
static uint64_t count_lost(const struct startup_pages *pages, unsigned thing, pfn_t *first)
{
	uint64_t lost = 0;

	*first = UINT64_MAX;
	for (unsigned i = 0; i < pages->ranges; i++) {
		const struct startup_range *range = &pages->range[i];
		uint64_t unseen = range->end - range->first - range->seen;
		if (range->thing != thing)
			continue;
		if (range->lost)
			*first = min_u64(*first, range->first_lost);
		else if (unseen)
			*first = min_u64(*first, range->first);
		lost += range->lost + unseen;
	}
	return lost;
}

const char *startup_pages_lost(const struct startup_pages *pages, char *text, size_t size)
{
	size_t length = 0;
	pfn_t first;

	for (unsigned thing = 0; thing < STARTUP_THINGS && length < size; thing++) {
		uint64_t lost = count_lost(pages, thing, &first);
		if (lost)
			length += (size_t)snprintf(text + length, size - length, "%s%s (%" PRIu64
						   " page%s, the first is pfn %#" PRIx64 ")",
						   length ? ", " : "", startup_name(thing), lost,
						   lost == 1 ? "" : "s", first);
	}
	return length ? text : NULL;
}
