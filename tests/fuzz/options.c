// SPDX-License-Identifier: GPL-2.0-only
/* options.c - fuzz the command line: words between NULs or newlines. A plan that is made must be
 * one that the jobs can take. */
#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "options.h"

enum { WORDS_MOST = 40, BYTES_MOST = 4096 };

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void check_plan(const struct plan *plan)
{
	check(plan->levels <= LEVELS_MOST);
	for (unsigned i = 0; i < plan->levels; i++)
		check(plan->level[i] <= 31);
	if (plan->help || plan->version || plan->job != JOB_DUMP)
		return;
	check(plan->input && plan->levels >= 1);
	check(plan->split ? plan->part && plan->parts : plan->output || plan->flattened);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[BYTES_MOST + 1], program[] = "makedumpfile", *words[WORDS_MOST + 2] = { program };
	int count = 1;
	struct plan plan;

	size = size < BYTES_MOST ? size : BYTES_MOST;
	memcpy(text, data, size);
	text[size] = 0;
	for (size_t at = 0; at < size && count <= WORDS_MOST; at += strlen(text + at) + 1) {
		text[at + strcspn(text + at, "\n")] = 0;
		words[count++] = text + at;
	}
	optind = 0; /* glibc: begin anew */
	opterr = 0;
	if (options_parse(&plan, count, words) == OK)
		check_plan(&plan);
	return 0;
}
