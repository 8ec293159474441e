// SPDX-License-Identifier: GPL-2.0-only
/* erase.c - what --config asks to be overwritten, found before anything is written. */
#include <limits.h>
#include <stdlib.h>

#include "jobs/names.h"

err_t erase_read(const struct plan *plan, struct conf *ret)
{
	if (!plan->config)
		return OK;
	err_t result = conf_read(ret, plan->config);
	if (result != ERR_USAGE || !plan->config_warn || !ret->text)
		return result;
	say(&plan->say, SAY_ERROR, "makedumpfile: %s\n", err_text());
	return OK;
}

static void tell_skipped(void *argument, const struct conf_command *command, const char *text)
{
	const struct dump *dump = argument;

	say(&dump->plan->say, SAY_ERROR, "makedumpfile: %s:%u: %s%s%s\n", dump->conf->name,
	    command->line, command->module ? command->module : "",
	    command->module ? ": " : "", text);
}

/* The symbols that the commands begin with; names of loops among them do no harm. */
static err_t want_symbols(const struct conf *conf, struct kernel_names *names)
{
	for (unsigned i = 0; i < conf->commands; i++) {
		const struct conf_command *command = &conf->command[i];
		const struct conf_path *path[] = { &command->path, &command->size_path,
						   &command->space };
		for (unsigned k = 0; k < 3; k++)
			if (path[k]->steps)
				TRY(names_want(names, conf->step[path[k]->first].name));
	}
	return OK;
}

static err_t find_all(struct dump *dump, struct kernel_names *names)
{
	struct kept_text why;

	TRY(want_symbols(dump->conf, names));
	TRY(names_load(names, &why));
	if (why.text[0])
		say(&dump->plan->say, SAY_ERROR, "makedumpfile: %s: %s\n", dump->conf->name,
		    why.text);
	TRY(erase_find(dump->conf, &names->door, &dump->memory, dump->scrub, tell_skipped, dump));
	return names_check(names);
}

err_t erase_begin(struct dump *dump)
{
	if (!dump->conf && !dump->plan->extensions)
		return OK;
	dump->scrub = calloc(1, sizeof(*dump->scrub));
	return dump->scrub ? OK : fail(ERR_NOMEM, "no memory for what is to be erased");
}

err_t erase_prepare(struct dump *dump)
{
	struct kernel_names names;

	if (!dump->conf)
		return OK;
	names_init(&names, dump);
	err_t result = find_all(dump, &names);
	names_free(&names);
	return result;
}

err_t erase_seal(struct dump *dump)
{
	if (dump->scrub && !dump->scrub->items && !dump->conf)
		erase_release(dump);
	if (!dump->scrub)
		return OK;
	dump->erased_before = dump->out.eraseinfo;
	dump->erased_before_bytes = dump->out.eraseinfo_bytes;
	return scrub_seal(dump->scrub, dump->erased_before_bytes);
}

void erase_release(struct dump *dump)
{
	if (dump->scrub)
		scrub_free(dump->scrub);
	free(dump->scrub);
	dump->scrub = NULL;
}

struct erased erase_count(const struct dump *dump)
{
	struct erased count = { 0 };

	for (uint32_t i = 0; dump->scrub && i < dump->scrub->items; i++) {
		count.places += dump->scrub->item[i].in_dump != 0;
		count.bytes += dump->scrub->item[i].in_dump;
	}
	return count;
}

void erase_report(const struct dump *dump)
{
	const struct say *to = &dump->plan->say;
	struct erased count = erase_count(dump);

	if (!dump->scrub)
		return;
	say(to, SAY_COMMON, "Erased %" PRIu64 " bytes in %" PRIu64 " places.\n", count.bytes,
	    count.places);
	for (uint32_t i = 0; i < dump->scrub->items; i++) {
		const struct scrub_item *item = &dump->scrub->item[i];
		if (item->in_dump)
			say(to, SAY_REPORT, "  %.*s%s: %" PRIu64 " bytes at %#" PRIx64 "\n",
			    item->text ? (int)item->text_bytes : INT_MAX,
			    item->text ? item->text : "by a plug-in",
			    item->nullify ? " (nullified)" : "", item->in_dump, item->at);
	}
}
