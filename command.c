// SPDX-License-Identifier: GPL-2.0-only
/* command.c - which options go together, in the terms that upstream's callers know, and which job
 * they ask for. */
#include "command.h"

/* Two groups of options that do not go together, and what is said ("": nothing of its own). */
struct clash {
	const char *these, *those, *text;
};

static err_t check_clashes(const struct command *command, const struct clash *clash)
{
	for (; clash->these; clash++)
		if (command_any(command, clash->these) && command_any(command, clash->those))
			return fail(ERR_PARAMETER, "%s", clash->text);
	return OK;
}

static const struct clash making_clashes[] = {
	{ "g R", "g R", "" },
	{ "E", "c l p z", "" },
	{ "i xen-vmcoreinfo", "x xen-syms", "" },
	{ "dump-dmesg", "dry-run", "--dry-run cannot be used with --dump-dmesg." },
	{ "dump-dmesg", "stats", "--stats cannot be used with --dump-dmesg." },
	{ "F", "split", "" },
	{ "K", "non-cyclic", "-K and --non-cyclic contradict each other." },
	{ "K", "work-dir e", "-K cannot be used with --work-dir or -e." },
	{ 0 },
};

/* Of the job alone: what would choose another, less urgent one does no harm beside it. */
static const struct clash generate_clashes[] = {
	{ "g", "c l p z E i xen-vmcoreinfo F R X", "" },
	{ "g", "dry-run", "--dry-run cannot be used with -g." },
	{ "g", "stats", "--stats counts pages, and this job does not." },
	{ 0 },
};

static const struct clash rearrange_clashes[] = {
	{ "R", "c l p z E i xen-vmcoreinfo x xen-syms F X", "" },
	{ "R", "stats", "--stats counts pages, and this job does not." },
	{ 0 },
};

static const struct clash reassemble_clashes[] = {
	{ "reassemble", "c l p z E i xen-vmcoreinfo x xen-syms F X split", "" },
	{ "reassemble", "stats", "--stats counts pages, and this job does not." },
	{ "reassemble", "dry-run", "--dry-run cannot be used with --reassemble." },
	{ 0 },
};

static const struct clash salvage_clashes[] = {
	{ "salvage", "c l p z E i xen-vmcoreinfo x xen-syms F g X split R reassemble dump-dmesg "
	  "mem-usage stats dry-run", "--salvage takes two files, -f and -L." },
	{ 0 },
};

static const struct clash info_clashes[] = {
	{ "info check verify", "c l p z d K cyclic-buffer non-cyclic E F L R dump-dmesg "
	  "partial-dmesg mem-usage vtop split splitblock-size reassemble g num-threads memory e "
	  "work-dir b f dry-run show-stats stats X config eppic diskset xen-syms xen-vmcoreinfo "
	  "salvage",
	  "--info FILE, --check FILE and --verify FILE stand alone, or with --json, "
	  "--mmap and --non-mmap." },
	{ "info check", "x i", "--info FILE and --check FILE ask for nothing of the kernel." },
	{ "info", "check verify", "--info, --check and --verify are three things to do." },
	{ "check", "verify", "--info, --check and --verify are three things to do." },
	{ "x", "i", "" },
	{ 0 },
};

static err_t check_info(struct command *command)
{
	TRY(check_clashes(command, info_clashes));
	return !command->files ? OK : fail(ERR_PARAMETER, "--info and --check have their FILE, and "
					   "take no other file names.");
}

/* Further files are parts of the same split dump. */
static err_t check_verify(struct command *command)
{
	TRY(check_clashes(command, info_clashes));
	command->plan->part = command->file;
	command->plan->parts = (unsigned)command->files;
	return OK;
}

static err_t check_other_job(const struct command *command, const struct clash *clashes, int least,
			     int most)
{
	TRY(check_clashes(command, clashes));
	if (command->plan->level[0] || command->files < least || command->files > most)
		return fail(ERR_PARAMETER, "%s", "");
	return OK;
}

static err_t check_generate(struct command *command)
{
	TRY(check_other_job(command, generate_clashes, 0, 0));
	return command_any(command, "x xen-syms") ? OK : fail(ERR_PARAMETER, "%s", "");
}

static err_t check_rearrange(struct command *command)
{
	TRY(check_other_job(command, rearrange_clashes, 1, 1));
	command->plan->output = command->file[0];
	return OK;
}

static err_t check_reassemble(struct command *command)
{
	struct plan *plan = command->plan;

	TRY(check_other_job(command, reassemble_clashes, 1, command->files));
	plan->part = command->file;
	plan->parts = (unsigned)command->files - 1;
	plan->output = command->file[plan->parts];
	return OK;
}

static err_t check_salvage(struct command *command)
{
	struct plan *plan = command->plan;

	TRY(check_other_job(command, salvage_clashes, 2, 2));
	plan->input = command->file[0];
	plan->part = command->file;
	plan->parts = 1;
	plan->output = command->file[1];
	return OK;
}

/* What the file names of a dump, a log or a usage table are; the first that fits. */
static err_t take_files(struct command *command)
{
	struct plan *plan = command->plan;
	bool diskset = plan->disks;
	int files = command->files;

	plan->input = diskset ? plan->disk[0] : files ? command->file[0] : NULL;
	if (files == 2 && !plan->flattened && !plan->split && !diskset) {
		plan->output = command->file[1];
	} else if (plan->split && files >= (diskset ? 2 : 3)) {
		if (plan->elf)
			return fail(ERR_PARAMETER, "Options for splitting dumpfile cannot be used "
				    "with Elf format.");
		plan->part = command->file + !diskset;
		plan->parts = (unsigned)(files - !diskset);
	} else if (files == 1 && diskset && !plan->split) {
		plan->output = command->file[0];
	} else if (files != 1 || (!plan->flattened && plan->job != JOB_USAGE)) {
		return fail(ERR_PARAMETER, "%d file names do not fit the options.", files);
	}
	return OK;
}

static err_t check_making(struct command *command)
{
	struct plan *plan = command->plan;

	TRY(check_clashes(command, making_clashes));
	if (plan->threads > 0 && plan->elf)
		return fail(ERR_PARAMETER, "--num-threads cannot used with ELF format.");
	if (plan->partial_dmesg && plan->job != JOB_DMESG)
		return fail(ERR_PARAMETER, "--partial-dmesg needs --dump-dmesg.");
	if (command_any(command, "e") && !command_any(command, "work-dir"))
		return fail(ERR_PARAMETER, "-e requires --work-dir");
	return take_files(command);
}

/* The job, by the first option that tells one; but for --info, the order is upstream's. */
static const struct {
	const char *option; /* NULL: any */
	enum job job;
	err_t (*check)(struct command *);
} jobs[] = {
	{ "info", JOB_INFO, check_info },
	{ "check", JOB_CHECK, check_info },
	{ "verify", JOB_VERIFY, check_verify },
	{ "salvage", JOB_SALVAGE, check_salvage },
	{ "g", JOB_GENERATE, check_generate },
	{ "R", JOB_REARRANGE, check_rearrange },
	{ "reassemble", JOB_REASSEMBLE, check_reassemble },
	{ "dump-dmesg", JOB_DMESG, check_making },
	{ "mem-usage", JOB_USAGE, check_making },
	{ NULL, JOB_DUMP, check_making },
};

err_t command_check(struct command *command)
{
	size_t i = 0;

	while (jobs[i].option && !command_any(command, jobs[i].option))
		i++;
	command->plan->job = jobs[i].job;
	enum job job = command->plan->job;
	if (command->plan->json && job != JOB_INFO && job != JOB_CHECK && job != JOB_VERIFY)
		return fail(ERR_PARAMETER, "--json needs --info, --check or --verify.");
	if (command->plan->against && job != JOB_CHECK)
		return fail(ERR_PARAMETER, "--against needs --check.");
	if (command_any(command, "mmap") && command_any(command, "non-mmap"))
		return fail(ERR_PARAMETER, "--mmap and --non-mmap contradict each other.");
	return jobs[i].check(command);
}
