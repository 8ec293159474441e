// SPDX-License-Identifier: GPL-2.0-only
/* makedumpfile.c - the front door: options to struct plan, one job, exit status.
 * Alone prints errors, alone exits. Every option is one line of the table below; -h is printed from
 * it. */
#include "makedumpfile.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"

#define VERSION "2.0.0"
#define RELEASED "24 Nov 2026"

enum { EXIT_OK = 0, EXIT_FAILED = 1, LONG_ONLY = 256, OPTIONS_MOST = 64 };

/* What parsing collects beside the plan. */
struct command {
	struct plan plan;
	bool help, version;
	const char *work_dir; /* only that it is given matters */
};

/* Take one option. `text` is its argument; NULL when it has none. */
typedef err_t take_option(struct command *, const char *text);

static err_t take_codec(struct command *command, char letter)
{
	command->plan.codec_letter = letter;
	return OK;
}

static err_t take_zlib(struct command *command, const char *text)
{
	(void)text;
	return take_codec(command, 'c');
}

static err_t take_lzo(struct command *command, const char *text)
{
	(void)text;
	return take_codec(command, 'l');
}

static err_t take_snappy(struct command *command, const char *text)
{
	(void)text;
	return take_codec(command, 'p');
}

static err_t take_zstd(struct command *command, const char *text)
{
	(void)text;
	return take_codec(command, 'z');
}

/* "31", or "1,17,31" for later tries; empty items are passed over. */
static err_t take_levels(struct command *command, const char *text)
{
	struct plan *plan = &command->plan;

	plan->levels = 0;
	while (*text) {
		char *end;
		long level = strtol(text, &end, 10);
		size_t rest = strcspn(text, ",");
		if (rest) {
			if (level < 0 || level > LEVEL_MOST)
				return fail(ERR_USAGE, "Dump_level(%ld) is invalid.", level);
			if (plan->levels == LEVELS_MOST)
				return fail(ERR_USAGE,
					    "Dump_level is invalid. It has more than %d items.",
					    LEVELS_MOST);
			plan->level[plan->levels++] = (unsigned)level;
		}
		text += rest + (text[rest] == ',');
	}
	if (!plan->levels)
		plan->level[plan->levels++] = 0;
	return OK;
}

static err_t take_message_level(struct command *command, const char *text)
{
	int level = atoi(text);

	if (level < 0 || level > 31)
		return fail(ERR_USAGE, "Message_level(%d) is invalid.", level);
	command->plan.say.level = (unsigned)level | (command->plan.say.level & ~31u);
	return OK;
}

static err_t take_block_order(struct command *command, const char *text)
{
	command->plan.block_order = atoi(text) < 0 ? 0 : atoi(text);
	return OK;
}

static err_t take_threads(struct command *command, const char *text)
{
	command->plan.workers = atoi(text) < 0 ? 0 : atoi(text);
	return OK;
}

static err_t take_buffer(struct command *command, const char *text)
{
	long long kib = atoll(text);

	command->plan.cyclic_bytes = kib > 0 && kib < 1LL << 40 ? (uint64_t)kib << 10 : 0;
	return OK;
}

/* Bitmaps are kept in memory; upstream processes in one window when it is given. */
static err_t take_work_dir(struct command *command, const char *text)
{
	command->work_dir = text;
	return OK;
}

static err_t take_vtop(struct command *command, const char *text)
{
	command->plan.want_vtop = true;
	command->plan.vtop = strtoull(text, NULL, 0);
	return OK;
}

/* -D and --show-stats add to whatever --message-level gives, before or after it. */
enum { ADD_DEBUG = SAY_DEBUG << 8, ADD_REPORT = SAY_REPORT << 8 };

static err_t take_debug(struct command *command, const char *text)
{
	(void)text;
	command->plan.say.level |= ADD_DEBUG;
	return OK;
}

static err_t take_stats(struct command *command, const char *text)
{
	(void)text;
	command->plan.say.level |= ADD_REPORT;
	return OK;
}

#define TAKE_FLAG(name, member)                                                                    \
	static err_t name(struct command *command, const char *text)                               \
	{                                                                                          \
		(void)text;                                                                        \
		command->member = true;                                                            \
		return OK;                                                                         \
	}

TAKE_FLAG(take_cyclic, plan.cyclic)
TAKE_FLAG(take_one_window, plan.one_window)
TAKE_FLAG(take_no_map, plan.no_map)
TAKE_FLAG(take_replace, plan.replace)
TAKE_FLAG(take_dry_run, plan.dry_run)
TAKE_FLAG(take_check, plan.check_params)
TAKE_FLAG(take_dmesg, plan.dump_dmesg)
TAKE_FLAG(take_no_vmemmap, plan.no_vmemmap)
TAKE_FLAG(take_usage, plan.mem_usage)
TAKE_FLAG(take_partial, plan.partial_dmesg)
TAKE_FLAG(take_help, help)
TAKE_FLAG(take_version, version)

struct option_entry {
	char letter;          /* 0: long only */
	const char *name;     /* NULL: short only */
	const char *argument; /* how -h calls it; NULL: it takes none */
	take_option *take;    /* NULL: known from other makedumpfiles, and not in this one */
	const char *help;
};

static const struct option_entry option_table[] = {
	{ 'c', NULL, NULL, take_zlib, "Compress each page by zlib." },
	{ 'l', NULL, NULL, take_lzo, "Compress each page by lzo." },
	{ 'p', NULL, NULL, take_snappy, "Compress each page by snappy." },
	{ 'z', NULL, NULL, take_zstd, "Compress each page by zstd." },
	{ 'd', NULL, "LEVEL[,LEVEL...]", take_levels,
	  "Leave out pages: the sum of 1 (zero), 2 (cache without private), 4 (cache), 8 (user), "
	  "16 (free). Default 0. Further levels are tried in turn while the output does not fit." },
	{ 'K', NULL, NULL, take_cyclic,
	  "Work in windows of bounded size (cyclic mode), so that memory does not grow with the "
	  "machine. The output is the same." },
	{ 0, "cyclic-buffer", "KIB", take_buffer,
	  "Size of a window's bitmap; 1 KiB covers 8192 pages. Default: as memory allows." },
	{ 0, "non-cyclic", NULL, take_one_window, "Work in one window, whatever it takes." },
	{ 0, "num-threads", "N", take_threads,
	  "Threads that compress. Default: one per CPU, as memory allows. 0: none." },
	{ 'e', "exclude-unused-vm", NULL, take_no_vmemmap,
	  "Also leave out struct pages that describe only pages left out. Needs --work-dir." },
	{ 0, "work-dir", "DIRECTORY", take_work_dir,
	  "Taken for the sake of -e and older scripts; no files are made in it." },
	{ 'b', NULL, "ORDER", take_block_order, "Handle 2^ORDER pages at a time." },
	{ 0, "non-mmap", NULL, take_no_map, "Read VMCORE instead of mapping it." },
	{ 'f', NULL, NULL, take_replace, "Overwrite DUMPFILE if it exists." },
	{ 0, "dry-run", NULL, take_dry_run, "Do everything, but write nothing." },
	{ 0, "show-stats", NULL, take_stats, "Print how many pages of each kind there were." },
	{ 0, "message-level", "N", take_message_level,
	  "What to print: the sum of 1 (progress), 2 (common), 4 (errors), 8 (debug), 16 (report). "
	  "Default 7." },
	{ 'D', NULL, NULL, take_debug, "Print debug messages, too." },
	{ 0, "dump-dmesg", NULL, take_dmesg, "Write the kernel's log to DUMPFILE, as text." },
	{ 0, "partial-dmesg", NULL, take_partial,
	  "With --dump-dmesg: only what was logged since the log was last cleared." },
	{ 0, "mem-usage", NULL, take_usage,
	  "Only tell how much of the memory is of which kind. VMCORE is mostly /proc/kcore, and no "
	  "DUMPFILE is needed." },
	{ 0, "vtop", "ADDRESS", take_vtop, "Also print how a virtual address is translated." },
	{ 0, "check-params", NULL, take_check, "Only check the command line." },
	{ 'h', "help", NULL, take_help, "Print this." },
	{ 'v', NULL, NULL, take_version, "Print the version." },

	{ 'E', NULL, NULL, NULL, NULL },
	{ 'F', NULL, NULL, NULL, NULL },
	{ 'R', NULL, NULL, NULL, NULL },
	{ 'X', NULL, NULL, NULL, NULL },
	{ 'g', NULL, "", NULL, NULL },
	{ 'i', NULL, "", NULL, NULL },
	{ 'x', NULL, "", NULL, NULL },
	{ 'L', NULL, "", NULL, NULL },
	{ 0, "split", NULL, NULL, NULL },
	{ 0, "splitblock-size", "", NULL, NULL },
	{ 0, "reassemble", NULL, NULL, NULL },
	{ 0, "config", "", NULL, NULL },
	{ 0, "eppic", "", NULL, NULL },
	{ 0, "extension", "", NULL, NULL },
	{ 0, "diskset", "", NULL, NULL },
	{ 0, "xen-syms", "", NULL, NULL },
	{ 0, "xen-vmcoreinfo", "", NULL, NULL },
	{ 0, "xen_phys_start", "", NULL, NULL },
};

enum { OPTIONS = sizeof(option_table) / sizeof(option_table[0]) };

_Static_assert((int)OPTIONS <= (int)OPTIONS_MOST, "room for the options");

/* The table in getopt_long's two forms. A long option's value is LONG_ONLY plus its place. */
struct getopt_tables {
	char letters[2 * OPTIONS_MOST + 1];
	struct option longs[OPTIONS_MOST + 1];
};

static void make_tables(struct getopt_tables *tables)
{
	char *letter = tables->letters;
	struct option *next = tables->longs;

	memset(tables, 0, sizeof(*tables));
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_entry *entry = &option_table[i];
		if (entry->letter) {
			*letter++ = entry->letter;
			if (entry->argument)
				*letter++ = ':';
		}
		if (entry->name)
			*next++ = (struct option){entry->name,
						  entry->argument ? required_argument : no_argument,
						  NULL, LONG_ONLY + i};
	}
}

static const struct option_entry *find_option(int got)
{
	if (got >= LONG_ONLY)
		return &option_table[got - LONG_ONLY];
	for (int i = 0; i < OPTIONS; i++)
		if (option_table[i].letter == got)
			return &option_table[i];
	return NULL;
}

static err_t unsupported(const struct option_entry *entry)
{
	char name[3] = { '-', entry->letter, 0 };

	return fail(ERR_PARAMETER, "option '%s%s' is not supported by this version",
		    entry->letter ? name : "--", entry->letter ? "" : entry->name);
}

static err_t parse_options(struct command *command, int argc, char **argv)
{
	struct getopt_tables tables;
	int got;

	make_tables(&tables);
	while ((got = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
		const struct option_entry *entry = got == '?' ? NULL : find_option(got);
		if (!entry)
			return fail(ERR_PARAMETER, "%s", ""); /* getopt has said why */
		if (!entry->take)
			return unsupported(entry);
		TRY(entry->take(command, optarg));
	}
	command->plan.say.level |= command->plan.say.level >> 8;
	command->plan.say.level &= 31;
	return OK;
}

static err_t take_files(struct command *command, int argc, char **argv)
{
	if (command->help || command->version)
		return OK;
	if (command->plan.dump_dmesg)
		command->plan.mem_usage = false;
	if (argc - optind != 2 && !(argc - optind == 1 && command->plan.mem_usage))
		return fail(ERR_PARAMETER, "%d file names, but VMCORE and DUMPFILE are needed",
			    argc - optind);
	command->plan.input = argv[optind];
	command->plan.output = argv[optind + 1];
	if (command->plan.cyclic && command->plan.one_window)
		return fail(ERR_PARAMETER, "-K and --non-cyclic contradict each other");
	if (command->plan.no_vmemmap && !command->work_dir)
		return fail(ERR_PARAMETER, "-e requires --work-dir");
	if (command->plan.dump_dmesg && command->plan.dry_run)
		return fail(ERR_PARAMETER, "--dry-run cannot be used with --dump-dmesg.");
	if (command->plan.partial_dmesg && !command->plan.dump_dmesg)
		return fail(ERR_PARAMETER, "--partial-dmesg needs --dump-dmesg");
	return OK;
}

static void print_codec(const struct say *to, const struct codec *codec)
{
	if (codec->create)
		say(to, SAY_COMMON, "%s support:\n  enabled\n", codec->name);
	else
		say(to, SAY_COMMON, "%s support:\n  disabled ('-%c' option will be ignored.)\n",
		    codec->name, codec->letter);
}

/* A paragraph, broken at blanks, each line behind `indent` blanks. */
static void print_wrapped(const struct say *to, const char *text, int indent)
{
	enum { WIDTH = 78 };

	while (*text) {
		size_t room = (size_t)(WIDTH - indent), length = strlen(text);
		if (length > room)
			for (length = room; length && text[length] != ' '; length--)
				;
		say(to, SAY_COMMON, "%*s%.*s\n", indent, "", (int)length, text);
		text += length + (text[length] == ' ');
	}
}

static void print_help(const struct say *to)
{
	say(to, SAY_COMMON, "\n");
	for (const struct codec *const *codec = codecs; *codec; codec++)
		print_codec(to, *codec);
	say(to, SAY_COMMON, "\nUsage:\n  makedumpfile [OPTION...] VMCORE DUMPFILE\n\n"
	    "Makes DUMPFILE from the memory of a crashed kernel (/proc/vmcore, or a saved copy),\n"
	    "without the pages nobody needs. crash and drgn read it.\n\nOptions:\n");
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_entry *entry = &option_table[i];
		if (!entry->take)
			continue;
		say(to, SAY_COMMON, "  ");
		if (entry->letter)
			say(to, SAY_COMMON, "-%c%s", entry->letter, entry->name ? ", " : "");
		if (entry->name)
			say(to, SAY_COMMON, "--%s", entry->name);
		say(to, SAY_COMMON, "%s%s\n", entry->argument ? " " : "",
		    entry->argument ? entry->argument : "");
		print_wrapped(to, entry->help, 8);
	}
	say(to, SAY_COMMON, "\nExit status: 0 done, 1 failed.\n");
}

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

static int failed(const struct plan *plan, err_t why)
{
	const struct say *to = &plan->say;

	if (*err_text())
		say(to, SAY_ERROR, "makedumpfile: %s\n", err_text());
	if (why == ERR_PARAMETER)
		say(to, SAY_COMMON, "Commandline parameter is invalid.\n"
		    "Try `makedumpfile --help' for more information.\n");
	if (!plan->check_params)
		say(to, SAY_COMMON, "\nmakedumpfile Failed.\n");
	return EXIT_FAILED;
}

int main(int argc, char **argv)
{
	struct command command = {
		.plan = { .level = { 0 }, .levels = 1, .workers = WORKERS_AUTO, .block_order = -1,
			  .say = { .level = SAY_PROGRESS | SAY_COMMON | SAY_ERROR } },
	};
	struct plan *plan = &command.plan;

	fill_standard_fds();
	fault_setup();
	plan->say.text = stdout;
	err_t result = parse_options(&command, argc, argv);
	if (plan->check_params)
		plan->say.level = SAY_PROGRESS | SAY_COMMON | SAY_ERROR;
	if (result == OK)
		result = take_files(&command, argc, argv);
	if (result != OK)
		return failed(plan, result);
	if (command.help || command.version) {
		(command.help ? print_help : print_version)(&plan->say);
		return EXIT_OK;
	}
	if (plan->check_params)
		return EXIT_OK;
	print_command(&plan->say, argc, argv);
	result = plan->dump_dmesg ? job_dmesg(plan)
		 : plan->mem_usage ? job_usage(plan) : job_dump(plan);
	if (result != OK)
		return failed(plan, result);
	say(&plan->say, SAY_COMMON, plan->mem_usage ? "\n" : "\nmakedumpfile Completed.\n");
	return EXIT_OK;
}
