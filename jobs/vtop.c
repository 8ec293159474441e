// SPDX-License-Identifier: GPL-2.0-only
/* vtop.c - --vtop: tell how one virtual address is translated. */
#include "makedumpfile.h"

void tell_vtop(struct dump *dump)
{
	const struct say *to = &dump->plan->say;
	const vaddr_t at = dump->plan->vtop;
	struct table_walk seen = { 0 };
	paddr_t found = UINT64_MAX;
	uint64_t run;
	err_t result = ERR_HOLE;

	if (dump->memory_known)
		result = space_walk(&dump->space, dump->tables, at, &found, &run, &seen);
	say(to, SAY_COMMON, "\nTranslating virtual address %" PRIx64 " to physical address.\n", at);
	for (unsigned i = 0; i < seen.levels; i++)
		say(to, SAY_COMMON, "  %3s : %16" PRIx64 " => %16" PRIx64 "\n", seen.level[i].name,
		    seen.level[i].at, seen.level[i].entry);
	say(to, SAY_COMMON, "VIRTUAL           PHYSICAL\n%16" PRIx64 "  %" PRIx64 "\n\n", at,
	    result == OK ? found : UINT64_MAX);
	if (result != OK && result != ERR_HOLE)
		say(to, SAY_ERROR, "makedumpfile: %s\n", err_text());
}
