// SPDX-License-Identifier: GPL-2.0-only
/* cyclic.c - one window of page frames at a time, so that memory stays the same however large the
 * machine.
 *
 *     first walk    each window: which pages are there? which stay? count them, keep them as runs
 *     plan          the number of pages fixes every offset of the file
 *     second walk   each window: 1st bitmap
 *     third walk    each window: take the runs back (or decide again, where the store was full),
 *                   2nd bitmap, the pages themselves
 *
 * A window is one bitmap in memory, first used for the 1st and then for the 2nd bitmap of its page
 * frames. Without -K there is mostly one window; the file is the same, byte for byte. */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/scope.h"
#include "makedumpfile.h"
#include "pages/runs.h"
#include "pages/unused.h"

enum { RUNS_BYTES = 2 << 20, BATCH_BYTES = 128 << 10, BATCH_MOST = 16 << 20 };

struct cycle {
	struct dump *dump;
	struct tally *tally;
	struct kdump_writer writer;
	struct packer *packer;
	struct runs runs;
	struct carry carry;         /* of the walk that is going on */
	pfn_t stored_to;            /* the runs hold all decisions below */
	struct carry carry_there;   /* the carry at stored_to */
	pfn_t window;               /* page frames in a window */
	pfn_t first, end;           /* the window at hand */
	uint64_t *words;            /* its bitmap */
	uint64_t pages, pages_done; /* kept pages in all, and written */
	struct progress progress;
};

/* Move to the next window of a walk; the first one when `first` is end of nothing. False: no more.
 */
static bool next_window(struct cycle *cycle)
{
	cycle->first = cycle->end;
	cycle->end = min_u64(cycle->first + cycle->window, cycle->dump->max_mapnr);
	memset(cycle->words, 0, bits_words(cycle->end - cycle->first) * sizeof(*cycle->words));
	return cycle->first < cycle->end;
}

static void rewind_windows(struct cycle *cycle)
{
	cycle->first = cycle->end = 0;
	cycle->carry = (struct carry){ 0 };
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

/* Decide the window. Counts go into `decision`. */
static err_t decide_window(struct cycle *cycle, struct decision *decision)
{
	*decision = (struct decision){ cycle->first, cycle->end, cycle->words, { 0 }, { 0 } };
	fill(cycle, true);
	TRY(decide(&cycle->dump->decider, &cycle->carry, decision));
	return cycle->dump->out.without_vmemmap ? leave_out_unused(cycle) : OK;
}

static void add_to_tally(struct tally *tally, const struct decision *decision)
{
	for (unsigned kind = 0; kind < PAGE_KINDS; kind++)
		tally->excluded[kind] += decision->excluded[kind];
	doubts_add(&tally->doubts, &decision->doubts);
}

static err_t first_walk(struct cycle *cycle)
{
	struct decision decision;
	bool storing = true;

	progress_begin(&cycle->progress, &cycle->dump->plan->say, "Excluding unnecessary pages",
		       false);
	rewind_windows(cycle);
	while (next_window(cycle)) {
		fill(cycle, false);
		cycle->tally->existing += count(cycle);
		memset(cycle->words, 0, bits_words(cycle->window) * sizeof(*cycle->words));
		struct carry before = cycle->carry;
		TRY(decide_window(cycle, &decision));
		add_to_tally(cycle->tally, &decision);
		cycle->pages += count(cycle);
		if (storing && !runs_add(&cycle->runs, cycle->first, cycle->end, cycle->words)) {
			storing = false;
			cycle->carry_there = before;
		} else if (storing) {
			cycle->stored_to = cycle->end;
		}
		progress_step(&cycle->progress, cycle->end, cycle->dump->max_mapnr);
	}
	progress_end(&cycle->progress);
	if (cycle->dump->out.without_vmemmap && says(cycle->progress.say, SAY_PROGRESS))
		fprintf(stderr, "Excluded %" PRIu64 " unused vmemmap pages\n",
			cycle->tally->unused);
	return OK;
}

static err_t second_walk(struct cycle *cycle)
{
	rewind_windows(cycle);
	while (next_window(cycle)) {
		fill(cycle, false);
		TRY(kdump_bitmap(&cycle->writer, 0, cycle->first, cycle->end, cycle->words));
	}
	return OK;
}

/* A page whose bytes turned out unreadable leaves the 2nd bitmap again. */
static void note_absent(struct cycle *cycle, pfn_t pfn)
{
	if (!cycle->tally->absent++)
		cycle->tally->first_absent = pfn;
	cycle->tally->kept--;
	bits_clear(cycle->words, pfn - cycle->first, pfn - cycle->first + 1);
}

static err_t write_packed(struct cycle *cycle)
{
	struct packed packed;

	TRY(packer_pull(cycle->packer, &packed));
	TRY(kdump_pages(&cycle->writer, &packed));
	for (unsigned i = 0; i < packed.pages; i++) {
		if (packed.page[i].as == PACKED_ZERO)
			cycle->tally->zero++;
		if (packed.page[i].as == PACKED_ABSENT)
			note_absent(cycle, packed.page[i].pfn);
	}
	cycle->pages_done += packed.pages;
	progress_step(&cycle->progress, cycle->pages_done, cycle->pages);
	return OK;
}

/* Hand every page of the window to the packer, and what it gives back to the writer. */
static err_t write_window(struct cycle *cycle)
{
	uint64_t size = cycle->end - cycle->first, absent = cycle->tally->absent;

	TRY(kdump_bitmap(&cycle->writer, 1, cycle->first, cycle->end, cycle->words));
	for (uint64_t at = bits_next(cycle->words, 0, size, true); at < size;
	     at = bits_next(cycle->words, at + 1, size, true)) {
		if (packer_full(cycle->packer))
			TRY(write_packed(cycle));
		packer_push(cycle->packer, cycle->first + at);
	}
	packer_flush(cycle->packer);
	while (packer_busy(cycle->packer))
		TRY(write_packed(cycle));
	if (cycle->tally->absent != absent)
		TRY(kdump_bitmap(&cycle->writer, 1, cycle->first, cycle->end, cycle->words));
	return OK;
}

static err_t third_walk(struct cycle *cycle)
{
	struct decision decision;

	progress_begin(&cycle->progress, &cycle->dump->plan->say, "Copying data", true);
	rewind_windows(cycle);
	runs_rewind(&cycle->runs);
	while (next_window(cycle)) {
		if (cycle->end <= cycle->stored_to) {
			runs_take(&cycle->runs, cycle->first, cycle->end, cycle->words);
		} else {
			if (cycle->first == cycle->stored_to)
				cycle->carry = cycle->carry_there;
			TRY(decide_window(cycle, &decision));
		}
		TRY(write_window(cycle));
	}
	progress_end(&cycle->progress);
	return OK;
}

static err_t write_dump(struct cycle *cycle)
{
	cycle->tally->kept = cycle->pages;
	TRY(kdump_plan(&cycle->writer, cycle->pages));
	TRY(second_walk(cycle));
	TRY(third_walk(cycle));
	return kdump_finish(&cycle->writer);
}

static size_t batch_bytes(const struct dump *dump)
{
	int order = dump->plan->block_order;
	uint64_t page = page_bytes(&dump->source.target);

	if (order < 0)
		return BATCH_BYTES;
	return (size_t)min_u64(page << min_u64((uint64_t)order, 20), BATCH_MOST);
}

static err_t prepare(struct cycle *cycle, struct sink *sink)
{
	struct dump *dump = cycle->dump;
	uint64_t bytes = budget_window(dump->plan, dump->max_mapnr);
	struct packing packing = { .source = &dump->source, .codec = dump->out.codec,
				   .share_zero = dump->out.level & LEVEL_ZERO,
				   .batch_bytes = batch_bytes(dump) };

	cycle->window = bytes * 8;
	cycle->words = malloc(bytes);
	if (!cycle->words)
		return fail(ERR_NOMEM, "no memory for a window of %" PRIu64 " bytes", bytes);
	packing.workers = budget_workers(dump->plan, &packing);
	say(&dump->plan->say, SAY_DEBUG, "\nBuffer size for the cyclic mode: %" PRIu64 "\n"
	    "Number of cycles: %" PRIu64 "\nNumber of threads: %u\n", bytes,
	    (dump->max_mapnr + cycle->window - 1) / cycle->window, packing.workers);
	TRY(runs_init(&cycle->runs, RUNS_BYTES));
	TRY(kdump_create(&cycle->writer, &dump->out, sink));
	return packer_create(&packing, &cycle->packer);
}

/* Leave what was written as a valid incomplete dump, and the sentence about why as it is. */
static void end_early(struct cycle *cycle)
{
	char why[512];

	snprintf(why, sizeof(why), "%s", err_text());
	cycle->tally->incomplete = kdump_mark_incomplete(&cycle->writer) == OK;
	fail(OK, "%s", why);
}

err_t cyclic_write(struct dump *dump, struct sink *sink, struct tally *tally)
{
	struct cycle cycle = { .dump = dump, .tally = tally };

	err_t result = prepare(&cycle, sink);
	if (result == OK)
		result = first_walk(&cycle);
	if (result == OK)
		result = write_dump(&cycle);
	if (result != OK && cycle.writer.begun)
		end_early(&cycle);
	packer_destroy(cycle.packer);
	kdump_destroy(&cycle.writer);
	runs_deinit(&cycle.runs);
	free(cycle.words);
	return result;
}
