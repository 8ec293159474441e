// SPDX-License-Identifier: GPL-2.0-only
/* dump.c - the main job: one dump in, one smaller dump out. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/kdump.h"
#include "jobs/extension.h"
#include "makedumpfile.h"
#include "pages/needs.h"
#include "pages/percpu.h"

/* Truncating the output must not destroy the input. */
static err_t check_not_same(const char *input, const char *output)
{
	struct stat in, out;

	if (stat(input, &in) || stat(output, &out))
		return OK;
	if (in.st_dev == out.st_dev && in.st_ino == out.st_ino)
		return fail(ERR_USAGE,
			    "Can't open the dump file (%s). It is the dump memory itself", output);
	return OK;
}

/* What the level names and could not be told. */
static void warn_of_kept(const struct dump *dump)
{
	const struct need *need = NULL;
	unsigned kinds = dump->out.level < LEVEL_CACHE ? 0 : kinds_of_level(dump->out.level);

	if (kinds >> PAGE_CACHE_PRIVATE & 1) /* then it does not matter which is private */
		kinds &= ~(1u << PAGE_CACHE);
	while (dump->kernel_known && (need = needs_unmet(&dump->facts, kinds, need)))
		say(&dump->plan->say, SAY_ERROR, "makedumpfile: %s are kept, because nothing tells "
		    "%s\n", need->kept, need->facts);
}

/* The kernel's own count of free pages against ours. */
static void warn_of_check(const struct dump *dump, const struct tally *tally)
{
	if (tally->free_doubted)
		say(&dump->plan->say, SAY_ERROR, "makedumpfile: %" PRIu64 " pages pass for free, "
		    "and the zones count %" PRIu64 "%s\n", tally->found_free, tally->counted_free,
		    tally->found_free > tally->counted_free ? ": free pages are kept" : "");
}

/* By the kernel's own types against what was told. */
static void warn_of_sample(const struct dump *dump, const struct tally *tally)
{
	static const char *const kinds[PAGE_KINDS] = {
		[PAGE_CACHE] = "cache", [PAGE_CACHE_PRIVATE] = "private cache",
		[PAGE_USER] = "user", [PAGE_FREE] = "free", [PAGE_HWPOISON] = "broken",
		[PAGE_OFFLINE] = "offline",
	};
	const struct sample *sample = &tally->sample;

	for (unsigned kind = 0; kind < PAGE_KINDS; kind++)
		if (sample->doubtful >> kind & 1)
			say(&dump->plan->say, SAY_ERROR, "makedumpfile: of %" PRIu64 " pages "
			    "looked at %" PRIu64 " pass for %s pages, and the kernel's own "
			    "types disagree about %" PRIu64 ": %s pages are kept\n",
			    sample->pages, sample->ours[kind], kinds[kind],
			    sample->different[kind], kinds[kind]);
	if (tally->covered < tally->present &&
	    selfcheck_differs(tally->covered, tally->present))
		say(&dump->plan->say, SAY_ERROR, "makedumpfile: the page array covers %" PRIu64
		    " page frames, and the zones have %" PRIu64 ": those without are kept\n",
		    tally->covered, tally->present);
}

/* Free pages on lists of CPUs, which nobody expects to be told of unless asked. */
static void tell_of_percpu(const struct dump *dump, const struct tally *tally)
{
	const struct say *to = &dump->plan->say;

	if (!dump->decider.percpu_wanted || !(dump->out.level & LEVEL_FREE))
		return;
	if (dump->decider.by_percpu)
		say(to, SAY_COMMON, "Free pages on lists of CPUs: %" PRIu64 "\n", tally->percpu);
	else if (percpu_check(&dump->facts) != OK)
		say(to, SAY_ERROR, "makedumpfile: free pages on lists of CPUs are kept: %s\n",
		    err_text());
}

/* What debuggers begin with, and was in the input. */
static void warn_of_startup(const struct dump *dump)
{
	char text[ERR_TEXT_BYTES];

	if (dump->startup && startup_pages_lost(dump->startup, text, sizeof(text)))
		say(&dump->plan->say, SAY_ERROR, "makedumpfile: what crash and drgn begin with is "
		    "not in the dump: %s\n", text);
}

/* What a person should know about pages that were not as they should be. */
void warn_of_pages(const struct dump *dump, const struct tally *tally)
{
	const struct say *to = &dump->plan->say;
	const struct doubts *doubts = &tally->doubts;

	if (source_is_cut(&dump->source))
		say(to, SAY_ERROR, "makedumpfile: %s: the flattened stream ends without its end "
		    "record\n", dump->source.name);
	if (dump->source.kdump && dump->source.kdump->unread)
		say(to, SAY_ERROR, "makedumpfile: bitmaps of %s cannot be read, and pages are left "
		    "out for that\n", dump->source.name);
	if (dump->source.stored.missing)
		say(to, SAY_ERROR, "makedumpfile: %" PRIu64 " pages are missing in %s, the first is"
		    " pfn %#" PRIx64 "\n", dump->source.stored.missing, dump->source.name,
		    dump->source.stored.first_missing);
	if (dump->damaged)
		say(to, SAY_ERROR, "makedumpfile: all %" PRIu64 " pages are kept, but for zeros, "
		    "because the kernel cannot be understood: %s\n", tally->existing,
		    dump->unknown.text);
	if (dump->map.broken)
		say(to, SAY_ERROR, "makedumpfile: %" PRIu64 " sections of mem_section are broken "
		    "and kept whole, the first is number %" PRIu64 "\n", dump->map.broken,
		    dump->map.first_broken);
	warn_of_kept(dump);
	warn_of_check(dump, tally);
	warn_of_sample(dump, tally);
	tell_of_percpu(dump, tally);
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
	if (tally->unread > tally->absent) /* else the next sentence tells of them */
		say(to, SAY_ERROR, "makedumpfile: %" PRIu64 " pages could not be read at first and "
		    "do not pass for zeros, the first is pfn %#" PRIx64 "\n", tally->unread,
		    tally->first_unread);
	if (tally->absent)
		say(to, SAY_ERROR,
		    "makedumpfile: %" PRIu64 " pages cannot be read and are %s, the first is pfn "
		    "%#" PRIx64 "\n",
		    tally->absent, dump->plan->elf ? "written as zeros" : "left out",
		    tally->first_absent);
}

/* --- where it goes --- */

struct outputs {
	struct sink *sink; /* owned */
	unsigned count;
};

static err_t open_outputs(const struct plan *plan, struct outputs *outputs)
{
	unsigned count = plan->split ? plan->parts : 1;
	enum sink_kind kind = plan->dry_run	? SINK_NOWHERE
			      : plan->flattened ? SINK_FLATTENED
						: SINK_FILE;

	*outputs = (struct outputs){ .sink = calloc(count, sizeof(*outputs->sink)) };
	if (!outputs->sink)
		return fail(ERR_NOMEM, "no memory for %u outputs", count);
	for (; outputs->count < count; outputs->count++) {
		struct sink *sink = &outputs->sink[outputs->count];
		*sink = (struct sink){ .kind = kind, .limit = plan->limit, .fd = -1,
				       .cache = budget_cache(plan) };
		sink->name = plan->split ? plan->part[outputs->count] : output_name(plan);
		TRY(sink_open(sink, plan->replace));
	}
	return OK;
}

/* Complete and close them; `result` is what became of writing, and what counts if that failed. */
static err_t close_outputs(struct outputs *outputs, err_t result)
{
	struct kept_text why;

	for (unsigned i = 0; i < outputs->count; i++) {
		struct sink *sink = &outputs->sink[i];
		if (result == OK)
			result = sink_finish(sink);
		if (result == OK) {
			result = sink_close(sink);
			continue;
		}
		err_keep(&why);
		sink_abandon(sink, false);
		err_again(result, &why);
	}
	free(outputs->sink);
	return result;
}

static void tell_saved(const struct plan *plan)
{
	const struct say *to = &plan->say;

	if (!plan->split) {
		say(to, SAY_COMMON, "\nThe dumpfile is saved to %s.\n", output_name(plan));
		return;
	}
	say(to, SAY_COMMON, "\nThe dumpfiles are saved to ");
	for (unsigned i = 0; i + 1 < plan->parts; i++)
		say(to, SAY_COMMON, "%s, ", plan->part[i]);
	say(to, SAY_COMMON, "and %s.\n", plan->part[plan->parts - 1]);
}

/* --- writing --- */

/* What an earlier run left out cannot come back, so its level is part of every later one. */
static unsigned effective_level(const struct dump *dump, unsigned wanted)
{
	return wanted | dump->source.stored.level;
}

/* What the kernel's own types say otherwise is not left out. */
static void check_kinds(struct dump *dump, struct tally *tally)
{
	struct decider *decider = &dump->decider;

	if (!decider->map || !decider->by_page)
		return;
	if (selfcheck_sample(decider, &dump->itself, &tally->sample))
		decider->wanted &= ~tally->sample.doubtful;
	if (!selfcheck_covered(decider, &dump->itself, &tally->covered, &tally->present))
		tally->covered = tally->present = 0;
}

/* One try at one level. */
static err_t write_level(struct dump *dump, unsigned level, struct outputs *outputs,
			 struct tally *tally)
{
	unsigned stored = dump->source.stored.level;

	*tally = (struct tally){ 0 };
	if (dump->startup)
		startup_pages_forget(dump->startup);
	if (effective_level(dump, level) != level) {
		level = effective_level(dump, level);
		say(&dump->plan->say, SAY_COMMON, "dump_level is changed to %u, because %s was "
		    "created by dump_level(%u).\n", level, dump->source.name, stored);
	}
	dump->out.level = level;
	decider_set_level(&dump->decider, level);
	check_kinds(dump, tally);
	return dump->plan->elf ? write_elf(dump, outputs->sink, tally)
			       : write_kdump(dump, outputs->sink, outputs->count, tally);
}

static err_t restart(struct outputs *outputs)
{
	for (unsigned i = 0; i < outputs->count; i++)
		TRY(sink_restart(&outputs->sink[i]));
	return OK;
}

static err_t write_levels(struct dump *dump, struct outputs *outputs, struct tally *tally)
{
	const struct plan *plan = dump->plan;
	unsigned levels = plan->flattened ? 1 : plan->levels; /* a pipe gets one stream only */

	dump->may_retry = levels > 1;
	err_t result = write_level(dump, plan->level[0], outputs, tally);
	for (unsigned i = 1; result == ERR_NOSPACE && i < levels; i++) {
		say(&plan->say, SAY_ERROR, "makedumpfile: %s\n", err_text());
		say(&plan->say, SAY_COMMON, "Retry to create a dumpfile by dump_level(%u).\n",
		    plan->level[i]);
		TRY(restart(outputs));
		dump->may_retry = i + 1 < levels;
		result = write_level(dump, plan->level[i], outputs, tally);
	}
	if (result != OK && tally->incomplete && !plan->flattened)
		say(&plan->say, SAY_COMMON,
		    "This is an incomplete dumpfile, but might analyzable.\n");
	return result;
}

/* An incomplete dump has its numbers, too. The sentence stays the one that tells why it is. */
static err_t report_failed(const struct dump *dump, const struct tally *tally, uint64_t written,
			   err_t result)
{
	struct kept_text why;

	if (!tally->incomplete)
		return result;
	err_keep(&why);
	report_json(dump, tally, written);
	return err_again(result, &why);
}

static err_t write_output(struct dump *dump)
{
	const struct plan *plan = dump->plan;
	struct outputs outputs;
	struct tally tally = { 0 };
	uint64_t written = 0;

	err_t result = open_outputs(plan, &outputs);
	confine_writing(plan);
	if (result == OK)
		result = write_levels(dump, &outputs, &tally);
	for (unsigned i = 0; i < outputs.count; i++)
		written += outputs.sink[i].written;
	result = close_outputs(&outputs, result);
	warn_of_pages(dump, &tally);
	if (result != OK)
		return report_failed(dump, &tally, written, result);
	warn_of_startup(dump);
	report_pages(dump, &tally, written);
	erase_report(dump);
	TRY(report_json(dump, &tally, written));
	tell_saved(plan);
	return OK;
}

/* The output may be none of the disks. */
static err_t check_no_disk(const struct plan *plan, const char *output)
{
	for (unsigned i = 1; i < plan->disks; i++)
		TRY(check_not_same(plan->disk[i], output));
	return check_not_same(plan->input, output);
}

/* Nothing that is there already may be lost, nor the input be written over. */
err_t job_check_output(const struct plan *plan)
{
	unsigned count = plan->split ? plan->parts : !plan->flattened;

	for (unsigned i = 0; i < count && !plan->dry_run; i++) {
		const char *name = plan->split ? plan->part[i] : plan->output;
		TRY(sink_check(name, plan->replace));
		TRY(check_no_disk(plan, name));
		for (unsigned k = 0; k < i; k++)
			if (strcmp(name, plan->part[k]) == 0)
				return fail(ERR_USAGE, "Can't open the dump file (%s). It is given "
					    "twice", name);
	}
	return OK;
}

/* An ELF core cannot tell pages that are left out from pages of zeros that were. */
static err_t check_elf_possible(const struct dump *dump)
{
	if (!dump->plan->elf || !dump->source.stored.known)
		return OK;
	say(&dump->plan->say, SAY_COMMON,
	    "'-E' option is disabled, because %s is kdump compressed format.\n",
	    dump->source.name);
	return fail(ERR_USAGE, "%s: '-E' makes no ELF core of a kdump compressed file",
		    dump->source.name);
}

/* For checks; a dump without them is better than none. Of a kernel that is not known nothing is
 * left out. */
static err_t find_startup(struct dump *dump)
{
	err_t result = ERR_NOMEM;

	if (!dump->kernel_known)
		return OK;
	dump->startup = malloc(sizeof(*dump->startup));
	if (dump->startup)
		result = startup_pages_find(dump->startup, &dump->memory, &dump->facts,
					    dump->max_mapnr, &dump->itself);
	if (result == OK || result == ERR_STOPPED)
		return result;
	say(&dump->plan->say, SAY_DEBUG, "What debuggers begin with is not looked for: %s\n",
	    err_text());
	free(dump->startup);
	dump->startup = NULL;
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

/* What is to be overwritten, and who else is asked about pages. */
static err_t find_erased(struct dump *dump)
{
	TRY(erase_begin(dump));
	TRY(extensions_load(dump));
	TRY(erase_prepare(dump));
	return erase_seal(dump);
}

static err_t make_dump(struct dump *dump, const struct plan *plan, const struct conf *conf)
{
	TRY(dump_open(dump, plan));
	dump->conf = plan->config ? conf : NULL;
	choose_codec(dump);
	if (plan->no_vmemmap && (!dump->kernel_known || dump->xen.here))
		say(&plan->say, SAY_COMMON, "Can't find vmemmap pages\n");
	dump->out.without_vmemmap = plan->no_vmemmap && dump->kernel_known &&
				   !dump->xen.here;
	if (plan->want_vtop)
		tell_vtop(dump);
	err_t result = check_elf_possible(dump);
	if (result == OK)
		result = find_erased(dump);
	if (result == OK)
		result = find_startup(dump);
	if (result == OK)
		result = write_output(dump);
	free(dump->startup);
	extensions_unload(dump);
	dump_close(dump);
	return result;
}

/* What is to be erased is read first: with an error in it nothing is opened. */
err_t job_dump(const struct plan *plan)
{
	struct dump dump = { 0 };
	struct conf conf = { 0 };

	TRY(job_check_output(plan));
	err_t result = erase_read(plan, &conf);
	if (result == OK)
		result = make_dump(&dump, plan, &conf);
	erase_release(&dump);
	conf_free(&conf);
	return result;
}
