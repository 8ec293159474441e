// SPDX-License-Identifier: GPL-2.0-only
/* kdump.c - write a dump in the kdump-compressed format: one file, or the parts of --split.
 *
 *     begin          headers and notes
 *     two walks      the 1st bitmap; the 2nd bitmap, and how many pages stay
 *     plan           the number of pages fixes every offset; --split: the parts' borders
 *     last walk      descriptors and data, part by part
 *     if it is full  two more: how well does each page pack? then those that fit best
 *
 * The order and the sizes of what is written do not depend on windows or threads, so that a
 * flattened stream does not either. */
#include <stdlib.h>

#include "base/bits.h"
#include "base/stop.h"
#include "cyclic.h"
#include "kernel/urgent.h"
#include "output/fit.h"
#include "output/writer.h"

_Static_assert((int)NOT_URGENT < (int)FIT_RANKS, "a rank for every urgency");

enum { BATCH_BYTES = 512 << 10, BATCH_MOST = 16 << 20, BATCH_PFNS = WINDOW_STEP };

struct writing;

/* What becomes of a batch of packed pages. */
typedef err_t take_packed(struct writing *, const struct packed *);

struct writing {
	struct dump *dump;
	struct tally *tally;
	struct cycle cycle;
	struct kdump_writer writer;
	struct packer *packer;
	take_packed *take; /* of the walk that is going on */
	struct fit fit;    /* which pages the part at hand has, if not all fit */
	bool put_again;    /* the 2nd bitmap may lack pages that are read this time */
	struct urgent *urgent; /* owned; NULL: nothing is */
	struct sink *sink; /* one for each part */
	pfn_t *end;        /* of each part; owned */
	unsigned parts;
	bool part_failed;  /* one of them has not all of its pages */
	pfn_t pushed;      /* the page handed to the packer last */
	uint64_t done;     /* pages */
	struct progress progress;
};

/* --- bitmaps --- */

static err_t put_bitmap(struct writing *writing, const struct cycle *cycle, unsigned index)
{
	for (unsigned i = 0; i < writing->parts; i++)
		TRY(kdump_bitmap(&writing->writer, &writing->sink[i], index, cycle->first,
				 cycle->end, cycle->words));
	return OK;
}

static err_t put_existing(void *writing, const struct cycle *cycle)
{
	return put_bitmap(writing, cycle, 0);
}

static err_t put_staying(void *argument, const struct cycle *cycle)
{
	const struct writing *writing = argument;
	struct dump *dump = writing->dump;

	if (dump->scrub)
		scrub_note_pages(dump->scrub, dump->source.target.page_shift, cycle->first,
				 cycle->end, cycle->words);
	return put_bitmap(argument, cycle, 1);
}

/* With every page decided it is known what will have been erased. */
static void tell_erased(struct dump *dump)
{
	const char *text;

	if (!dump->scrub)
		return;
	dump->out.eraseinfo_bytes = scrub_text(dump->scrub, (const char *)dump->erased_before,
					       dump->erased_before_bytes, &text);
	dump->out.eraseinfo = (const uint8_t *)text;
}

/* --- the parts --- */

/* Kept pages in [first, end), which lies in one split block. */
static err_t count_block(struct cycle *cycle, pfn_t first, pfn_t end, uint64_t *pages)
{
	*pages = 0;
	while (first < end) {
		TRY(cycle_window(cycle, first));
		pfn_t from = max_u64(first, cycle->first), stop = min_u64(end, cycle->end);
		if (from < stop)
			*pages += bits_count(cycle->words, from - cycle->first,
					     stop - cycle->first);
		first = max_u64(from, stop);
	}
	return OK;
}

/* Each part but the last takes whole split blocks until it has its share of the pages. */
static err_t choose_borders(struct writing *writing)
{
	struct dump *dump = writing->dump;
	uint64_t page = page_bytes(&dump->source.target), block = dump->plan->splitblock_bytes;
	uint64_t share = writing->cycle.pages / writing->parts, got = 0, pages;
	pfn_t max = dump->max_mapnr, first = dump->out.first_pfn;
	unsigned part = 0;

	if (block % page)
		return fail(ERR_USAGE, "The splitblock size must be align to page_size.");
	for (unsigned i = 0; i < writing->parts; i++)
		writing->end[i] = share || i + 1 == writing->parts ? max : first;
	for (; share && first < max && part + 1 < writing->parts; first += block / page) {
		pfn_t end = min_u64(first + block / page, max);
		TRY(count_block(&writing->cycle, first, end, &pages));
		got += pages;
		if (got < share)
			continue;
		writing->end[part++] = end;
		got = 0;
	}
	return OK;
}

/* --- pages --- */

/* A page whose bytes turned out unreadable leaves the 2nd bitmap again. */
static void note_absent(struct writing *writing, pfn_t pfn)
{
	struct cycle *cycle = &writing->cycle;

	if (!writing->tally->absent++)
		writing->tally->first_absent = pfn;
	if (writing->dump->startup)
		startup_pages_lose(writing->dump->startup, pfn);
	writing->tally->kept--;
	bits_clear(cycle->words, pfn - cycle->first, pfn - cycle->first + 1);
}

static err_t take_all(struct writing *writing, const struct packed *packed)
{
	return kdump_pages(&writing->writer, packed);
}

static err_t write_packed(struct writing *writing)
{
	struct packed packed;

	TRY(stop_check());
	TRY(packer_pull(writing->packer, &packed));
	TRY(writing->take(writing, &packed));
	for (unsigned i = 0; i < packed.pages; i++) {
		if (packed.page[i].as == PACKED_ZERO)
			writing->tally->zero++;
		if (packed.page[i].as == PACKED_ABSENT)
			note_absent(writing, packed.page[i].pfn);
	}
	writing->done += packed.pages;
	progress_step(&writing->progress, writing->done, writing->cycle.pages);
	return OK;
}

/* Hand a page to the packer. Batches end where BATCH_PFNS page frames do, for they must not depend
 * on where windows end. */
static err_t push(struct writing *writing, pfn_t pfn)
{
	if (pfn / BATCH_PFNS != writing->pushed / BATCH_PFNS)
		packer_flush(writing->packer);
	writing->pushed = pfn;
	if (packer_full(writing->packer))
		TRY(write_packed(writing));
	packer_push(writing->packer, pfn);
	return OK;
}

/* Hand the window's pages of [first, end) to the packer, and what it gives back to `take`. */
static err_t pack_window(struct writing *writing, pfn_t first, pfn_t end)
{
	struct cycle *cycle = &writing->cycle;
	uint64_t size = end - cycle->first;

	for (uint64_t at = bits_next(cycle->words, first - cycle->first, size, true); at < size;
	     at = bits_next(cycle->words, at + 1, size, true))
		TRY(push(writing, cycle->first + at));
	packer_flush(writing->packer);
	while (packer_busy(writing->packer))
		TRY(write_packed(writing));
	return OK;
}

/* Windows that were not stored are decided again, and must come out as before. An input that does
 * not always read the same has other pages now than its bitmap says. */
static err_t check_count(const struct writing *writing)
{
	const struct cycle *cycle = &writing->cycle;

	if (writing->done == cycle->pages)
		return OK;
	return fail(ERR_IO, "%s: it changed while it was read: %" PRIu64 " pages were to stay, and "
		    "then %" PRIu64, writing->dump->source.name, cycle->pages, writing->done);
}

/* The 2nd bitmap must not promise a descriptor for a page that got none, also when the output is
 * full. */
static err_t write_window(struct writing *writing, pfn_t first, pfn_t end)
{
	uint64_t absent = writing->tally->absent;
	struct kept_text why;

	err_t result = pack_window(writing, first, end);
	if (writing->tally->absent == absent && !writing->put_again)
		return result;
	err_keep(&why);
	err_t put = put_bitmap(writing, &writing->cycle, 1);
	return result == OK ? put : err_again(result, &why);
}

/* Leave the part at hand as a valid incomplete dump, and the sentence about why as it is. */
static err_t end_early(struct writing *writing, err_t why)
{
	struct kept_text text;

	err_keep(&text);
	if (kdump_mark_incomplete(&writing->writer) == OK)
		writing->tally->incomplete = true;
	return err_again(why, &text);
}

static size_t batch_bytes(const struct dump *dump)
{
	int order = dump->plan->block_order;
	uint64_t page = page_bytes(&dump->source.target);

	if (order < 0)
		return BATCH_BYTES;
	return (size_t)min_u64(page << min_u64((uint64_t)order, 20), BATCH_MOST);
}

static err_t begin_packing(struct writing *writing)
{
	struct dump *dump = writing->dump;
	struct packing packing = { .source = &dump->source, .codec = dump->out.codec,
				   .scrub = dump->scrub,
				   .share_zero = dump->out.level & LEVEL_ZERO,
				   .batch_bytes = batch_bytes(dump) };

	packing.threads = budget_threads(dump->plan, &packing);
	say(&dump->plan->say, SAY_DEBUG, "Number of threads: %u\nMemory that may be used: %" PRIu64
	    "\n", packing.threads, budget_bytes(dump->plan));
	return packer_create(&packing, &writing->packer);
}

static pfn_t part_first(const struct writing *writing, unsigned part)
{
	return part ? writing->end[part - 1] : writing->dump->out.first_pfn;
}

/* Pack the pages of a part and hand them to `take`. What packs is empty at the end, whatever went
 * wrong. */
static err_t walk_part(struct writing *writing, unsigned part, take_packed *take)
{
	pfn_t first = part_first(writing, part), end = writing->end[part];
	err_t result = OK;

	writing->take = take;
	TRY(begin_packing(writing));
	while (result == OK && first < end) {
		result = cycle_window(&writing->cycle, first);
		pfn_t from = max_u64(first, writing->cycle.first);
		pfn_t stop = min_u64(end, writing->cycle.end);
		if (result == OK && from < stop)
			result = write_window(writing, from, stop);
		first = max_u64(from, stop);
	}
	packer_destroy(writing->packer);
	writing->packer = NULL;
	return result;
}

/* --- a part that does not fit --- */

static unsigned rank(const struct writing *writing, const struct packed_page *page)
{
	return !writing->urgent ? NOT_URGENT : urgent_rank(writing->urgent, page->pfn, page->size,
							   writing->fit.page_bytes);
}

static err_t take_measure(struct writing *writing, const struct packed *packed)
{
	for (unsigned i = 0; i < packed->pages; i++)
		fit_measure(&writing->fit, packed->page[i].size, rank(writing, &packed->page[i]));
	return OK;
}

/* The pages that fit, in runs of neighbours; the others are missing. */
static err_t take_fitting(struct writing *writing, const struct packed *packed)
{
	struct packed run = { .page = packed->page, .data = packed->data };

	for (unsigned i = 0; i < packed->pages; i++) {
		const struct packed_page *page = &packed->page[i];
		if (fit_takes(&writing->fit, page->size, rank(writing, page))) {
			run.pages++;
			run.bytes += page->size;
			continue;
		}
		TRY(kdump_pages(&writing->writer, &run));
		TRY(kdump_missing(&writing->writer, 1));
		run = (struct packed){ .page = page + 1,
				       .data = run.data + run.bytes + page->size };
	}
	return kdump_pages(&writing->writer, &run);
}

static err_t walk_again(struct writing *writing, unsigned part, const struct tally *before,
			take_packed *take)
{
	*writing->tally = *before;
	writing->done = 0;
	cycle_rewind(&writing->cycle);
	return walk_part(writing, part, take);
}

static err_t write_fitting(struct writing *writing, unsigned part, const struct tally *before)
{
	struct dump *dump = writing->dump;
	uint64_t room = kdump_room(&writing->writer);

	if (dump->memory_known && !writing->urgent)
		writing->urgent = malloc(sizeof(*writing->urgent));
	if (dump->memory_known && writing->urgent)
		urgent_find(writing->urgent, &dump->memory, &dump->facts, dump->max_mapnr,
			    dump->startup);
	writing->fit = (struct fit){ .page_bytes = page_bytes(&dump->source.target) };
	TRY(walk_again(writing, part, before, take_measure));
	fit_choose(&writing->fit, room);
	TRY(kdump_begin_again(&writing->writer));
	writing->put_again = true;
	TRY(walk_again(writing, part, before, take_fitting));
	return kdump_flush(&writing->writer);
}

/* Pages are written in ascending order until the output is full, and that is mostly before the
 * kernel itself is reached. Then it is begun anew with as many pages as fit, wherever they lie. A
 * stream cannot be, and while another level will be tried there is no need to. */
static err_t write_part(struct writing *writing, unsigned part)
{
	pfn_t first = part_first(writing, part), end = writing->end[part];
	struct tally before = *writing->tally;
	struct kept_text why;

	TRY(kdump_plan(&writing->writer, &writing->sink[part], writing->cycle.pages,
		       writing->dump->plan->split, first, end));
	err_t result = walk_part(writing, part, take_all);
	if (result == OK && part + 1 == writing->parts && !writing->part_failed)
		result = check_count(writing);
	if (result == OK)
		return kdump_finish(&writing->writer);
	if (result != ERR_NOSPACE || writing->dump->may_retry || !kdump_room(&writing->writer))
		return result;
	err_keep(&why);
	result = write_fitting(writing, part, &before);
	return result == OK || result == ERR_NOSPACE ? err_again(ERR_NOSPACE, &why) : result;
}

/* A part that is full is left incomplete, and the others still get theirs: they may lie on other
 * disks. Whatever else happens ends all. */
static err_t write_parts(struct writing *writing)
{
	err_t result = OK;
	unsigned part = 0;

	progress_begin(&writing->progress, &writing->dump->plan->say, "Copying data", true);
	for (; part < writing->parts && (result == OK || result == ERR_NOSPACE); part++) {
		kdump_take_up(&writing->writer, &writing->sink[part]);
		err_t mine = write_part(writing, part);
		writing->part_failed |= mine != OK;
		if (mine != OK)
			result = end_early(writing, mine);
	}
	for (; part < writing->parts; part++) {
		kdump_take_up(&writing->writer, &writing->sink[part]);
		result = end_early(writing, result);
	}
	if (result == OK)
		progress_end(&writing->progress);
	return result;
}

/* While there is another level to try, see whether this one can fit before a page is written. */
static err_t check_space(const struct writing *writing)
{
	if (!writing->dump->may_retry || writing->parts > 1)
		return OK;
	return sink_fits(writing->sink, kdump_least_bytes(&writing->writer,
							  writing->cycle.pages));
}

static err_t write_beginning(struct writing *writing)
{
	for (unsigned i = 0; i < writing->parts; i++)
		TRY(kdump_begin(&writing->writer, &writing->sink[i]));
	TRY(cycle_exists(&writing->cycle, put_existing, writing));
	if (writing->dump->scrub)
		scrub_forget(writing->dump->scrub);
	TRY(cycle_decide(&writing->cycle, put_staying, writing));
	tell_erased(writing->dump);
	writing->tally->kept = writing->cycle.pages;
	TRY(check_space(writing));
	return choose_borders(writing);
}

err_t write_kdump(struct dump *dump, struct sink *sink, unsigned parts, struct tally *tally)
{
	struct writing writing = { .dump = dump, .tally = tally, .sink = sink, .parts = parts,
				   .end = calloc(parts, sizeof(*writing.end)) };

	err_t result = writing.end ? cycle_create(&writing.cycle, dump, tally)
				   : fail(ERR_NOMEM, "no memory for %u parts", parts);
	if (result == OK)
		result = kdump_create(&writing.writer, &dump->out);
	if (result == OK)
		result = write_beginning(&writing);
	for (unsigned i = 0; result != OK && i < parts && writing.writer.sink; i++) {
		kdump_take_up(&writing.writer, &sink[i]);
		result = end_early(&writing, result);
	}
	if (result == OK)
		result = write_parts(&writing);
	kdump_destroy(&writing.writer);
	cycle_destroy(&writing.cycle);
	free(writing.urgent);
	free(writing.end);
	return result;
}
