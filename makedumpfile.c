// SPDX-License-Identifier: GPL-2.0-only
/* makedumpfile.c - the front door: a plan from the command line, one job, exit status.
 * Alone prints errors, alone exits. */
#include "makedumpfile.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/stop.h"
#include "options.h"

#define VERSION "2.0.0"
#define RELEASED "24 Nov 2026"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_MISMATCH = 2 };

static void print_version(const struct say *to)
{
	say(to, SAY_COMMON, "makedumpfile: version " VERSION " (released on " RELEASED ")\n");
	for (const struct codec *const *codec = codecs + 1; *codec; codec++)
		say(to, SAY_COMMON, "%s\t%s\n", (*codec)->name,
		    (*codec)->create ? "enabled" : "disabled");
	say(to, SAY_COMMON, "\n");
}

/* A file opened later must not become stdin, stdout or stderr. */
static void fill_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static void print_command(const struct say *to, int argc, char **argv)
{
	say(to, SAY_DEBUG,
	    "makedumpfile: version " VERSION " (released on " RELEASED ")\ncommand line:");
	for (int i = 0; i < argc; i++)
		say(to, SAY_DEBUG, " %s", argv[i]);
	say(to, SAY_DEBUG, "\n\n");
}

/* Why a command line is refused is also looked for on standard output. */
static void tell_why(const struct say *to, bool refused)
{
	if (!*err_text())
		return;
	say(to, SAY_ERROR, "makedumpfile: %s\n", err_text());
	if (refused && (to->text != stderr || !says(to, SAY_ERROR)))
		say(to, SAY_COMMON, "%s\n", err_text());
}

static int failed(const struct plan *plan, err_t why, bool parsing)
{
	const struct say *to = &plan->say;

	tell_why(to, parsing || why == ERR_PARAMETER);
	if (why == ERR_PARAMETER)
		say(to, SAY_COMMON, "Commandline parameter is invalid.\n"
		    "Try `makedumpfile --help' for more information.\n");
	if (!plan->check_params && !plan->json)
		say(to, SAY_COMMON, "\nmakedumpfile Failed.\n");
	return why == ERR_MISMATCH ? EXIT_MISMATCH : EXIT_FAILED;
}

static err_t run(const struct plan *plan)
{
	switch (plan->job) {
	case JOB_DUMP:
		return job_dump(plan);
	case JOB_GENERATE:
		return job_vmcoreinfo(plan);
	case JOB_REARRANGE:
		return job_rearrange(plan);
	case JOB_REASSEMBLE:
		return job_reassemble(plan);
	case JOB_DMESG:
		return job_dmesg(plan);
	case JOB_USAGE:
		return job_usage(plan);
	case JOB_INFO:
		return job_info(plan);
	case JOB_CHECK:
		return job_check(plan);
	case JOB_VERIFY:
		return job_verify(plan);
	case JOB_SALVAGE:
		return job_salvage(plan);
	default:
		return fail(ERR_UNSUPPORTED, "job %d is not known", (int)plan->job);
	}
}

int main(int argc, char **argv)
{
	struct plan plan;

	fill_standard_fds();
	fault_setup();
	stop_setup();
	err_t result = options_parse(&plan, argc, argv);
	if (result != OK)
		return failed(&plan, result, true);
	if (plan.help || plan.version) {
		(plan.help ? options_help : print_version)(&plan.say);
		return EXIT_OK;
	}
	if (plan.check_params)
		return EXIT_OK;
	print_command(&plan.say, argc, argv);
	plan.confined = true;
	confine_job(&plan);
	result = run(&plan);
	if (result != OK)
		return failed(&plan, result, false);
	if (plan.job != JOB_INFO && plan.job != JOB_CHECK && plan.job != JOB_VERIFY)
		say(&plan.say, SAY_COMMON,
		    plan.job == JOB_USAGE ? "\n" : "\nmakedumpfile Completed.\n");
	return EXIT_OK;
}
