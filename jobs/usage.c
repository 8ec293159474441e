// SPDX-License-Identifier: GPL-2.0-only
/* usage.c - the job of --mem-usage: decide every page as -d 31 does, look for zeros in those that
 * stay, and print a table. Scripts parse it, some with stderr mixed in, so nothing is said before
 * its first, empty line: no progress either. */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "base/scope.h"
#include "makedumpfile.h"

/* How many of the pages left in a window are full of zeros. Those that cannot be read are not. */
static uint64_t count_zero(struct dump *dump, const struct decision *decision)
{
	uint64_t size = decision->end - decision->first, zero = 0;
	uint64_t bytes = page_bytes(&dump->source.target);
	const uint8_t *page;

	for (uint64_t at = bits_next(decision->words, 0, size, true); at < size;
	     at = bits_next(decision->words, at + 1, size, true)) {
		if (reader_page(dump->bytes, decision->first + at, &page) != OK)
			continue;
		bool is_zero = all_zero(page, bytes);
		zero += is_zero && !reader_faulted(dump->bytes);
	}
	return zero;
}

static err_t count_window(struct dump *dump, struct carry *carry, struct decision *decision,
			  struct tally *tally)
{
	const struct source *source = &dump->source;
	uint64_t size = decision->end - decision->first, words = bits_words(size);

	memset(decision->words, 0, words * sizeof(*decision->words));
	source->format->pages(source, decision->first, decision->end, false, decision->words);
	tally->existing += bits_count(decision->words, 0, size);
	memset(decision->words, 0, words * sizeof(*decision->words));
	source->format->pages(source, decision->first, decision->end, true, decision->words);
	TRY(decide(&dump->decider, carry, decision));
	for (unsigned kind = 0; kind < PAGE_KINDS; kind++)
		tally->excluded[kind] += decision->excluded[kind];
	doubts_add(&tally->doubts, &decision->doubts);
	tally->zero += count_zero(dump, decision);
	return OK;
}

static err_t count(struct dump *dump, struct tally *tally)
{
	uint64_t bytes = budget_window(dump->plan, dump->max_mapnr);
	FREE_AT_END uint64_t *words = malloc(bytes);
	struct carry carry = { 0 };

	if (!words)
		return fail(ERR_NOMEM, "no memory for a window of %" PRIu64 " bytes", bytes);
	for (pfn_t first = 0; first < dump->max_mapnr; first += bytes * 8) {
		pfn_t end = min_u64(first + bytes * 8, dump->max_mapnr);
		struct decision decision = { first, end, words, { 0 }, { 0 } };
		TRY(count_window(dump, &carry, &decision, tally));
	}
	return OK;
}

static void print_table(const struct dump *dump, const struct tally *tally)
{
	const struct say *to = &dump->plan->say;
	uint64_t kept = tally->existing - tally->zero;

	for (unsigned kind = 0; kind < PAGE_KINDS; kind++)
		kept -= tally->excluded[kind];
	const struct {
		const char *name, *excludable, *what;
		uint64_t pages;
	} rows[] = {
		{ "ZERO\t", "yes", "Pages filled with zero", tally->zero },
		{ "NON_PRI_CACHE", "yes", "Cache pages without private flag",
		  tally->excluded[PAGE_CACHE] },
		{ "PRI_CACHE", "yes", "Cache pages with private flag",
		  tally->excluded[PAGE_CACHE_PRIVATE] },
		{ "USER\t", "yes", "User process pages", tally->excluded[PAGE_USER] },
		{ "FREE\t", "yes", "Free pages", tally->excluded[PAGE_FREE] },
		{ "KERN_DATA", "no", "Dumpable kernel data ", kept },
	};

	say(to, SAY_COMMON, "\nTYPE\t\tPAGES\t\t\tEXCLUDABLE\tDESCRIPTION\n"
	    "----------------------------------------------------------------------\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		say(to, SAY_COMMON, "%s\t%-16" PRIu64 "\t%s\t\t%s\n", rows[i].name,
		    rows[i].pages, rows[i].excludable, rows[i].what);
	say(to, SAY_COMMON, "\npage size:\t\t%-16" PRIu64 "\n",
	    page_bytes(&dump->source.target));
	say(to, SAY_COMMON, "Total pages on system:\t%-16" PRIu64 "\n", tally->existing);
	say(to, SAY_COMMON, "Total size on system:\t%-16" PRIu64 " Byte\n",
	    tally->existing * page_bytes(&dump->source.target));
}

err_t job_usage(const struct plan *asked)
{
	struct plan plan = *asked;
	struct tally tally = { 0 };
	struct dump dump;

	plan.level[0] = LEVEL_MOST;
	plan.levels = 1;
	TRY(dump_open(&dump, &plan));
	err_t result = decider_set_level(&dump.decider, LEVEL_MOST);
	if (result == OK)
		result = count(&dump, &tally);
	dump.out.level = LEVEL_MOST;
	if (result == OK) {
		print_table(&dump, &tally);
		warn_of_pages(&dump, &tally);
		result = report_json(&dump, &tally, 0);
	}
	dump_close(&dump);
	return result;
}
