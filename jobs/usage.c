// SPDX-License-Identifier: GPL-2.0-only
/* usage.c - the job of --mem-usage: decide every page as -d 31 does, look for zeros in those that
 * stay, and print a table. Scripts parse it, some with stderr mixed in, so nothing is said before
 * its first, empty line: no progress either. */
#include "cyclic.h"

static err_t count(struct dump *dump, struct tally *tally)
{
	struct cycle cycle;

	TRY(cycle_create(&cycle, dump, tally));
	err_t result = cycle_exists(&cycle, NULL, NULL);
	if (result == OK)
		result = cycle_decide(&cycle, NULL, NULL);
	cycle_destroy(&cycle);
	return result;
}

static void print_table(const struct dump *dump, const struct tally *tally)
{
	const struct say *to = &dump->plan->say;
	uint64_t kept = tally->existing - excluded_pages(tally);
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
	plan.say.level &= ~(unsigned)(SAY_PROGRESS | SAY_REPORT);
	TRY(dump_open(&dump, &plan));
	dump.out.level = LEVEL_MOST;
	decider_set_level(&dump.decider, LEVEL_MOST);
	err_t result = count(&dump, &tally);
	if (result == OK) {
		print_table(&dump, &tally);
		warn_of_pages(&dump, &tally);
		result = report_json(&dump, &tally, 0);
	}
	dump_close(&dump);
	return result;
}
