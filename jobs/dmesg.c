// SPDX-License-Identifier: GPL-2.0-only
/* dmesg.c - the job of --dump-dmesg: the kernel's log as a text file, or on stdout with -F. What
 * could be had of a broken log is written, and the job fails nevertheless. */
#include <unistd.h>

#include "base/io.h"
#include "kernel/dmesg.h"
#include "makedumpfile.h"

static err_t write_file(void *to, const char *text, size_t bytes)
{
	struct sink *sink = to;

	return sink_write(sink, sink->end, text, bytes);
}

/* Plain text: no positions, no frames around it. */
static err_t write_stdout(void *to, const char *text, size_t bytes)
{
	(void)to;
	return io_append(STDOUT_FILENO, "STDOUT", text, bytes);
}

static err_t print_log(struct dump *dump, struct sink *sink)
{
	struct dmesg dmesg = { .memory = &dump->memory, .facts = &dump->facts,
			       .since_clear = dump->plan->partial_dmesg,
			       .write = sink ? write_file : write_stdout, .to = sink };

	err_t result = dmesg_print(&dmesg);
	if (result == ERR_CORRUPT || result == ERR_NOFACT) /* it is the input's fault */
		return within(result, "%s", dump->source.name);
	return result;
}

static err_t write_log(struct dump *dump)
{
	const struct plan *plan = dump->plan;
	struct sink sink;

	if (plan->to_stdout)
		return print_log(dump, NULL);
	TRY(sink_open(&sink, plan->output, false, plan->replace));
	err_t result = print_log(dump, &sink), closed = sink_close(&sink);
	return result != OK ? result : closed;
}

err_t job_dmesg(const struct plan *plan)
{
	struct dump dump;

	if (!plan->to_stdout)
		TRY(job_check_output(plan));
	TRY(dump_open(&dump, plan));
	err_t result = write_log(&dump);
	if (result == OK)
		say(&plan->say, SAY_COMMON, "\nThe dmesg log is saved to %s.\n",
		    plan->to_stdout ? "STDOUT" : plan->output);
	dump_close(&dump);
	return result;
}
