// SPDX-License-Identifier: GPL-2.0-only
/* verify.c - the job of --verify: is what crash and drgn begin with in a dump? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/scope.h"
#include "base/sheet.h"
#include "input/kdump.h"
#include "jobs/names.h"
#include "kernel/startup.h"
#include "makedumpfile.h"

/* Beside what the kernel's memory has: the note, and whether that memory can be read at all. */
enum { NOTE, MEMORY, THINGS = MEMORY + 1 + STARTUP_THINGS };

struct verifying {
	const struct plan *plan;
	struct plan quiet; /* messages do not come between what is told */
	struct dump dump;
	struct kernel_names names; /* with -x */
	struct startup_help help;
	struct startup startup;
	struct startup_thing note, memory;
};

static const struct startup_thing *thing(const struct verifying *verifying, unsigned i)
{
	return i == NOTE ? &verifying->note : i == MEMORY ? &verifying->memory
	       : &verifying->startup.thing[i - MEMORY - 1];
}

static void look_at_note(struct verifying *verifying)
{
	const struct dump *dump = &verifying->dump;
	struct startup_thing *note = &verifying->note;

	*note = (struct startup_thing){ .name = "vmcoreinfo", .unit = "bytes",
					.count = dump->out.vmcoreinfo_bytes };
	if (dump->note_found || !note->count)
		note->state = STARTUP_MISSING;
	if (dump->note_found)
		snprintf(note->why, sizeof(note->why), "it is in memory, but there is no note");
	else if (!note->count)
		snprintf(note->why, sizeof(note->why), "there is no note");
}

/* With -x: what VMLINUX tells, and what is not to be had there either is found out by who needs it.
 */
static err_t look_with_vmlinux(struct verifying *verifying)
{
	struct kernel_names *names = &verifying->names;
	struct names *door = &names->door;
	struct kept_text ignored;

	for (unsigned i = 0; i < STARTUP_SYMBOLS; i++)
		TRY(names_want(names, startup_symbol(i)));
	TRY(names_load(names, &ignored));
	for (unsigned i = 0; i < STARTUP_SYMBOLS; i++)
		door->symbol(door, NULL, startup_symbol(i), &verifying->help.symbol[i]);
	verifying->help.types = door->types(door, NULL);
	verifying->startup.help = &verifying->help;
	TRY(startup_look(&verifying->startup));
	return names_check(names);
}

static err_t look(struct verifying *verifying)
{
	if (!verifying->plan->vmlinux)
		return startup_look(&verifying->startup);
	names_init(&verifying->names, &verifying->dump);
	err_t result = look_with_vmlinux(verifying);
	names_free(&verifying->names);
	return result;
}

static err_t look_at_memory(struct verifying *verifying)
{
	struct dump *dump = &verifying->dump;
	struct startup_thing *memory = &verifying->memory;

	*memory = (struct startup_thing){ .name = "page tables" };
	if (!dump->memory_known) {
		memory->state = STARTUP_MISSING;
		memcpy(memory->why, dump->unknown.text, sizeof(memory->why));
	}
	verifying->startup.memory = &dump->memory;
	verifying->startup.facts = &dump->facts;
	verifying->startup.limit = pfn_up(&dump->source.target, dump->source.end);
	return dump->memory_known ? look(verifying) : OK;
}

/* --- telling --- */

static void tell_thing(struct sheet *sheet, const struct startup_thing *thing)
{
	static const char *const states[] = {
		[STARTUP_THERE] = "there", [STARTUP_MISSING] = "missing",
		[STARTUP_UNKNOWN] = "not told",
	};

	sheet_open(sheet, NULL);
	sheet_word(sheet, "thing", thing->name);
	sheet_word(sheet, "state", states[thing->state]);
	if (thing->unit && thing->count)
		sheet_number(sheet, thing->unit, thing->count);
	if (thing->why[0])
		sheet_word(sheet, "why", thing->why);
	sheet_close(sheet);
}

static unsigned count(const struct verifying *verifying, enum startup_state state)
{
	unsigned things = 0;

	for (unsigned i = 0; i < THINGS; i++)
		things += thing(verifying, i)->name && thing(verifying, i)->state == state;
	return things;
}

static err_t tell(const struct verifying *verifying)
{
	const struct source *source = &verifying->dump.source;
	struct sheet sheet;

	sheet_begin(&sheet, verifying->plan->say.text, verifying->plan->json);
	sheet_word(&sheet, "file", source->name);
	if (source->split)
		sheet_number(&sheet, "parts", 1 + (uint64_t)verifying->plan->parts);
	sheet_word(&sheet, "format", source->format->name);
	sheet_word(&sheet, "kernel_release", verifying->dump.facts.release);
	sheet_open_list(&sheet, "begins_with");
	for (unsigned i = 0; i < THINGS; i++)
		if (thing(verifying, i)->name)
			tell_thing(&sheet, thing(verifying, i));
	sheet_close(&sheet);
	sheet_number(&sheet, "missing", count(verifying, STARTUP_MISSING));
	sheet_number(&sheet, "not_told", count(verifying, STARTUP_UNKNOWN));
	sheet_bool(&sheet, "good", !count(verifying, STARTUP_MISSING));
	return within(sheet_end(&sheet), "--verify");
}

/* The sentence names all that is missing, and says why of the first. */
static err_t outcome(const struct verifying *verifying)
{
	const struct startup_thing *first = NULL;
	char names[256] = "";
	size_t length = 0;

	TRY(tell(verifying));
	for (unsigned i = 0; i < THINGS; i++) {
		const struct startup_thing *one = thing(verifying, i);
		if (!one->name || one->state != STARTUP_MISSING)
			continue;
		length += (size_t)snprintf(names + length, sizeof(names) - length, "%s%s",
					   first ? ", " : "", one->name);
		first = first ? first : one;
	}
	const struct source *source = &verifying->dump.source;
	bool lone = source->kdump && source->kdump->split && !source->split;
	return !first ? OK : fail(ERR_CORRUPT, "%s: what crash and drgn begin with is missing: %s; "
				  "the first: %s%s", source->name, names, first->why, lone ?
				  "; the file is one part of a split dump, and the others were not "
				  "given" : "");
}

static err_t verify(struct verifying *verifying)
{
	look_at_note(verifying);
	TRY(look_at_memory(verifying));
	return outcome(verifying);
}

err_t job_verify(const struct plan *plan)
{
	FREE_AT_END struct verifying *verifying = calloc(1, sizeof(*verifying));

	if (!verifying)
		return fail(ERR_NOMEM, "no memory for looking at %s", plan->input);
	verifying->plan = plan;
	verifying->quiet = *plan;
	verifying->quiet.say.text = stderr;
	TRY(dump_open(&verifying->dump, &verifying->quiet));
	err_t result = verify(verifying);
	dump_close(&verifying->dump);
	return result;
}
