// SPDX-License-Identifier: GPL-2.0-only
/* tell.c - what -D says of an opened dump. Scripts and test suites read single lines of it, so each
 * has the words and the columns of the first makedumpfile. */
#include <string.h>

#include "diskdump_mod.h"
#include "facts/vmcoreinfo.h"
#include "input/kdump.h"
#include "makedumpfile.h"

enum { STRETCHES_TOLD = 4096 }; /* of the page array: 512 GiB in sections of 128 MiB */

static void tell_segments(const struct say *to, const struct source *source)
{
	if (source->segments)
		say(to, SAY_DEBUG, "%25s %16s %16s %16s\n", "phys_start", "phys_end", "virt_start",
		    "virt_end");
	for (size_t i = 0; i < source->segments; i++) {
		const struct segment *segment = &source->segment[i];
		say(to, SAY_DEBUG,
		    "LOAD[%2zu] %16" PRIx64 " %16" PRIx64 " %16" PRIx64 " %16" PRIx64 "\n", i,
		    segment->start, segment->start + segment->memory_bytes, segment->virtual,
		    segment->virtual + segment->memory_bytes);
	}
}

/* What an earlier run wrote into the headers; scripts read dump_level here. */
static void tell_stored(const struct say *to, const struct source *source)
{
	const struct stored *stored = &source->stored;
	const struct kdump *kdump = source->kdump;

	if (!kdump)
		return;
	say(to, SAY_DEBUG, "diskdump main header\n  signature        : " KDUMP_SIGNATURE "\n"
	    "  header_version   : %u\n  block_size       : %" PRIu64 "\n"
	    "  max_mapnr        : %#" PRIx64 "\n  nr_cpus          : %u\n", kdump->version,
	    page_bytes(&source->target), kdump->max_mapnr, stored->cpus);
	say(to, SAY_DEBUG, "kdump sub header\n  phys_base        : %#" PRIx64 "\n"
	    "  dump_level       : %u\n  split            : %d\n  start_pfn        : %#" PRIx64 "\n"
	    "  end_pfn          : %#" PRIx64 "\n  size_note        : %#zx\n"
	    "  size_eraseinfo   : %#zx\n", stored->phys_base, stored->level, kdump->split,
	    kdump->split ? kdump->start : 0, kdump->split ? kdump->end : 0, source->notes_bytes,
	    stored->eraseinfo_bytes);
}

/* As vmcoreinfo has them, one to a line: scripts read OSRELEASE and CRASHTIME here. */
static void tell_facts(const struct dump *dump)
{
	const struct say *to = &dump->plan->say;
	const char *from = "";

	for (enum fact_id id = 0; id < FACTS; id++) {
		if (!fact_known(&dump->facts, id))
			continue;
		if (strcmp(from, dump->facts.source[id])) {
			from = dump->facts.source[id];
			say(to, SAY_DEBUG, "Facts        : from %s\n", from);
		}
		say(to, SAY_DEBUG, "  ");
		vmcoreinfo_write_fact(&dump->facts, id, to->text);
	}
}

/* The page array, piece by piece. */
static void tell_memmap(struct dump *dump)
{
	const struct say *to = &dump->plan->say;
	struct stretch stretch = { 0 };
	unsigned told = 0;

	say(to, SAY_DEBUG, "Memory type  : %s\nCompound pages: %s\n\n%29s %16s %16s\n",
	    dump->map.model->name, dump->rules.compound->when, "mem_map", "pfn_start", "pfn_end");
	for (; stretch.end < dump->max_mapnr && told < STRETCHES_TOLD; told++) {
		memmap_find(&dump->map, stretch.end, &stretch);
		say(to, SAY_DEBUG, "mem_map[%4u] %16" PRIx64 " %16" PRIx64 " %16" PRIx64 "\n", told,
		    stretch.at, stretch.first, stretch.end);
	}
	if (stretch.end < dump->max_mapnr)
		say(to, SAY_DEBUG, "mem_map[%4u] and so on\n", told);
}

void tell_dump(struct dump *dump)
{
	const struct say *to = &dump->plan->say;
	const struct source *source = &dump->source;

	if (!says(to, SAY_DEBUG))
		return;
	tell_segments(to, source);
	say(to, SAY_DEBUG,
	    "Linux kdump\nmax_mapnr    : %" PRIx64 "\npage_size    : %" PRIu64 "\n",
	    dump->max_mapnr, page_bytes(&source->target));
	tell_stored(to, source);
	tell_facts(dump);
	if (dump->kernel_known)
		tell_memmap(dump);
	if (source_can_map(source))
		say(to, SAY_DEBUG, "mmap() is available on the kernel.\n");
}
