// SPDX-License-Identifier: GPL-2.0-only
/* findnote.c - give a dump the note VMCOREINFO that its maker, a hypervisor, did not write. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/scope.h"
#include "kernel/findinfo.h"
#include "makedumpfile.h"

enum { NOTE_HEADER = 12, LINE_BYTES = 64 };

static const char note_name[12] = "VMCOREINFO"; /* with its padding */

/* How much of the notes can be walked through; what comes behind, nobody finds. */
static size_t notes_end(const struct source *source)
{
	struct note note;
	size_t at = 0;

	while (note_next(source->big_endian, source->notes, source->notes_bytes, &at, &note))
		;
	return at;
}

static err_t append_note(struct source *source, const char *text, size_t bytes)
{
	size_t used = notes_end(source), at = (size_t)round_up(used, 4);
	size_t all = at + NOTE_HEADER + sizeof(note_name) + (size_t)round_up(bytes, 4);
	uint8_t *grown = realloc(source->notes, all);

	if (!grown)
		return fail(ERR_NOMEM, "%s: no memory for %zu bytes of notes", source->name, all);
	memset(grown + used, 0, all - used);
	source->notes = grown;
	source->notes_bytes = all;
	put_32(source->big_endian, grown + at, sizeof("VMCOREINFO"));
	put_32(source->big_endian, grown + at + 4, (uint32_t)bytes);
	memcpy(grown + at + NOTE_HEADER, note_name, sizeof(note_name));
	memcpy(grown + at + NOTE_HEADER + sizeof(note_name), text, bytes);
	return OK;
}

static void tell_found(const struct say *to, const struct found_info *found)
{
	const struct facts *facts = &found->facts;
	uint64_t offset = fact_or(facts, HEX_KERNELOFFSET, 0);
	uint64_t base = fact_or(facts, NUMBER_PHYS_BASE, 0);
	char moved[LINE_BYTES] = "the kernel was not moved", placed[LINE_BYTES] = "";

	if (offset)
		snprintf(moved, sizeof(moved), "the kernel was moved by %#" PRIx64, offset);
	if (fact_known(facts, NUMBER_PHYS_BASE))
		snprintf(placed, sizeof(placed), ", phys_base %s%#" PRIx64, base >> 63 ? "-" : "",
			 base >> 63 ? -base : base);
	say(to, SAY_COMMON, "VMCOREINFO found in memory at %#" PRIx64 "; %s%s%s%s%s\n", found->at,
	    moved, placed, found->placed_by ? " by " : "",
	    found->placed_by ? found->placed_by : "",
	    found->crashed ? "; the CPUs were in its crash kernel" : "");
}

/* The text, and where the image lies if the text does not tell: readers of the output have no other
 * way to know. */
static err_t append_found(struct source *source, const struct found_info *found)
{
	char line[LINE_BYTES] = "";
	int length = 0;

	if (found->placed_by)
		length = snprintf(line, sizeof(line), "NUMBER(phys_base)=%" PRId64 "\n",
				  (int64_t)found->facts.value[NUMBER_PHYS_BASE]);
	FREE_AT_END char *text = malloc(found->bytes + (size_t)length);
	if (!text)
		return fail(ERR_NOMEM, "%s: no memory for vmcoreinfo", source->name);
	memcpy(text, found->text, found->bytes);
	memcpy(text + found->bytes, line, (size_t)length);
	return append_note(source, text, found->bytes + (size_t)length);
}

err_t find_note(const struct say *to, struct source *source, const struct arch *arch)
{
	struct found_info found;
	struct progress progress;

	progress_begin(&progress, to, "Looking for vmcoreinfo", true);
	TRY(findinfo(source, arch, &progress, &found));
	progress_end(&progress);
	err_t result = append_found(source, &found);
	if (result == OK)
		tell_found(to, &found);
	free(found.text);
	return result;
}
