// SPDX-License-Identifier: GPL-2.0-only
/* check.c - the job of --check: is everything in a dump file that it says is there, and with
 * --against, is it what the vmcore has? Nothing is asked of the kernel in it. */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "base/scope.h"
#include "base/sheet.h"
#include "base/stop.h"
#include "diskdump_mod.h"
#include "input/elf.h"
#include "input/extents.h"
#include "input/kdump.h"
#include "makedumpfile.h"

enum { WINDOW_PFNS = 1 << 19, TOLD_MOST = 16, TOUCH_BYTES = 4096, ELF_INCOMPLETE = 1 };

/* What can be wrong, by the keys it is told under. */
enum wrong {
	MARKED, CUT, NOTES, VMCOREINFO, MISSING, DAMAGED, UNREADABLE, STRAY, OVERLAP, DIFFERENT,
	ELSEWHERE, WRONGS
};

static const struct {
	const char *key;
	bool against; /* only asked with --against */
} wrongs[WRONGS] = {
	[MARKED] = { "marked_incomplete", false },
	[CUT] = { "stream_cut", false },
	[NOTES] = { "damaged_notes", false },
	[VMCOREINFO] = { "damaged_vmcoreinfo", false },
	[MISSING] = { "missing_pages", false },
	[DAMAGED] = { "damaged_pages", false },
	[UNREADABLE] = { "unreadable_pages", false },
	[STRAY] = { "pages_that_do_not_exist", false },
	[OVERLAP] = { "overlapping_descriptors", false },
	[DIFFERENT] = { "different_pages", true },
	[ELSEWHERE] = { "pages_not_in_the_other", true },
};

struct checking {
	const struct plan *plan;
	struct any_dump file, other;
	struct reader *bytes, *others; /* others NULL: there is nothing to compare with */
	uint64_t pages, same, count[WRONGS];
	char told[TOLD_MOST][ERR_TEXT_BYTES]; /* the first things that were found */
	unsigned tolds;
	struct progress progress;
};

/* Count so many of a kind, and keep this thread's sentence about them. */
static void note(struct checking *checking, enum wrong wrong, uint64_t count)
{
	checking->count[wrong] += count;
	if (count && checking->tolds < TOLD_MOST)
		memcpy(checking->told[checking->tolds++], err_text(), ERR_TEXT_BYTES);
}

#define NOTE(checking, wrong, count, ...)                                                          \
	do {                                                                                       \
		fail(ERR_CORRUPT, __VA_ARGS__);                                                    \
		note(checking, wrong, count);                                                      \
	} while (0)

/* --- headers and notes --- */

static bool is_marked(const struct source *source)
{
	const struct elf_shape *shape = &elf_shapes[source->class_bytes == 8];

	if (source->kdump)
		return source->kdump->incomplete;
	return get_32(source->big_endian, source->elf_header + shape->flags) & ELF_INCOMPLETE;
}

/* What comes behind the last note that can be walked to must be padding. */
static size_t notes_end(const struct source *source)
{
	struct note note;
	size_t at = 0;

	while (note_next(source->big_endian, source->notes, source->notes_bytes, &at, &note))
		;
	return at;
}

static void check_headers(struct checking *checking)
{
	const struct source *source = &checking->file.source;

	if (is_marked(source))
		NOTE(checking, MARKED, 1, "it is marked as incomplete");
	if (source_is_cut(source))
		NOTE(checking, CUT, 1, "the flattened stream ends without its end record");
	size_t end = notes_end(source);
	if (source->notes_bytes - end && !all_zero(source->notes + end, source->notes_bytes - end))
		NOTE(checking, NOTES, 1, "the notes make no sense from byte %zu of %zu on", end,
		     source->notes_bytes);
}

static void check_vmcoreinfo(struct checking *checking)
{
	if (checking->file.vmcoreinfo != OK)
		note(checking, VMCOREINFO, 1); /* the sentence is that of reading it */
}

static void check_layout(struct checking *checking)
{
	const struct source *source = &checking->file.source;
	struct kdump_oddities odd;

	if (!source->kdump)
		return;
	kdump_find_oddities(source, &odd);
	if (odd.strays)
		NOTE(checking, STRAY, odd.strays, "pfn %#" PRIx64 " is kept, and does not exist in "
		     "the 1st bitmap", odd.first_stray);
	if (odd.overlaps)
		NOTE(checking, OVERLAP, odd.overlaps, "descriptor %" PRIu64 " points into what is "
		     "no data of its own", odd.first_overlap);
	if (source->stored.missing && !source->kdump->split)
		NOTE(checking, MISSING, source->stored.missing, "pfn %#" PRIx64 " has no data",
		     source->stored.first_missing);
}

/* Of a part of a split dump what is missing is not told apart from what other parts have. */
static void check_part(struct checking *checking)
{
	struct kdump_counts counts;

	if (!checking->file.source.kdump || !checking->file.source.kdump->split)
		return;
	kdump_count(checking->bytes, &counts);
	if (counts.missing)
		NOTE(checking, MISSING, counts.missing, "%" PRIu64 " pages of the part have no "
		     "data", counts.missing);
}

/* --- pages --- */

static void compare(struct checking *checking, pfn_t pfn, const uint8_t *page)
{
	const struct target *target = &checking->file.source.target;
	const uint8_t *other;

	err_t result = reader_page(checking->others, pfn, &other);
	bool same = result == OK && !memcmp(page, other, page_bytes(target));
	bool faulted = reader_faulted(checking->others);
	if (result != OK || faulted)
		NOTE(checking, ELSEWHERE, 1, "pfn %#" PRIx64 " cannot be read from %s", pfn,
		     checking->other.source.name);
	else if (!same)
		NOTE(checking, DIFFERENT, 1, "pfn %#" PRIx64 " differs from %s", pfn,
		     checking->other.source.name);
	else
		checking->same++;
}

/* Every byte is touched, so that one that cannot be read shows. */
static err_t check_page(struct checking *checking, pfn_t pfn)
{
	size_t size = page_bytes(&checking->file.source.target);
	const uint8_t *page;

	err_t result = reader_page(checking->bytes, pfn, &page);
	if (result == ERR_NOMEM || result == ERR_UNSUPPORTED)
		return result;
	checking->pages++;
	if (result != OK) {
		if (result == ERR_HOLE)
			fail(ERR_CORRUPT, "pfn %#" PRIx64 " has no data", pfn);
		note(checking, DAMAGED, 1);
		return OK;
	}
	if (checking->others) {
		compare(checking, pfn, page);
	} else {
		for (size_t at = 0; at < size; at += TOUCH_BYTES)
			(void)*(const volatile uint8_t *)(page + at);
	}
	if (reader_faulted(checking->bytes))
		NOTE(checking, UNREADABLE, 1, "pfn %#" PRIx64 " cannot be read", pfn);
	return OK;
}

static err_t check_pages(struct checking *checking)
{
	const struct source *source = &checking->file.source;
	FREE_AT_END uint64_t *words = malloc(WINDOW_PFNS / 8);
	pfn_t max = pfn_up(&source->target, source->end), first = 0, end;

	if (!words)
		return fail(ERR_NOMEM, "%s: no memory for a window", source->name);
	progress_begin(&checking->progress, &checking->plan->say, "Checking pages", true);
	while (first < max && (end = extents_piece(source, &first, WINDOW_PFNS)) > first) {
		end = min_u64(min_u64(first + WINDOW_PFNS, end), max);
		TRY(stop_check()); /* also where there is nothing */
		memset(words, 0, WINDOW_PFNS / 8);
		source->format->pages(source, first, end, true, words);
		for (uint64_t at = bits_next(words, 0, end - first, true); at < end - first;
		     at = bits_next(words, at + 1, end - first, true)) {
			TRY(stop_check());
			TRY(check_page(checking, first + at));
			if (at % 1024 == 0)
				progress_step(&checking->progress, first + at, max);
		}
		first = end;
	}
	progress_end(&checking->progress);
	return OK;
}

/* --- telling --- */

static err_t tell(const struct checking *checking, bool good)
{
	const struct plan *plan = checking->plan;
	const struct source *source = &checking->file.source;
	struct sheet sheet;

	sheet_begin(&sheet, plan->say.text, plan->json);
	sheet_word(&sheet, "file", source->name);
	sheet_word(&sheet, "format", source->format->name);
	if (plan->against)
		sheet_word(&sheet, "against", plan->against);
	sheet_number(&sheet, "pages", checking->pages);
	if (plan->against)
		sheet_number(&sheet, "same_pages", checking->same);
	for (unsigned i = 0; i < WRONGS; i++)
		if (plan->against || !wrongs[i].against)
			sheet_number(&sheet, wrongs[i].key, checking->count[i]);
	sheet_bool(&sheet, "good", good);
	sheet_open_list(&sheet, "first_findings");
	for (unsigned i = 0; i < checking->tolds; i++) {
		sheet_open(&sheet, NULL);
		sheet_word(&sheet, "what", checking->told[i]);
		sheet_close(&sheet);
	}
	sheet_close(&sheet);
	return within(sheet_end(&sheet), "--check");
}

static err_t outcome(struct checking *checking)
{
	const char *name = checking->file.source.name;
	unsigned kinds = 0;

	for (unsigned i = 0; i < WRONGS; i++)
		kinds += checking->count[i] != 0;
	TRY(tell(checking, !kinds));
	if (!kinds)
		return OK;
	return fail(ERR_CORRUPT, "%s: %u kinds of things are wrong; the first: %s", name, kinds,
		    checking->told[0]);
}

/* The other's pages are cut as the file's are, where it does not tell itself. */
static err_t open_other(struct checking *checking)
{
	struct any_dump *file = &checking->file, *other = &checking->other;

	if (!checking->plan->against)
		return OK;
	TRY(any_dump_open(other, checking->plan, checking->plan->against));
	if (!other->page_size_known)
		other->source.target = file->source.target;
	if (!file->page_size_known)
		file->source.target = other->source.target;
	if (page_bytes(&file->source.target) != page_bytes(&other->source.target))
		return fail(ERR_CORRUPT, "pages of %" PRIu64 " bytes in %s, and of %" PRIu64
			    " in %s", page_bytes(&file->source.target), file->source.name,
			    page_bytes(&other->source.target), other->source.name);
	return reader_create(&other->source, &checking->others);
}

static err_t check(struct checking *checking)
{
	check_vmcoreinfo(checking);
	TRY(open_other(checking));
	TRY(reader_create(&checking->file.source, &checking->bytes));
	check_headers(checking);
	check_layout(checking);
	check_part(checking);
	TRY(check_pages(checking));
	return outcome(checking);
}

err_t job_check(const struct plan *plan)
{
	FREE_AT_END struct checking *checking = calloc(1, sizeof(*checking));

	if (!checking)
		return fail(ERR_NOMEM, "no memory for checking %s", plan->input);
	checking->plan = plan;
	TRY(any_dump_open(&checking->file, plan, plan->input));
	err_t result = check(checking);
	reader_destroy(checking->bytes);
	reader_destroy(checking->others);
	if (checking->other.source.format)
		any_dump_close(&checking->other);
	any_dump_close(&checking->file);
	return result;
}
