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
#include "input/extents.h"
#include "pages/selfcheck.h"
#include "pages/unused.h"

void cycle_rewind(struct cycle *cycle)
{
	cycle->behind = cycle->first = cycle->end = cycle->dump->out.first_pfn;
	cycle->carry = (struct carry){ 0 };
	runs_rewind(&cycle->runs);
}

/* Move to the next window, all bits clear. False: there is none. -e wants all in one. */
static bool next_window(struct cycle *cycle)
{
	const struct dump *dump = cycle->dump;

	cycle->behind = cycle->first = cycle->end;
	pfn_t end = dump->out.without_vmemmap ? dump->max_mapnr :
		    extents_piece(&dump->source, &cycle->first, cycle->window);
	if (cycle->first == end)
		cycle->first = dump->max_mapnr;
	cycle->first = min_u64(cycle->first, dump->max_mapnr);
	cycle->end = min_u64(min_u64(cycle->first + cycle->window, end), dump->max_mapnr);
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

/* A page that cannot be read passes for none of zeros, and stays. */
static void note_unread(struct tally *tally, pfn_t pfn)
{
	if (!tally->unread++)
		tally->first_unread = pfn;
}

/* Pages of zeros leave an ELF core altogether, and so before anything is written; --mem-usage
 * counts them. */
static err_t leave_out_zeros(struct cycle *cycle, uint64_t *zeros)
{
	uint64_t size = cycle->end - cycle->first;
	uint64_t page = page_bytes(&cycle->dump->source.target);
	const uint8_t *bytes;

	for (uint64_t at = bits_next(cycle->words, 0, size, true); at < size;
	     at = bits_next(cycle->words, at + 1, size, true)) {
		TRY(stop_check());
		err_t result = reader_page(cycle->reader, cycle->first + at, &bytes);
		bool zero = result == OK && all_zero(bytes, page);
		if (reader_faulted(cycle->reader) || result == ERR_IO)
			note_unread(cycle->tally, cycle->first + at);
		else if (zero)
			*zeros += bits_clear(cycle->words, at, at + 1);
	}
	return OK;
}

/* Decide the window. Counts go into `decision`, *data and *zeros. */
static err_t decide_window(struct cycle *cycle, struct decision *decision, uint64_t *data,
			   uint64_t *zeros)
{
	*decision = (struct decision){ .first = cycle->first, .end = cycle->end,
				       .words = cycle->words };
	TRY(stop_check());
	fill(cycle, true);
	*data += count(cycle);
	TRY(decide(&cycle->dump->decider, &cycle->carry, decision));
	if (cycle->dump->out.without_vmemmap)
		TRY(leave_out_unused(cycle));
	return cycle->reader ? leave_out_zeros(cycle, zeros) : OK;
}

/* What debuggers begin with is not to be left out. */
static void watch_startup(const struct cycle *cycle)
{
	struct dump *dump = cycle->dump;

	if (dump->startup)
		startup_pages_see(dump->startup, dump->bytes, cycle->first, cycle->end,
				  cycle->words);
}

static void add_to_tally(struct tally *tally, const struct decision *decision)
{
	for (unsigned kind = 0; kind < PAGE_KINDS; kind++)
		tally->excluded[kind] += decision->excluded[kind];
	tally->percpu += decision->percpu;
	tally->found_free += decision->found_free;
	doubts_add(&tally->doubts, &decision->doubts);
}

/* Keep the decisions of the window; from the first one on that does not fit they are made again. */
static void store_window(struct cycle *cycle, const struct carry *before)
{
	if (cycle->again_from != UINT64_MAX ||
	    runs_add(&cycle->runs, cycle->first, cycle->end, cycle->words))
		return;
	cycle->again_from = cycle->first;
	cycle->carry_there = *before;
}

err_t cycle_exists(struct cycle *cycle, window_visit *visit, void *argument)
{
	cycle_rewind(cycle);
	while (next_window(cycle)) {
		TRY(stop_check());
		fill(cycle, false);
		cycle->tally->existing += count(cycle);
		if (visit)
			TRY(visit(argument, cycle));
	}
	cycle_rewind(cycle);
	return OK;
}

static err_t decide_all(struct cycle *cycle, window_visit *visit, void *argument,
			struct progress *progress)
{
	struct decision decision;

	while (next_window(cycle)) {
		struct carry before = cycle->carry;
		TRY(decide_window(cycle, &decision, &cycle->with_data, &cycle->tally->zero));
		add_to_tally(cycle->tally, &decision);
		watch_startup(cycle);
		cycle->pages += count(cycle);
		store_window(cycle, &before);
		if (visit)
			TRY(visit(argument, cycle));
		progress_step(progress, cycle->end, cycle->dump->max_mapnr);
	}
	return OK;
}

/* Of a dump with the whole memory in it: does the kernel count as many free pages as were found? */
static bool free_agree(struct cycle *cycle)
{
	struct decider *decider = &cycle->dump->decider;
	struct tally *tally = cycle->tally;

	if (!decider->by_page || !(decider->wanted >> PAGE_FREE & 1) ||
	    cycle->with_data != tally->existing || cycle->dump->source.stored.known ||
	    !selfcheck_counted(decider, &tally->counted_free) || !tally->counted_free)
		return true; /* a kernel that counts none does not count */
	return !selfcheck_differs(tally->found_free, tally->counted_free);
}

/* Forget what was decided. */
static void forget(struct cycle *cycle)
{
	struct tally *tally = cycle->tally;

	memset(tally->excluded, 0, sizeof(tally->excluded));
	tally->doubts = (struct doubts){ 0 };
	tally->zero = tally->percpu = tally->unread = 0;
	cycle->pages = cycle->with_data = 0;
	cycle->again_from = UINT64_MAX;
	if (cycle->dump->startup)
		startup_pages_forget(cycle->dump->startup);
	runs_clear(&cycle->runs);
	cycle_rewind(cycle);
}

/* Where more pages pass for free than the kernel has, some are not: all of them stay. */
static err_t check_free(struct cycle *cycle, window_visit *visit, void *argument,
			struct progress *progress)
{
	struct tally *tally = cycle->tally;

	tally->free_doubted = !free_agree(cycle);
	if (!tally->free_doubted || tally->found_free < tally->counted_free)
		return OK;
	forget(cycle);
	cycle->dump->decider.wanted &= ~(1u << PAGE_FREE);
	return decide_all(cycle, visit, argument, progress);
}

err_t cycle_decide(struct cycle *cycle, window_visit *visit, void *argument)
{
	struct progress progress;

	progress_begin(&progress, &cycle->dump->plan->say, "Excluding unnecessary pages", false);
	cycle_rewind(cycle);
	TRY(decide_all(cycle, visit, argument, &progress));
	TRY(check_free(cycle, visit, argument, &progress));
	progress_end(&progress);
	if (cycle->dump->out.without_vmemmap && says(progress.say, SAY_PROGRESS))
		fprintf(stderr, "Excluded %" PRIu64 " unused vmemmap pages\n",
			cycle->tally->unused);
	cycle_rewind(cycle);
	return OK;
}

err_t cycle_window(struct cycle *cycle, pfn_t pfn)
{
	struct decision decision;
	uint64_t ignored = 0;

	if (pfn < cycle->behind)
		cycle_rewind(cycle);
	while (pfn >= cycle->end && next_window(cycle)) {
		if (cycle->first < cycle->again_from) {
			runs_take(&cycle->runs, cycle->first, cycle->end, cycle->words);
			continue;
		}
		if (cycle->first == cycle->again_from)
			cycle->carry = cycle->carry_there;
		TRY(decide_window(cycle, &decision, &ignored, &ignored));
	}
	return OK;
}

err_t cycle_create(struct cycle *cycle, struct dump *dump, struct tally *tally)
{
	uint64_t bytes = budget_window(dump->plan, dump->max_mapnr);

	*cycle = (struct cycle){ .dump = dump, .tally = tally, .window = bytes * 8,
				 .again_from = UINT64_MAX };
	cycle->words = bytes <= PTRDIFF_MAX ? malloc((size_t)bytes) : NULL; /* hosts of 32 bits */
	if (!cycle->words)
		return fail(ERR_NOMEM, "no memory for a window of %" PRIu64 " bytes", bytes);
	err_t result = runs_init(&cycle->runs, budget_runs(dump->plan));
	if (result == OK && dump->out.level & LEVEL_ZERO &&
	    (dump->plan->elf || dump->plan->job == JOB_USAGE))
		result = reader_create(&dump->source, &cycle->reader);
	if (result != OK) {
		cycle_destroy(cycle);
		return result;
	}
	say(&dump->plan->say, SAY_DEBUG, "%s\nBuffer size for the cyclic mode: %" PRIu64 "\n"
	    "Number of cycles: %" PRIu64 "\n", cycle->window < dump->max_mapnr ? "" :
	    "There is enough free memory to be done in one cycle.\n", bytes,
	    (dump->max_mapnr + cycle->window - 1) / cycle->window);
	return OK;
}

void cycle_destroy(struct cycle *cycle)
{
	reader_destroy(cycle->reader);
	runs_deinit(&cycle->runs);
	free(cycle->words);
	*cycle = (struct cycle){ 0 };
}
