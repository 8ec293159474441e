// SPDX-License-Identifier: GPL-2.0-only
/* dmesg.c - the job of --dump-dmesg: the kernel's log as a text file, or on stdout with -F. What
 * could be had of a broken log is written, and the job fails nevertheless. */
#include "base/stop.h"
#include "kernel/dmesg.h"
#include "kernel/itself.h"
#include "makedumpfile.h"

/* Where the log goes. The file is not made before there is something to be written to it. */
struct log_file {
	const struct plan *plan;
	bool made;
	struct sink sink;
};

static err_t make_file(struct log_file *file)
{
	if (file->made)
		return stop_check();
	file->sink = (struct sink){ .kind = file->plan->flattened ? SINK_STREAM : SINK_FILE,
				    .name = output_name(file->plan), .limit = file->plan->limit };
	TRY(sink_open(&file->sink, file->plan->replace));
	confine_writing(file->plan);
	file->made = true;
	return OK;
}

static err_t write_file(void *to, const char *text, size_t bytes)
{
	struct log_file *file = to;

	TRY(make_file(file));
	return sink_write(&file->sink, file->sink.end, text, bytes);
}

static err_t write_log(struct dump *dump)
{
	struct log_file file = { .plan = dump->plan };
	struct dmesg dmesg = { .memory = &dump->memory, .facts = &dump->facts,
			       .since_clear = dump->plan->partial_dmesg, .write = write_file,
			       .to = &file };
	struct kept_text why;

	err_t result = dmesg_print(&dmesg);
	err_keep(&why);
	if (result == ERR_NOFACT && !file.made) /* the kernel's own types may tell */
		result = itself_answer(&dump->memory, &dump->facts) == OK
			? dmesg_print(&dmesg) : err_again(result, &why);
	if (result == ERR_CORRUPT || result == ERR_NOFACT) /* it is the input's fault */
		within(result, "%s", dump->source.name);
	if (result == OK)
		result = make_file(&file);
	if (result == OK)
		result = sink_sync(&file.sink);
	if (result == OK)
		return sink_close(&file.sink);
	err_keep(&why);
	if (file.made)
		sink_abandon(&file.sink, false);
	return err_again(result, &why);
}

err_t job_dmesg(const struct plan *plan)
{
	struct dump dump;

	TRY(job_check_output(plan));
	TRY(dump_open(&dump, plan));
	err_t result = write_log(&dump);
	if (result == OK)
		say(&plan->say, SAY_COMMON, "\nThe dmesg log is saved to %s.\n",
		    output_name(plan));
	dump_close(&dump);
	return result;
}
