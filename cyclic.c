// SPDX-License-Identifier: GPL-2.0-only
/* cyclic.c - the cycle: one window of page frames after the other.
 *
 *     first walk     each window: which pages are there?
 *     second walk    each window: which stay? count them, keep them as runs
 *     later walks    each window: take the runs back, or decide again where their store was full
 *
 * A window is one bitmap in memory, first used for the 1st and then for the 2nd bitmap of its page
 * frames. Without -K there is mostly one window; what comes out is the same, byte for byte. */
#include "cyclic.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "base/scope.h"
#include "base/stop.h"
#include "pages/unused.h"

enum { RUNS_BYTES = 2 << 20 };

static void rewind_windows(struct cycle *cycle)
{
	cycle->first = cycle->end = 0;
	cycle->carry = (struct carry){ 0 };
	runs_rewind(&cycle->runs);
}

/* Move to the next window, all bits clear. False: there is none. */
static bool next_window(struct cycle *cycle)
{
	cycle->first = cycle->end;
	cycle->end = min_u64(cycle->first + cycle->window, cycle->dump->max_mapnr);
	memset(cycle->words, 0, bits_words(cycle->end - cycle->first) * sizeof(*cycle->words));
	return cycle->first < cycle->end;
}

/* Set the window's bits for the pages that exist, or that also have bytes in the file. */
static void fill(struct cycle *cycle, bool data)
{
	const struct source *source = &cycle->dump->source;

	source->format->pages(source, cycle->first, cycle->end, data, cycle->words);
}

static uint64_t count(const struct cycle *cycle)
{
	return bits_count(cycle->words, 0, cycle->end - cycle->first);
}

/* -e, when all is decided: the one window is the whole memory. Two more bitmaps of its size are
 * needed meanwhile, as --non-cyclic needs one. */
static err_t leave_out_unused(struct cycle *cycle)
{
	const struct source *source = &cycle->dump->source;
	size_t words = (size_t)bits_words(cycle->end);
	FREE_AT_END uint64_t *exists = calloc(words + 1, sizeof(*exists));
	FREE_AT_END uint64_t *unused = calloc(words + 1, sizeof(*unused));

	if (!exists || !unused)
		return fail(ERR_NOMEM, "no memory for two bitmaps of %zu words", words);
	source->format->pages(source, 0, cycle->end, false, exists);
	TRY(unused_find(cycle->dump->decider.map, exists, cycle->words, cycle->end, unused));
	uint64_t before = count(cycle);
	for (size_t i = 0; i < words; i++)
		cycle->words[i] &= ~unused[i];
	cycle->tally->unused = before - count(cycle);
	return OK;
}

/* Pages of zeros leave an ELF core altogether, and so before anything is written; --mem-usage
 * counts them. Unreadable ones stay here: whoever writes them says so. */
static err_t leave_out_zeros(struct cycle *cycle, uint64_t *zeros)
{
	uint64_t size = cycle->end - cycle->first;
	uint64_t page = page_bytes(&cycle->dump->source.target);
	const uint8_t *bytes;

	for (uint64_t at = bits_next(cycle->words, 0, size, true); at < size;
	     at = bits_next(cycle->words, at + 1, size, true)) {
		TRY(stop_check());
		if (reader_page(cycle->reader, cycle->first + at, &bytes) != OK)
			continue;
		bool zero = all_zero(bytes, page);
		if (!reader_faulted(cycle->reader) && zero)
			*zeros += bits_clear(cycle->words, at, at + 1);
	}
	return OK;
}

/* Decide the window. Counts go into `decision` and *zeros. */
static err_t decide_window(struct cycle *cycle, struct decision *decision, uint64_t *zeros)
{
	*decision = (struct decision){ cycle->first, cycle->end, cycle->words, { 0 }, { 0 } };
	TRY(stop_check());
	fill(cycle, true);
	TRY(decide(&cycle->dump->decider, &cycle->carry, decision));
	if (cycle->dump->out.without_vmemmap)
		TRY(leave_out_unused(cycle));
	return cycle->reader ? leave_out_zeros(cycle, zeros) : OK;
}

static void add_to_tally(struct tally *tally, const struct decision *decision)
{
	for (unsigned kind = 0; kind < PAGE_KINDS; kind++)
		tally->excluded[kind] += decision->excluded[kind];
	doubts_add(&tally->doubts, &decision->doubts);
}

/* Keep the decisions of the window; from the first one on that does not fit they are made again. */
static void store_window(struct cycle *cycle, const struct carry *before)
{
	if (cycle->stored_to != cycle->first)
		return;
	if (runs_add(&cycle->runs, cycle->first, cycle->end, cycle->words))
		cycle->stored_to = cycle->end;
	else
		cycle->carry_there = *before;
}

err_t cycle_exists(struct cycle *cycle, window_visit *visit, void *argument)
{
	rewind_windows(cycle);
	while (next_window(cycle)) {
		fill(cycle, false);
		cycle->tally->existing += count(cycle);
		if (visit)
			TRY(visit(argument, cycle));
	}
	rewind_windows(cycle);
	return OK;
}

static err_t decide_all(struct cycle *cycle, window_visit *visit, void *argument,
			struct progress *progress)
{
	struct decision decision;

	while (next_window(cycle)) {
		struct carry before = cycle->carry;
		TRY(decide_window(cycle, &decision, &cycle->tally->zero));
		add_to_tally(cycle->tally, &decision);
		cycle->pages += count(cycle);
		store_window(cycle, &before);
		if (visit)
			TRY(visit(argument, cycle));
		progress_step(progress, cycle->end, cycle->dump->max_mapnr);
	}
	return OK;
}

err_t cycle_decide(struct cycle *cycle, window_visit *visit, void *argument)
{
	struct progress progress;

	progress_begin(&progress, &cycle->dump->plan->say, "Excluding unnecessary pages", false);
	rewind_windows(cycle);
	TRY(decide_all(cycle, visit, argument, &progress));
	progress_end(&progress);
	if (cycle->dump->out.without_vmemmap && says(progress.say, SAY_PROGRESS))
		fprintf(stderr, "Excluded %" PRIu64 " unused vmemmap pages\n",
			cycle->tally->unused);
	rewind_windows(cycle);
	return OK;
}

err_t cycle_window(struct cycle *cycle, pfn_t pfn)
{
	struct decision decision;
	uint64_t ignored = 0;

	if (pfn < cycle->first)
		rewind_windows(cycle);
	while (pfn >= cycle->end && next_window(cycle)) {
		if (cycle->end <= cycle->stored_to) {
			runs_take(&cycle->runs, cycle->first, cycle->end, cycle->words);
			continue;
		}
		if (cycle->first == cycle->stored_to)
			cycle->carry = cycle->carry_there;
		TRY(decide_window(cycle, &decision, &ignored));
	}
	return OK;
}

err_t cycle_create(struct cycle *cycle, struct dump *dump, struct tally *tally)
{
	uint64_t bytes = budget_window(dump->plan, dump->max_mapnr);

	*cycle = (struct cycle){ .dump = dump, .tally = tally, .window = bytes * 8 };
	cycle->words = malloc(bytes);
	if (!cycle->words)
		return fail(ERR_NOMEM, "no memory for a window of %" PRIu64 " bytes", bytes);
	err_t result = runs_init(&cycle->runs, RUNS_BYTES);
	if (result == OK && dump->out.level & LEVEL_ZERO &&
	    (dump->plan->elf || dump->plan->job == JOB_USAGE))
		result = reader_create(&dump->source, &cycle->reader);
	if (result != OK)
		cycle_destroy(cycle);
	say(&dump->plan->say, SAY_DEBUG, "\nBuffer size for the cyclic mode: %" PRIu64 "\n"
	    "Number of cycles: %" PRIu64 "\n", bytes,
	    (dump->max_mapnr + cycle->window - 1) / cycle->window);
	return result;
}

void cycle_destroy(struct cycle *cycle)
{
	reader_destroy(cycle->reader);
	runs_deinit(&cycle->runs);
	free(cycle->words);
	*cycle = (struct cycle){ 0 };
}
