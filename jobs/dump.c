// SPDX-License-Identifier: GPL-2.0-only
/* dump.c - the main job: one dump in, one smaller dump out. */
#include <sys/stat.h>
#include <unistd.h>

#include "makedumpfile.h"

/* Truncating the output must not destroy the input. */
static err_t check_not_same(const struct plan *plan)
{
	struct stat in, out;

	if (stat(plan->input, &in) || stat(plan->output, &out))
		return OK;
	if (in.st_dev == out.st_dev && in.st_ino == out.st_ino)
		return fail(ERR_USAGE,
			    "Can't open the dump file (%s). It is the dump memory itself",
			    plan->output);
	return OK;
}

err_t job_check_output(const struct plan *plan)
{
	TRY(sink_check(plan->output, plan->replace));
	return check_not_same(plan);
}

static uint64_t excluded_pages(const struct tally *tally)
{
	uint64_t sum = tally->zero;

	for (unsigned kind = 0; kind < PAGE_KINDS; kind++)
		sum += tally->excluded[kind];
	return sum;
}

/* The table that --show-stats adds; its lines are parsed by scripts. */
static void report(const struct dump *dump, const struct sink *sink, const struct tally *tally)
{
	const struct say *to = &dump->plan->say;
	uint64_t excluded = excluded_pages(tally), remaining = tally->existing - excluded;
	const struct {
		const char *name;
		uint64_t pages;
	} lines[] = {
		{ "    Pages filled with zero ", tally->zero },
		{ "    Non-private cache pages", tally->excluded[PAGE_CACHE] },
		{ "    Private cache pages    ", tally->excluded[PAGE_CACHE_PRIVATE] },
		{ "    User process data pages", tally->excluded[PAGE_USER] },
		{ "    Free pages             ", tally->excluded[PAGE_FREE] },
		{ "    Hwpoison pages         ", tally->excluded[PAGE_HWPOISON] },
		{ "    Offline pages          ", tally->excluded[PAGE_OFFLINE] },
		{ "  Remaining pages ", remaining },
	};

	say(to, SAY_REPORT, "\nOriginal pages  : 0x%016" PRIx64 "\n", tally->existing);
	say(to, SAY_REPORT, "  Excluded pages   : 0x%016" PRIx64 "\n", excluded);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		say(to, SAY_REPORT, "%s : 0x%016" PRIx64 "\n", lines[i].name, lines[i].pages);
	if (tally->existing)
		say(to, SAY_REPORT, "  (The number of pages is reduced to %" PRIu64 "%%.)\n",
		    remaining * 100 / tally->existing);
	say(to, SAY_REPORT, "Memory Hole     : 0x%016" PRIx64 "\n",
	    dump->max_mapnr - tally->existing);
	say(to, SAY_REPORT, "--------------------------------------------------\n");
	say(to, SAY_REPORT, "Total pages     : 0x%016" PRIx64 "\n", dump->max_mapnr);
	say(to, SAY_REPORT, "Write bytes     : %" PRIu64 "\n\n", sink->written);
}

/* What a person should know about pages that were not as they should be. */
void warn_of_pages(const struct dump *dump, const struct tally *tally)
{
	const struct say *to = &dump->plan->say;
	const struct doubts *doubts = &tally->doubts;

	if (dump->map.broken)
		say(to, SAY_ERROR, "makedumpfile: %" PRIu64 " sections of mem_section are broken "
		    "and kept whole, the first is number %" PRIu64 "\n", dump->map.broken,
		    dump->map.first_broken);
	if (doubts->unreadable)
		say(to, SAY_ERROR, "makedumpfile: %" PRIu64 " pages are kept because their struct "
		    "page cannot be read, the first is pfn %#" PRIx64 "\n", doubts->unreadable,
		    doubts->first_unreadable);
	if (doubts->blocks)
		say(to, SAY_ERROR, "makedumpfile: %" PRIu64 " free blocks of impossible order are "
		    "kept, the first is pfn %#" PRIx64 "\n", doubts->blocks, doubts->first_block);
	if (doubts->lists)
		say(to, SAY_ERROR, "makedumpfile: %" PRIu64 " free lists are broken and their "
		    "further pages kept, the first is the one %s\n", doubts->lists,
		    doubts->first_list);
	if (tally->absent)
		say(to, SAY_ERROR,
		    "makedumpfile: %" PRIu64 " pages cannot be read and are left out, the "
		    "first is pfn %#" PRIx64 "\n",
		    tally->absent, tally->first_absent);
}

/* One try at one level. */
static err_t write_level(struct dump *dump, unsigned level, struct sink *sink, struct tally *tally)
{
	*tally = (struct tally){ 0 };
	dump->out.level = level;
	TRY(decider_set_level(&dump->decider, level));
	return cyclic_write(dump, sink, tally);
}

static err_t write_levels(struct dump *dump, struct sink *sink, struct tally *tally)
{
	const struct plan *plan = dump->plan;
	err_t result = write_level(dump, plan->level[0], sink, tally);

	for (unsigned i = 1; result == ERR_NOSPACE && i < plan->levels; i++) {
		say(&plan->say, SAY_ERROR, "makedumpfile: %s\n", err_text());
		say(&plan->say, SAY_COMMON, "Retry to create a dumpfile by dump_level(%u).\n",
		    plan->level[i]);
		TRY(sink_restart(sink));
		result = write_level(dump, plan->level[i], sink, tally);
	}
	if (tally->incomplete)
		say(&plan->say, SAY_COMMON,
		    "This is an incomplete dumpfile, but might analyzable.\n");
	return result;
}

static err_t write_output(struct dump *dump)
{
	const struct plan *plan = dump->plan;
	struct sink sink;
	struct tally tally;

	for (unsigned i = 0; i < plan->levels; i++) /* what cannot be done, before a file is made */
		TRY(decider_set_level(&dump->decider, plan->level[i]));
	TRY(sink_open(&sink, plan->output, plan->dry_run, plan->replace));
	err_t result = write_levels(dump, &sink, &tally);
	err_t closed = sink_close(&sink);
	if (result == OK)
		result = closed;
	warn_of_pages(dump, &tally);
	if (result != OK)
		return result;
	report(dump, &sink, &tally);
	say(&plan->say, SAY_COMMON, "\nThe dumpfile is saved to %s.\n", plan->output);
	return OK;
}

static void choose_codec(struct dump *dump)
{
	const struct plan *plan = dump->plan;
	const struct codec *codec = plan->codec_letter ? codec_by_letter(plan->codec_letter) : NULL;

	if (codec && !codec->create) {
		say(&plan->say, SAY_COMMON, "'-%c' option is disabled, because this binary doesn't "
		    "support %s compression.\n", codec->letter, codec->library);
		codec = NULL;
	}
	dump->out.codec = codec;
}

err_t job_dump(const struct plan *plan)
{
	struct dump dump;

	if (!plan->dry_run)
		TRY(job_check_output(plan));
	TRY(dump_open(&dump, plan));
	choose_codec(&dump);
	if (plan->no_vmemmap && !dump.kernel_known)
		say(&plan->say, SAY_COMMON, "Can't find vmemmap pages\n");
	dump.out.without_vmemmap = plan->no_vmemmap && dump.kernel_known;
	if (plan->want_vtop)
		tell_vtop(&dump);
	err_t result = write_output(&dump);
	dump_close(&dump);
	return result;
}
