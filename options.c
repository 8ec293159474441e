// SPDX-License-Identifier: GPL-2.0-only
/* options.c - every option is one line of the table below; -h is printed from it. */
#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

enum { LONG_ONLY = 256 };

/* Take one option into the plan. `text` is its argument; NULL when it has none. */
typedef err_t take_option(struct plan *, const char *text);

#define TAKE_FLAG(member)                                                                          \
	static err_t take_##member(struct plan *plan, const char *text)                            \
	{                                                                                          \
		(void)text;                                                                        \
		plan->member = true;                                                               \
		return OK;                                                                         \
	}

#define TAKE_TEXT(member)                                                                          \
	static err_t take_##member(struct plan *plan, const char *text)                            \
	{                                                                                          \
		plan->member = text;                                                               \
		return OK;                                                                         \
	}

#define TAKE_CODEC(name, which)                                                                    \
	static err_t name(struct plan *plan, const char *text)                                     \
	{                                                                                          \
		(void)text;                                                                        \
		plan->codec_letter = (which);                                                      \
		return OK;                                                                         \
	}

TAKE_CODEC(take_zlib, 'c')
TAKE_CODEC(take_lzo, 'l')
TAKE_CODEC(take_snappy, 'p')
TAKE_CODEC(take_zstd, 'z')
TAKE_FLAG(cyclic)
TAKE_FLAG(one_window)
TAKE_FLAG(replace)
TAKE_FLAG(dry_run)
TAKE_FLAG(check_params)
TAKE_FLAG(split)
TAKE_FLAG(elf)
TAKE_FLAG(partial_dmesg)
TAKE_FLAG(percpu_free)
TAKE_FLAG(no_vmemmap)
TAKE_FLAG(leave_domains)
TAKE_FLAG(help)
TAKE_FLAG(version)
TAKE_FLAG(json)
TAKE_TEXT(input)
TAKE_TEXT(vmcoreinfo_out)
TAKE_TEXT(against)
TAKE_TEXT(vmcoreinfo)
TAKE_TEXT(config)
TAKE_TEXT(vmlinux)
TAKE_TEXT(xen_syms)
TAKE_TEXT(xen_vmcoreinfo)

static err_t take_map(struct plan *plan, const char *text)
{
	(void)text;
	plan->mapping = MAPPING_ANY;
	return OK;
}

static err_t take_no_map(struct plan *plan, const char *text)
{
	(void)text;
	plan->mapping = MAPPING_NONE;
	return OK;
}

/* An option that other rules look at, and nothing else needs to. */
static err_t take_noted(struct plan *plan, const char *text)
{
	(void)plan;
	(void)text;
	return OK;
}

/* "31", or "1,17,31" for later tries; empty items are passed over. */
static err_t take_levels(struct plan *plan, const char *text)
{
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

static err_t take_message_level(struct plan *plan, const char *text)
{
	int level = atoi(text);

	if (level < 0 || level > 31)
		return fail(ERR_USAGE, "Message_level(%d) is invalid.", level);
	plan->say.level = (unsigned)level | (plan->say.level & ~31u);
	return OK;
}

static err_t take_block_order(struct plan *plan, const char *text)
{
	plan->block_order = atoi(text) < 0 ? 0 : atoi(text);
	return OK;
}

static err_t take_threads(struct plan *plan, const char *text)
{
	plan->threads = atoi(text) < 0 ? 0 : atoi(text);
	return OK;
}

static uint64_t kib(const char *text)
{
	long long number = atoll(text);

	return number > 0 && number < 1LL << 40 ? (uint64_t)number << 10 : 0;
}

static err_t take_buffer(struct plan *plan, const char *text)
{
	plan->cyclic_bytes = kib(text);
	return OK;
}

static err_t take_splitblock(struct plan *plan, const char *text)
{
	plan->splitblock_bytes = kib(text) ? kib(text) : SPLITBLOCK_BYTES;
	return OK;
}

/* A number of bytes, with K M G T P E behind it. 0: it is none. */
static uint64_t size_of(const char *text)
{
	static const char units[] = "kmgtpe";
	char *end;
	unsigned long long number = strtoull(text, &end, 0);
	const char *unit = *end ? strchr(units, *end | 0x20) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;

	if (*text == '-' || (*end && (!unit || end[1])) || number > (uint64_t)INT64_MAX >> shift)
		return 0;
	return number << shift;
}

static err_t take_limit(struct plan *plan, const char *text)
{
	plan->limit = size_of(text);
	return plan->limit ? OK : fail(ERR_USAGE, "Limit size(%s) is invalid.", text);
}

static err_t take_memory(struct plan *plan, const char *text)
{
	plan->memory_bytes = size_of(text);
	return plan->memory_bytes ? OK : fail(ERR_USAGE, "Memory size(%s) is invalid.", text);
}

/* -D and --show-stats add to whatever --message-level gives, before or after it. */
enum { ADD_DEBUG = SAY_DEBUG << 8, ADD_REPORT = SAY_REPORT << 8 };

static err_t take_debug(struct plan *plan, const char *text)
{
	(void)text;
	plan->say.level |= ADD_DEBUG;
	return OK;
}

static err_t take_stats(struct plan *plan, const char *text)
{
	(void)text;
	plan->say.level |= ADD_REPORT;
	return OK;
}

static err_t take_progress(struct plan *plan, const char *text)
{
	static const char *const styles[] = {
		[PROGRESS_AUTO] = "auto", [PROGRESS_PLAIN] = "plain",
		[PROGRESS_JSON] = "json", [PROGRESS_NONE] = "none",
	};

	for (unsigned i = 0; i < sizeof(styles) / sizeof(styles[0]); i++) {
		if (!strcmp(text, styles[i])) {
			plan->say.progress = i;
			return OK;
		}
	}
	return fail(ERR_USAGE, "Progress(%s) is invalid.", text);
}

static err_t take_config_errors(struct plan *plan, const char *text)
{
	plan->config_warn = !strcmp(text, "warn");
	return plan->config_warn || !strcmp(text, "fail")
		       ? OK : fail(ERR_USAGE, "Config_errors(%s) is invalid.", text);
}

static err_t take_stats_format(struct plan *plan, const char *text)
{
	if (strcmp(text, "json") != 0)
		return fail(ERR_USAGE, "Stats(%s) is invalid.", text);
	plan->stats_json = true;
	return OK;
}

static err_t take_disk(struct plan *plan, const char *text)
{
	if (plan->disks == DISKS_MOST)
		return fail(ERR_USAGE, "--diskset is given more than %d times.", DISKS_MOST);
	plan->disk[plan->disks++] = (char *)text;
	return OK;
}

/* As C writes numbers, or hexadecimal as a debugger prints an address. */
static err_t read_address(const char *text, uint64_t *ret)
{
	char *end;

	*ret = strtoull(text, &end, 0);
	if (*end)
		*ret = strtoull(text, &end, 16);
	return *text && !*end ? OK : fail(ERR_USAGE, "Address(%s) is invalid.", text);
}

static err_t take_vtop(struct plan *plan, const char *text)
{
	plan->want_vtop = true;
	return read_address(text, &plan->vtop);
}

static err_t take_xen_image(struct plan *plan, const char *text)
{
	plan->want_xen_image = true;
	return read_address(text, &plan->xen_image);
}

/* Standard output belongs to the dump from here on. */
static err_t take_flattened(struct plan *plan, const char *text)
{
	(void)text;
	plan->flattened = true;
	plan->say.text = stderr;
	return OK;
}

static err_t take_extension(struct plan *plan, const char *text)
{
	if (plan->extensions == EXTENSIONS_MOST)
		return fail(ERR_USAGE, "--extension: more than %d", EXTENSIONS_MOST);
	plan->extension[plan->extensions++] = text;
	return OK;
}

struct option_entry {
	char letter;          /* 0: long only */
	const char *name;     /* NULL: short only */
	const char *argument; /* how -h calls it; NULL: it takes none */
	take_option *take;
	const char *help; /* NULL: known from other makedumpfiles, and this one cannot do it */
	bool whole; /* its name is new, and must be spelled out: it takes no abbreviation from those
		       that scripts know */
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
	{ 0, "non-cyclic", NULL, take_one_window, "Work in one window, whatever it takes.", true },
	{ 'E', NULL, NULL, take_elf, "Write an ELF core instead of a kdump-compressed file." },
	{ 'F', NULL, NULL, take_flattened,
	  "Write a flattened stream to standard output, for a pipe; messages go to standard "
	  "error." },
	{ 'L', NULL, "SIZE", take_limit,
	  "No output larger than SIZE bytes (K M G T P E may stand behind): what does not fit is "
	  "cut off, and the file says so." },
	{ 'R', NULL, NULL, take_noted,
	  "Make DUMPFILE of a flattened stream on standard input: -R DUMPFILE." },
	{ 0, "dump-dmesg", NULL, take_noted,
	  "Write the kernel's log to DUMPFILE (with -F: to standard output), as text." },
	{ 0, "partial-dmesg", NULL, take_partial_dmesg,
	  "With --dump-dmesg: only what was logged since the log was last cleared." },
	{ 0, "mem-usage", NULL, take_noted,
	  "Only tell how much of the memory is of which kind. VMCORE is mostly /proc/kcore, and no "
	  "DUMPFILE is needed." },
	{ 0, "info", "FILE", take_input,
	  "Only tell what the dump FILE is: format, kernel, pages, notes. Of any machine.", true },
	{ 0, "check", "FILE", take_input,
	  "Only look at every page of the dump FILE, and print what is wrong with it.", true },
	{ 0, "against", "VMCORE", take_against,
	  "With --check: compare the pages with those of VMCORE.", true },
	{ 0, "verify", "FILE", take_input,
	  "Only look whether what crash and drgn begin with is in the dump FILE: release, "
	  "symbols, CPUs, tasks, page array, modules, log. Says what is missing. With -x, types "
	  "are those of VMLINUX. Further files are the other parts of a split dump.", true },
	{ 0, "salvage", NULL, take_noted,
	  "Make a valid dump of one that was cut off, or is incomplete: --salvage BROKEN "
	  "DUMPFILE.", true },
	{ 0, "json", NULL, take_json, "With --info, --check, --verify: as one JSON object.", true },
	{ 0, "diskset", "FILE", take_disk,
	  "Read a dump that firmware wrote to several disks (sadump): once for each disk, in their "
	  "order, in place of VMCORE." },
	{ 0, "vtop", "ADDRESS", take_vtop, "Also print how a virtual address is translated." },
	{ 0, "split", NULL, take_split,
	  "Write several files, each with a share of the pages: VMCORE DUMPFILE DUMPFILE..." },
	{ 0, "splitblock-size", "KIB", take_splitblock,
	  "Files of --split begin at multiples of this much memory. Default 1 GiB." },
	{ 0, "reassemble", NULL, take_noted,
	  "Make one file of those of --split: --reassemble PART... DUMPFILE." },
	{ 'x', NULL, "VMLINUX", take_vmlinux,
	  "Learn about the kernel from its VMLINUX with debug information, and from VMCORE only "
	  "what that does not tell." },
	{ 'i', NULL, "VMCOREINFO", take_vmcoreinfo, "The same, from a file that -g made." },
	{ 'g', NULL, "VMCOREINFO", take_vmcoreinfo_out,
	  "Only write the file VMCOREINFO, with what VMLINUX (-x) tells." },
	{ 'X', NULL, NULL, take_leave_domains,
	  "Of a machine with Xen: leave out the pages of other domains than dom0, and free ones." },
	{ 0, "xen-syms", "FILE", take_xen_syms,
	  "For -X (or -g): learn about the hypervisor from xen-syms with debug information." },
	{ 0, "xen-vmcoreinfo", "FILE", take_xen_vmcoreinfo,
	  "The same, from a file that -g made. Default: from the note VMCOREINFO_XEN." },
	{ 0, "xen_phys_start", "ADDRESS", take_xen_image,
	  "For -X: where the hypervisor's image lies in memory, if the dump does not tell." },
	{ 0, "config", "FILE", take_config,
	  "Overwrite the data of the kernel that FILE names, makedumpfile.conf(5), in every page "
	  "that is written. Types come from VMLINUX (-x) or from the kernel itself." },
	{ 0, "config-errors", "fail|warn", take_config_errors,
	  "An error in FILE: fail before anything is written (the default), or do what stands "
	  "before it." },
	{ 0, "extension", "SO", take_extension,
	  "Ask the shared object SO about each page, too; may be given several times. "
	  "makedumpfile-extension.h tells how one is written." },
	{ 0, "num-threads", "N", take_threads,
	  "Threads that compress. Default: one per CPU, as memory allows. 0: none." },
	{ 0, "exclude-percpu-free", NULL, take_percpu_free,
	  "With a level that leaves out free pages: also those on lists of single CPUs.", true },
	{ 0, "memory", "SIZE", take_memory,
	  "Use no more than SIZE bytes (K M G T P E may stand behind) for windows, threads and the "
	  "page cache that the output fills. Default: what is available, here and to the control "
	  "group.", true },
	{ 'e', "exclude-unused-vm", NULL, take_no_vmemmap,
	  "Also leave out struct pages that describe only pages left out. Needs --work-dir.",
	  true },
	{ 0, "work-dir", "DIRECTORY", take_noted,
	  "Taken for the sake of -e and older scripts; no files are made in it." },
	{ 'b', NULL, "ORDER", take_block_order, "Handle 2^ORDER pages at a time." },
	{ 0, "mmap", NULL, take_map, "Map VMCORE wherever it is. Default: in /proc alone.", true },
	{ 0, "non-mmap", NULL, take_no_map, "Read VMCORE instead of mapping it." },
	{ 'f', NULL, NULL, take_replace, "Overwrite DUMPFILE if it exists." },
	{ 0, "dry-run", NULL, take_dry_run, "Do everything, but write nothing." },
	{ 0, "show-stats", NULL, take_stats, "Print how many pages of each kind there were." },
	{ 0, "stats", "json", take_stats_format,
	  "Print the same, and more, as one JSON object on a line to standard output (with -F: to "
	  "standard error), whatever the message level.", true },
	{ 0, "progress", "auto|plain|json|none", take_progress,
	  "How progress is shown: auto redraws a line on a terminal and prints lines elsewhere, "
	  "plain prints lines, json a JSON object a line.", true },
	{ 0, "message-level", "N", take_message_level,
	  "What to print: the sum of 1 (progress), 2 (common), 4 (errors), 8 (debug), 16 (report). "
	  "Default 7." },
	{ 'D', NULL, NULL, take_debug, "Print debug messages, too." },
	{ 0, "check-params", NULL, take_check_params, "Only check the command line." },
	{ 'h', "help", NULL, take_help, "Print this." },
	{ 'v', NULL, NULL, take_version, "Print the version." },

	{ 0, "eppic", "FILE", take_noted, NULL },
};

enum { OPTIONS = sizeof(option_table) / sizeof(option_table[0]) };

_Static_assert((int)OPTIONS <= (int)OPTIONS_MOST, "room for the options");

/* Does a word of the command line spell this name out? */
static bool spelled(const char *name, int argc, char **argv)
{
	size_t length = strlen(name);

	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "--", 2) && !strncmp(argv[i] + 2, name, length) &&
		    (!argv[i][2 + length] || argv[i][2 + length] == '='))
			return true;
	return false;
}

/* The table in getopt_long's two forms. A long option's value is LONG_ONLY plus its place. */
struct getopt_tables {
	char letters[2 * OPTIONS_MOST + 1];
	struct option longs[OPTIONS_MOST + 1];
};

static void make_tables(struct getopt_tables *tables, int argc, char **argv)
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
		if (entry->name && (!entry->whole || spelled(entry->name, argc, argv)))
			*next++ = (struct option){entry->name,
						  entry->argument ? required_argument : no_argument,
						  NULL, LONG_ONLY + i};
	}
}

/* Place in the table, or -1. */
static int find_option(int got)
{
	if (got >= LONG_ONLY)
		return got - LONG_ONLY;
	for (int i = 0; i < OPTIONS; i++)
		if (option_table[i].letter == got)
			return i;
	return -1;
}

/* Was the option given? By its letter, or its name. */
static bool has(const struct command *command, const char *name, size_t length)
{
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_entry *entry = &option_table[i];
		if (command->given[i] &&
		    ((length == 1 && entry->letter == *name) ||
		     (entry->name && strlen(entry->name) == length &&
		      memcmp(entry->name, name, length) == 0)))
			return true;
	}
	return false;
}

bool command_any(const struct command *command, const char *names)
{
	for (; *names; names += strcspn(names, " "), names += *names == ' ')
		if (has(command, names, strcspn(names, " ")))
			return true;
	return false;
}

/* What is understood, so that it can be checked, and cannot be done. */
static err_t check_possible(const struct command *command)
{
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_entry *entry = &option_table[i];
		char letter[2] = { entry->letter, 0 };
		if (command->given[i] && !entry->help)
			return fail(ERR_UNSUPPORTED,
				    "option '%s%s' is not supported by this version",
				    entry->letter ? "-" : "--",
				    entry->letter ? letter : entry->name);
	}
	return OK;
}

static err_t parse(struct command *command, int argc, char **argv)
{
	struct getopt_tables tables;
	int got;

	make_tables(&tables, argc, argv);
	while ((got = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
		int at = got == '?' ? -1 : find_option(got);
		if (at < 0)
			return fail(ERR_PARAMETER, "%s", ""); /* getopt has said why */
		command->given[at] = true;
		TRY(option_table[at].take(command->plan, optarg));
	}
	command->file = argv + optind;
	command->files = argc - optind;
	return OK;
}

err_t options_parse(struct plan *plan, int argc, char **argv)
{
	struct command command = { .plan = plan };

	*plan = (struct plan){
		.levels = 1, .threads = THREADS_AUTO, .block_order = -1,
		.splitblock_bytes = SPLITBLOCK_BYTES,
		.say = { .level = SAY_PROGRESS | SAY_COMMON | SAY_ERROR, .text = stdout },
	};
	err_t result = parse(&command, argc, argv);
	plan->say.level = (plan->say.level | plan->say.level >> 8) & 31;
	if (plan->check_params)
		plan->say.level = SAY_PROGRESS | SAY_COMMON | SAY_ERROR;
	if (result != OK || plan->help || plan->version)
		return result;
	TRY(command_check(&command));
	return plan->check_params ? OK : check_possible(&command);
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

void options_help(const struct say *to)
{
	say(to, SAY_COMMON, "\n");
	for (const struct codec *const *codec = codecs; *codec; codec++)
		print_codec(to, *codec);
	say(to, SAY_COMMON, "\nUsage:\n  makedumpfile [OPTION...] VMCORE DUMPFILE\n\n"
	    "Makes DUMPFILE from the memory of a crashed kernel (/proc/vmcore, or a saved copy),\n"
	    "without the pages nobody needs. crash and drgn read it.\n\nOptions:\n");
	for (int i = 0; i < OPTIONS; i++) {
		const struct option_entry *entry = &option_table[i];
		if (!entry->help)
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
	say(to, SAY_COMMON, "\nExit status: 0 done, 1 failed, 2 VMLINUX or "
	    "VMCOREINFO is of another kernel.\n");
}
