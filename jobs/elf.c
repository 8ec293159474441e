// SPDX-License-Identifier: GPL-2.0-only
/* elf.c - write a dump as an ELF core.
 * The segments of the input, in their order; a run of GAP or more pages that are left out ends a
 * segment of the output and begins the next one, shorter ones are written with the rest. */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/stop.h"
#include "cyclic.h"
#include "output/elf.h"

enum { GAP = 256, COPY_BYTES = 512 * 1024, SCRUB_BYTES = 64 * 1024, TOUCH_BYTES = 4096 };

struct elf_writing {
	struct dump *dump;
	struct tally *tally;
	struct cycle cycle;
	struct elf_writer writer;
	struct reader *reader;
	uint8_t *scrubbed; /* SCRUB_BYTES; NULL: nothing is overwritten. Owned */
	bool counting;  /* the walk that only counts segments */
	uint64_t loads, bytes, bytes_done;
	struct progress progress;
};

/* --- bytes --- */

static err_t write_zeros(struct elf_writing *writing, uint64_t size)
{
	static const uint8_t zeros[TOUCH_BYTES];

	for (size_t step; size; size -= step) {
		step = (size_t)min_u64(size, sizeof(zeros));
		TRY(elf_data(&writing->writer, zeros, step));
	}
	return OK;
}

/* Touch every page of it, so that what cannot be read shows now and not while it is written. */
static bool readable(struct reader *reader, const uint8_t *bytes, size_t size)
{
	for (size_t at = 0; at < size; at += TOUCH_BYTES)
		(void)*(const volatile uint8_t *)(bytes + at);
	if (size)
		(void)*(const volatile uint8_t *)(bytes + size - 1);
	return !reader_faulted(reader);
}

static void note_unreadable(struct elf_writing *writing, paddr_t at)
{
	pfn_t pfn = at >> writing->dump->source.target.page_shift;

	if (!writing->tally->absent++)
		writing->tally->first_absent = pfn;
	if (writing->dump->startup)
		startup_pages_lose(writing->dump->startup, pfn);
}

/* Write bytes that lie at `at`, with what is to be overwritten in them overwritten; it may be done
 * in several steps, and *size becomes what was. */
static err_t write_bytes(struct elf_writing *writing, paddr_t at, const uint8_t *bytes,
			 size_t *size)
{
	const struct scrub *scrub = writing->dump->scrub;

	if (!scrub || !scrub_touches(scrub, at, *size))
		return elf_data(&writing->writer, bytes, *size);
	*size = (size_t)min_u64(*size, SCRUB_BYTES);
	memcpy(writing->scrubbed, bytes, *size);
	scrub_apply(scrub, at, writing->scrubbed, *size);
	return elf_data(&writing->writer, writing->scrubbed, *size);
}

/* Write [at, end); what the dump does not have, or cannot be read, becomes zeros. */
static err_t copy(struct elf_writing *writing, paddr_t at, paddr_t end)
{
	uint64_t page = page_bytes(&writing->dump->source.target), most = COPY_BYTES;
	const uint8_t *bytes;

	while (at < end) {
		TRY(stop_check());
		size_t size = (size_t)min_u64(end - at, most);
		err_t result = reader_lend(writing->reader, at, &bytes, &size);
		bool good = result == OK && readable(writing->reader, bytes, size);
		if (result == OK && !good && size > page) {
			most = page; /* again, to find out which pages are bad */
			continue;
		}
		if (result == ERR_IO)
			size = (size_t)min_u64(end - at, page - at % page);
		else if (result != OK && result != ERR_HOLE)
			return result;
		if (!good && result != ERR_HOLE)
			note_unreadable(writing, at);
		TRY(good ? write_bytes(writing, at, bytes, &size) : write_zeros(writing, size));
		at += size;
		writing->bytes_done += size;
	}
	progress_step(&writing->progress, writing->bytes_done, writing->bytes);
	return OK;
}

/* --- segments --- */

/* A segment of the output in the making: data from start up to `data_end`. */
struct piece {
	const struct segment *of;
	paddr_t start, data_end;
};

/* It goes up to `end`. */
static err_t emit(struct elf_writing *writing, const struct piece *piece, paddr_t end, bool nowhere)
{
	struct elf_load load = { piece->of, piece->start, end - piece->start,
				 piece->data_end - piece->start, nowhere };

	if (writing->counting) {
		if (writing->dump->scrub)
			scrub_note(writing->dump->scrub, piece->start,
				   piece->data_end - piece->start);
		writing->loads++;
		writing->bytes += load.file_bytes;
		return OK;
	}
	TRY(elf_load(&writing->writer, &load));
	return copy(writing, piece->start, piece->data_end);
}

/* The next run of kept pages in [*first, end), as pfns; *first == end: there is none. */
static err_t next_run(struct elf_writing *writing, pfn_t *first, pfn_t end, pfn_t *run_end)
{
	struct cycle *cycle = &writing->cycle;
	bool wanted = true;
	pfn_t pfn = *first;

	while (pfn < end) {
		TRY(cycle_window(cycle, pfn));
		pfn_t stop = min_u64(end, cycle->end);
		if (pfn < cycle->first) { /* a gap ends a run, and none begins in it */
			if (!wanted)
				break;
			pfn = min_u64(end, cycle->first);
			continue;
		}
		pfn = cycle->first + bits_next(cycle->words, pfn - cycle->first,
					       stop - cycle->first, wanted);
		if (pfn == stop)
			continue;
		if (!wanted)
			break;
		*first = pfn;
		wanted = false;
	}
	if (wanted)
		*first = end;
	*run_end = pfn;
	return OK;
}

/* One segment of the input. A page cut by its beginning is always written. */
static err_t walk_segment(struct elf_writing *writing, const struct segment *segment)
{
	const struct target *target = &writing->dump->source.target;
	paddr_t end = segment->start + segment->memory_bytes;
	pfn_t first = pfn_up(target, segment->start), run_end, last =
		min_u64(pfn_up(target, segment->start + min_u64(segment->file_bytes,
								segment->memory_bytes)),
			writing->dump->max_mapnr);
	struct piece piece = { segment, segment->start, segment->start };
	bool begins_empty = true;

	if (segment->start % page_bytes(target) && segment->file_bytes) {
		piece.data_end = min_u64(first << target->page_shift,
					 segment->start + segment->file_bytes);
		begins_empty = false;
	}
	for (; first < last; first = run_end) {
		TRY(next_run(writing, &first, last, &run_end));
		if (first >= last)
			break;
		paddr_t run = first << target->page_shift;
		if (first - pfn_up(target, piece.data_end) >= GAP) {
			TRY(emit(writing, &piece, run, begins_empty));
			piece = (struct piece){ segment, run, run };
		}
		piece.data_end = min_u64(run_end << target->page_shift, end);
		begins_empty = false;
	}
	return emit(writing, &piece, end, false);
}

static err_t walk_segments(struct elf_writing *writing)
{
	const struct source *source = &writing->dump->source;

	for (size_t i = 0; i < source->segments; i++)
		if (source->segment[i].start != UINT64_MAX)
			TRY(walk_segment(writing, &source->segment[i]));
	return OK;
}

static err_t write_parts(struct elf_writing *writing)
{
	TRY(cycle_exists(&writing->cycle, NULL, NULL));
	TRY(cycle_decide(&writing->cycle, NULL, NULL));
	writing->counting = true;
	if (writing->dump->scrub)
		scrub_forget(writing->dump->scrub);
	TRY(walk_segments(writing));
	writing->counting = false;
	if (writing->dump->scrub)
		writing->writer.eraseinfo_bytes = scrub_text(
			writing->dump->scrub, NULL, 0, (const char **)&writing->writer.eraseinfo);
	writing->tally->elf_bytes = writing->bytes;
	if (writing->dump->may_retry)
		TRY(sink_fits(writing->writer.sink,
			      elf_bytes(&writing->writer, writing->loads, writing->bytes)));
	TRY(elf_plan(&writing->writer, writing->loads));
	progress_begin(&writing->progress, &writing->dump->plan->say, "Copying data", true);
	TRY(walk_segments(writing));
	TRY(elf_finish(&writing->writer));
	progress_end(&writing->progress);
	return OK;
}

err_t write_elf(struct dump *dump, struct sink *sink, struct tally *tally)
{
	struct elf_writing writing = { .dump = dump, .tally = tally };
	struct kept_text text;

	TRY(cycle_create(&writing.cycle, dump, tally));
	err_t result = reader_create(&dump->source, &writing.reader);
	if (result == OK)
		result = elf_create(&writing.writer, &dump->source, sink);
	if (result == OK && dump->scrub && !(writing.scrubbed = malloc(SCRUB_BYTES)))
		result = fail(ERR_NOMEM, "no memory for %d bytes", SCRUB_BYTES);
	if (result == OK)
		result = write_parts(&writing);
	if (result != OK) {
		err_keep(&text);
		tally->incomplete = elf_mark_incomplete(&writing.writer) == OK;
		err_again(result, &text);
	}
	elf_destroy(&writing.writer);
	free(writing.scrubbed);
	reader_destroy(writing.reader);
	cycle_destroy(&writing.cycle);
	return result;
}
