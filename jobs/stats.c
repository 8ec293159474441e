// SPDX-License-Identifier: GPL-2.0-only
/* stats.c - the report on pages: a table for people and old scripts, JSON for new ones. */
#include <string.h>

#include "base/json.h"
#include "diskdump_mod.h"
#include "makedumpfile.h"

/* Page frames that the dump file has a bit for. */
static uint64_t total_pages(const struct dump *dump)
{
	return dump->max_mapnr - min_u64(dump->max_mapnr, dump->out.first_pfn);
}

uint64_t excluded_pages(const struct tally *tally)
{
	uint64_t sum = tally->zero;

	for (unsigned kind = 0; kind < PAGE_KINDS; kind++)
		sum += tally->excluded[kind];
	return sum;
}

static void report_elf(const struct dump *dump, uint64_t pages)
{
	if (dump->plan->elf)
		say(&dump->plan->say, SAY_REPORT, "     in ELF format : 0x%016" PRIx64 "\n", pages);
}

/* Its lines are parsed by scripts. */
void report_pages(const struct dump *dump, const struct tally *tally, uint64_t written)
{
	const struct say *to = &dump->plan->say;
	uint64_t excluded = excluded_pages(tally), remaining = tally->existing - excluded;
	uint64_t in_elf = pfn_up(&dump->source.target, tally->elf_bytes);
	uint64_t kept = dump->plan->elf ? in_elf : remaining;
	const struct {
		const char *name;
		uint64_t pages;
		bool hidden;
	} lines[] = {
		{ "    Pages filled with zero ", tally->zero },
		{ "    Non-private cache pages", tally->excluded[PAGE_CACHE] },
		{ "    Private cache pages    ", tally->excluded[PAGE_CACHE_PRIVATE] },
		{ "    User process data pages", tally->excluded[PAGE_USER] },
		{ "    Free pages             ", tally->excluded[PAGE_FREE] },
		{ "    Hwpoison pages         ", tally->excluded[PAGE_HWPOISON] },
		{ "    Offline pages          ", tally->excluded[PAGE_OFFLINE] },
		{ "    Extension filter pages ", tally->excluded[PAGE_EXTENSION],
		  !dump->plan->extensions },
		{ "    Pages of other domains ", tally->excluded[PAGE_DOMAIN],
		  !dump->plan->leave_domains },
		{ "  Remaining pages ", remaining },
	};

	say(to, SAY_REPORT, "\nOriginal pages  : 0x%016" PRIx64 "\n", tally->existing);
	say(to, SAY_REPORT, "  Excluded pages   : 0x%016" PRIx64 "\n", excluded);
	report_elf(dump, tally->existing > in_elf ? tally->existing - in_elf : 0);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (!lines[i].hidden)
			say(to, SAY_REPORT, "%s : 0x%016" PRIx64 "\n", lines[i].name,
			    lines[i].pages);
	report_elf(dump, in_elf);
	if (tally->existing)
		say(to, SAY_REPORT, "  (The number of pages is reduced to %" PRIu64 "%%.)\n",
		    kept * 100 / tally->existing);
	say(to, SAY_REPORT, "Memory Hole     : 0x%016" PRIx64 "\n",
	    total_pages(dump) - tally->existing);
	say(to, SAY_REPORT, "--------------------------------------------------\n");
	say(to, SAY_REPORT, "Total pages     : 0x%016" PRIx64 "\n", total_pages(dump));
	say(to, SAY_REPORT, "Write bytes     : %" PRIu64 "\n\n", written);
}

/* --- JSON --- */

enum { RELEASE_FIELD = 2 };

/* What the dump is of, and what became of it. */
static void put_dump(struct json *json, const struct dump *dump, const struct tally *tally)
{
	const char *release = dump->facts.release;
	bool stored = dump->out.status & DUMP_DH_COMPRESSED_INCOMPLETE;

	if (!*release && dump->out.uts)
		release = (const char *)dump->out.uts + RELEASE_FIELD * UTS_FIELD;
	if (*release)
		json_text(json, "kernel_release", release, UTS_FIELD);
	else
		json_null(json, "kernel_release");
	json_number(json, "page_size", page_bytes(&dump->source.target));
	json_number(json, "dump_level", dump->out.level);
	json_bool(json, "incomplete", tally->incomplete || stored);
}

static void put_pages(struct json *json, const struct dump *dump, const struct tally *tally)
{
	uint64_t excluded = excluded_pages(tally);

	json_number(json, "total_pages", total_pages(dump));
	json_number(json, "hole_pages", total_pages(dump) - tally->existing);
	json_number(json, "original_pages", tally->existing);
	json_number(json, "excluded_pages", excluded);
	json_number(json, "zero_pages", tally->zero);
	json_number(json, "cache_pages", tally->excluded[PAGE_CACHE]);
	json_number(json, "cache_private_pages", tally->excluded[PAGE_CACHE_PRIVATE]);
	json_number(json, "user_pages", tally->excluded[PAGE_USER]);
	json_number(json, "free_pages", tally->excluded[PAGE_FREE]);
	json_number(json, "free_percpu_pages", tally->percpu);
	json_number(json, "hwpoison_pages", tally->excluded[PAGE_HWPOISON]);
	json_number(json, "offline_pages", tally->excluded[PAGE_OFFLINE]);
	json_number(json, "extension_pages", tally->excluded[PAGE_EXTENSION]);
	json_number(json, "domain_pages", tally->excluded[PAGE_DOMAIN]);
	json_number(json, "remaining_pages", tally->existing - excluded);
	json_number(json, "unused_vmemmap_pages", tally->unused);
}

/* What could not be judged or read; warn_of_pages() says the same in words. */
static void put_doubts(struct json *json, const struct dump *dump, const struct tally *tally)
{
	json_number(json, "kept_in_doubt_pages",
		    dump->damaged ? tally->existing : tally->doubts.unreadable);
	json_number(json, "broken_free_blocks", tally->doubts.blocks);
	json_number(json, "broken_free_lists", tally->doubts.lists);
	json_number(json, "broken_sections", dump->map.broken);
	json_number(json, "unreadable_pages", tally->absent);
	json_number(json, "missing_pages", dump->source.stored.missing);
}

err_t report_json(const struct dump *dump, const struct tally *tally, uint64_t written)
{
	const struct plan *plan = dump->plan;
	struct json json;

	if (!plan->stats_json)
		return OK;
	json_begin(&json, plan->say.text);
	put_dump(&json, dump, tally);
	put_pages(&json, dump, tally);
	if (plan->elf)
		json_number(&json, "elf_pages",
			    pfn_up(&dump->source.target, tally->elf_bytes));
	put_doubts(&json, dump, tally);
	json_number(&json, "erased_places", erase_count(dump).places);
	json_number(&json, "erased_bytes", erase_count(dump).bytes);
	json_number(&json, "written_bytes", written);
	return within(json_end(&json), "--stats");
}
