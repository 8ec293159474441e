// SPDX-License-Identifier: GPL-2.0-only
/* mkdump.c - write an ELF core from a text recipe: mkdump RECIPE OUT.
 * One statement a line, done in the order they stand; # begins a comment. Numbers may be 0x... and
 * end in K M G. tests/make/README tells all statements; the tables below are the list of them. */
#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include "tests/make/log.h"
#include "tests/make/machine_list.h"
#include "tests/make/pages.h"

enum { WORDS = 32, SEGMENTS = 70000, NOTES = 16, BREAKS = 64, INFO_BYTES = 16384 };

/* A PT_LOAD. */
struct load {
	uint64_t paddr, memory_bytes, file_bytes, skew, vaddr;
	uint64_t file_at; /* filled in by place() */
};

struct note {
	char name[16];
	uint32_t type;
	const uint8_t *desc;
	size_t desc_bytes;
};

/* Bytes put over the finished file. */
struct breakage {
	uint64_t at;
	uint8_t bytes[256];
	size_t size;
};

/* Numbers of the ELF header that a recipe may set. */
struct elf {
	uint64_t class, big, machine, type, phoff, ehsize, shoff, phentsize, phnum, extended;
};

struct recipe {
	struct elf elf;
	struct load *load;
	size_t loads;
	struct note note[NOTES];
	size_t notes, cpus;
	bool separate_notes, no_notes;
	bool info_wanted;
	char info[INFO_BYTES]; /* vmcoreinfo, line by line */
	uint64_t info_most;    /* of it this much fits the note */
	struct breakage breakage[BREAKS];
	size_t breakages;
	uint64_t truncate; /* UINT64_MAX: no */
	bool made;         /* there is a kernel */
	struct kernel kernel;
	struct log log;
};

/* --- words of a line --- */

/* A place in the kernel: NAME, NAME:NUMBER, or a number; then +OFFSET. */
static uint64_t place(struct recipe *recipe, const char *text, bool is_virtual)
{
	struct kernel *kernel = &recipe->kernel;
	char name[64] = "";
	const char *plus = strchr(text, '+'), *colon = strchr(text, ':');
	uint64_t index = colon ? strtoull(colon + 1, NULL, 0) : 0, at, offset;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(text, "+:"), text);
	offset = plus ? number(plus + 1) : 0;
	if (strcmp(name, "page") == 0 || strcmp(name, "lru") == 0) {
		offset += name[0] == 'l' ? kernel->page->lru : 0;
		return offset + (is_virtual ? page_vaddr(kernel, index)
					    : page_paddr(kernel, index));
	}
	if ((at = log_place(&recipe->log, name, index)))
		;
	else if (strcmp(name, "pgd") == 0)
		at = kernel->root;
	else if (strcmp(name, "uts") == 0)
		at = kernel->uts;
	else if (strcmp(name, "sections") == 0)
		at = kernel->sections_at;
	else if (strcmp(name, "section") == 0)
		at = section_at(kernel, index);
	else if (strcmp(name, "mem_map") == 0)
		at = kernel->mem_map_at;
	else if (strcmp(name, "zone") == 0)
		at = kernel->zone_at[index % NODES];
	else if (strcmp(name, "node") == 0)
		at = kernel->zone_at[index % NODES] - ZONE_BYTES + PGDAT_REST;
	else if (strcmp(name, "free") == 0) /* the first list of an order */
		at = kernel->zone_at[0] + AREAS_AT + index * AREA_BYTES;
	else
		at = number(name);
	return offset + (is_virtual ? direct(kernel, at) : at);
}

/* A number, or &PLACE: its virtual address. */
static uint64_t value(struct recipe *recipe, const char *text)
{
	return *text == '&' ? place(recipe, text + 1, true) : number(text);
}

static size_t hex_bytes(const char *text, uint8_t *ret, size_t most)
{
	size_t size = strlen(text) / 2;

	if (size > most || strlen(text) % 2)
		die("\"%s\" are no bytes", text);
	for (size_t i = 0; i < size; i++) {
		unsigned byte;
		if (sscanf(text + 2 * i, "%2x", &byte) != 1)
			die("\"%s\" are no bytes", text);
		ret[i] = (uint8_t)byte;
	}
	return size;
}

/* --- statements: the file --- */

struct words {
	char *word[WORDS + 1];
	unsigned count;
};

static void do_elf(struct recipe *recipe, const struct words *words)
{
	struct elf *elf = &recipe->elf;
	const struct {
		const char *name;
		uint64_t *field;
	} fields[] = {
		{ "class", &elf->class }, { "big", &elf->big }, { "machine", &elf->machine },
		{ "type", &elf->type }, { "phoff", &elf->phoff }, { "ehsize", &elf->ehsize },
		{ "shoff", &elf->shoff }, { "phentsize", &elf->phentsize },
		{ "phnum", &elf->phnum }, { "extended", &elf->extended },
	};
	size_t field = 0, most = sizeof(fields) / sizeof(fields[0]);

	for (unsigned i = 1; i + 1 < words->count; i += 2) {
		for (field = 0; field < most; field++)
			if (strcmp(words->word[i], fields[field].name) == 0)
				break;
		if (field == most)
			die("elf header has no \"%s\"", words->word[i]);
		*fields[field].field = number(words->word[i + 1]);
	}
	recipe->kernel.big = elf->big;
}

/* segment PADDR MEMSZ [FILESZ] [skew N] [vaddr N] [times N]: N one-page segments, a page apart */
static void do_segment(struct recipe *recipe, const struct words *words)
{
	struct load load = { .paddr = number(words->word[1]), .vaddr = UINT64_MAX,
			     .memory_bytes = number(words->word[2]) };
	uint64_t times = 1;
	unsigned i = 3;

	load.file_bytes = load.memory_bytes;
	if (i < words->count && words->word[i][0] <= '9')
		load.file_bytes = number(words->word[i++]);
	for (; i + 1 < words->count; i += 2) {
		if (strcmp(words->word[i], "skew") == 0)
			load.skew = number(words->word[i + 1]);
		else if (strcmp(words->word[i], "vaddr") == 0)
			load.vaddr = number(words->word[i + 1]);
		else if (strcmp(words->word[i], "times") == 0)
			times = number(words->word[i + 1]);
		else
			die("a segment has no \"%s\"", words->word[i]);
	}
	for (; times; times--, load.paddr += 2 * PAGE) {
		if (recipe->loads == SEGMENTS)
			die("more than %d segments", SEGMENTS);
		recipe->load[recipe->loads++] = load;
	}
}

static void do_note(struct recipe *recipe, const struct words *words)
{
	struct note *note = &recipe->note[recipe->notes++];

	if (recipe->notes > NOTES)
		die("more than %d notes", NOTES);
	snprintf(note->name, sizeof(note->name), "%s", words->word[1]);
	note->type = (uint32_t)number(words->word[2]);
	note->desc = (const uint8_t *)strdup(words->count > 3 ? words->word[3] : "");
	note->desc_bytes = strlen((const char *)note->desc);
}

static void do_notes(struct recipe *recipe, const struct words *words)
{
	for (unsigned i = 1; i < words->count; i++) {
		if (strcmp(words->word[i], "separate") == 0)
			recipe->separate_notes = true;
		else if (strcmp(words->word[i], "none") == 0)
			recipe->no_notes = true;
		else
			recipe->cpus = number(words->word[i]);
	}
}

static void do_truncate(struct recipe *recipe, const struct words *words)
{
	recipe->truncate = number(words->word[1]);
}

static void do_file(struct recipe *recipe, const struct words *words)
{
	struct breakage *breakage = &recipe->breakage[recipe->breakages++];

	if (recipe->breakages > BREAKS)
		die("more than %d breakages", BREAKS);
	breakage->at = number(words->word[1]);
	breakage->size = hex_bytes(words->word[2], breakage->bytes, sizeof(breakage->bytes));
}

/* --- statements: vmcoreinfo --- */

/* The line that begins with KEY=, or NULL. */
static char *find_info(struct recipe *recipe, const char *key, size_t length)
{
	for (char *line = recipe->info; *line; line += strcspn(line, "\n") + 1)
		if (strncmp(line, key, length) == 0 && line[length] == '=')
			return line;
	return NULL;
}

static void drop_info(struct recipe *recipe, const char *key, size_t length)
{
	char *line = find_info(recipe, key, length);

	if (line)
		memmove(line, strchr(line, '\n') + 1, strlen(strchr(line, '\n') + 1) + 1);
}

static void do_drop(struct recipe *recipe, const struct words *words)
{
	if (strcmp(words->word[1], "vmcoreinfo") == 0)
		recipe->info_wanted = false;
	else if (!find_info(recipe, words->word[1], strlen(words->word[1])))
		die("vmcoreinfo has no %s", words->word[1]);
	drop_info(recipe, words->word[1], strlen(words->word[1]));
}

static void add_info(struct recipe *recipe, const char *line)
{
	size_t used = strlen(recipe->info);

	if (used + strlen(line) + 2 > INFO_BYTES)
		die("vmcoreinfo is too long");
	drop_info(recipe, line, strcspn(line, "="));
	used = strlen(recipe->info);
	sprintf(recipe->info + used, "%s\n", line);
	recipe->info_wanted = true;
}

/* info KEY=VALUE; VALUE may be &PLACE or @PLACE (direct mapping, physical), for hexadecimal keys */
static void do_info(struct recipe *recipe, const struct words *words)
{
	char line[512], *equals = strchr(words->word[1], '=');

	snprintf(line, sizeof(line), "%s", words->word[1]);
	if (equals && (equals[1] == '&' || equals[1] == '@'))
		snprintf(line, sizeof(line), "%.*s%" PRIx64, (int)(equals + 1 - words->word[1]),
			 words->word[1], place(recipe, equals + 2, equals[1] == '&'));
	add_info(recipe, line);
}

static void do_info_most(struct recipe *recipe, const struct words *words)
{
	recipe->info_most = number(words->word[1]);
}

static void tell_kernel(struct recipe *recipe)
{
	const struct kernel *kernel = &recipe->kernel;
	char line[128];

	snprintf(line, sizeof(line), "OSRELEASE=%s", kernel->release);
	add_info(recipe, line);
	snprintf(line, sizeof(line), "PAGESIZE=%" PRIu64, page_size(kernel));
	add_info(recipe, line);
	for (size_t i = 0; i < sizeof(info_keys) / sizeof(info_keys[0]); i++) {
		const struct info_key *key = &info_keys[i];
		uint64_t number = kernel->value[key->value];
		if (number == NOTHING || kernel->version < key->since ||
		    kernel->version >= key->until)
			continue;
		if (key->form == 's')
			number = (uint64_t)(int64_t)(int32_t)number;
		snprintf(line, sizeof(line), key->form == 'x' ? "%s=%" PRIx64 :
			 key->form == 'h' ? "%s=0x%" PRIx64 : "%s=%" PRId64, key->key, number);
		add_info(recipe, line);
	}
	add_info(recipe, "CRASHTIME=1700000000");
}

/* --- statements: the kernel --- */

/* Before `kernel`: option NAME [NUMBER] */
static void do_option(struct recipe *recipe, const struct words *words)
{
	struct kernel *kernel = &recipe->kernel;
	const char *name = words->word[1];
	uint64_t value = words->count > 2 ? number(words->word[2]) : 1;
	const struct {
		const char *name;
		uint64_t *number;
		bool *flag;
	} options[] = {
		{ "at", &kernel->at, NULL }, { "phys_base", &kernel->phys_base, NULL },
		{ "kaslr", &kernel->offset, NULL }, { "sme", &kernel->sme, NULL },
		{ "section_bits", &kernel->section_bits, NULL },
		{ "physmem_bits", &kernel->physmem_bits, NULL },
		{ "section_flags", &kernel->section_flags, NULL },
		{ "page_kib", &kernel->page_kib, NULL }, { "va_bits", &kernel->va_bits, NULL },
		{ "actual_bits", &kernel->actual_bits, NULL },
		{ "la57", NULL, &kernel->five_levels },
		{ "small_pages", NULL, &kernel->small_pages },
		{ "mem_section_variable", NULL, &kernel->pointer_to_sections },
		{ "static_sections", NULL, &kernel->static_sections },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strcmp(name, options[i].name))
			continue;
		if (options[i].number)
			*options[i].number = value;
		else
			*options[i].flag = value;
		return;
	}
	die("there is no option \"%s\"", name);
}

/* Before everything else: machine NAME */
static void do_machine(struct recipe *recipe, const struct words *words)
{
	const struct machine *machine = find_machine(words->word[1]);

	if (!machine)
		die("there is no machine \"%s\"", words->word[1]);
	recipe->kernel.machine = machine;
	recipe->kernel.shape = machine->shape;
	recipe->kernel.big = machine->big;
	recipe->elf.big = machine->big;
	recipe->elf.machine = machine->elf_machine;
}

static void do_model(struct recipe *recipe, const struct words *words)
{
	static const char *const names[] = { "vmemmap", "sparse", "flat", "discontig" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(words->word[1], names[i]))
			continue;
		recipe->kernel.model = (enum model)i;
		return;
	}
	die("there is no memory model \"%s\"", words->word[1]);
}

static void do_node(struct recipe *recipe, const struct words *words)
{
	struct kernel *kernel = &recipe->kernel;

	if (kernel->nodes == NODES)
		die("more than %d nodes", NODES);
	kernel->node[kernel->nodes++] =
		(struct node){ number(words->word[1]), number(words->word[2]) };
}

static void do_kernel(struct recipe *recipe, const struct words *words)
{
	struct kernel *kernel = &recipe->kernel;
	uint64_t end = 0;

	kernel_begin(kernel, words->word[1]);
	for (size_t i = 0; i < recipe->loads; i++) {
		const struct load *load = &recipe->load[i];
		if (load->paddr == UINT64_MAX || !load->memory_bytes)
			continue;
		add_memory(kernel, load->paddr, load->paddr + load->memory_bytes);
		end = max_u64(end, load->paddr + load->memory_bytes);
	}
	kernel_finish(kernel, (end + page_size(kernel) - 1) / page_size(kernel));
	recipe->made = true;
	tell_kernel(recipe);
}

/* --- statements: pages --- */

/* pages FIRST COUNT KIND[:ORDER] [CHANGE...] */
static void do_pages(struct recipe *recipe, const struct words *words)
{
	struct kernel *kernel = &recipe->kernel;
	uint64_t first = number(words->word[1]), count = number(words->word[2]);
	char *colon = strchr(words->word[3], ':');
	int order = colon ? (int)number(colon + 1) : -1;
	uint64_t step = order > 0 ? UINT64_C(1) << order : 1, page = page_size(kernel);
	const struct kind *kind = kinds;

	if (colon)
		*colon = 0;
	while (strcmp(kind->name, words->word[3]))
		if (++kind == kinds + sizeof(kinds) / sizeof(kinds[0]))
			die("there is no kind of page \"%s\"", words->word[3]);
	if (recipe->made && first * page < kernel->next && (first + count) * page > kernel->at)
		die("pages %#" PRIx64 "-%#" PRIx64 " are the kernel's own", kernel->at / page,
		    kernel->next / page);
	if (first % step || count % step)
		die("blocks of order %d begin and end at multiples of %#" PRIx64, order, step);
	for (uint64_t pfn = first; pfn < first + count; pfn++)
		fill_page(kernel, pfn, kind->name);
	for (uint64_t pfn = first; recipe->made && pfn < first + count; pfn += step) {
		set_block(kernel, pfn, order, kind);
		for (unsigned i = 4; i < words->count; i++)
			modify(kernel, pfn, words->word[i]);
	}
}

/* --- statements: the log --- */

static void do_log(struct recipe *recipe, const struct words *words)
{
	char line[LINE_BYTES];

	log_make(&recipe->kernel, &recipe->log, number(words->word[1]));
	for (size_t i = 0; log_info(&recipe->kernel, &recipe->log, i, line); i++)
		if (*line)
			add_info(recipe, line);
}

/* say SECONDS cN|tN TEXT...: logged by a CPU or a thread */
static void do_say(struct recipe *recipe, const struct words *words)
{
	uint32_t who = (uint32_t)number(words->word[2] + 1);
	char text[LINE_BYTES] = "";

	for (unsigned i = 3; i < words->count; i++)
		sprintf(text + strlen(text), "%s%s", i > 3 ? " " : "", words->word[i]);
	size_t size = unescape(text);
	log_say(&recipe->kernel, &recipe->log, (uint64_t)(atof(words->word[1]) * 1e9 + 0.5),
		words->word[2][0] == 'c' ? who | 1u << 31 : who, text, size);
}

/* say_times N cN|tN TEXT...: TEXT with a number behind it, once a second */
static void do_say_times(struct recipe *recipe, const struct words *words)
{
	uint64_t times = number(words->word[1]);
	char second[24], count[24];
	struct words one = *words;

	if (words->count == WORDS)
		die("too many words");
	one.word[1] = second;
	one.word[one.count++] = count;
	for (uint64_t i = 1; i <= times; i++) {
		snprintf(second, sizeof(second), "%" PRIu64, i);
		snprintf(count, sizeof(count), "%" PRIu64 "%s", i,
			 recipe->log.kind == LOG_BYTES ? "\\n" : "");
		do_say(recipe, &one);
	}
}

static void do_clear(struct recipe *recipe, const struct words *words)
{
	(void)words;
	log_clear(&recipe->kernel, &recipe->log);
}

/* --- statements: breaking memory --- */

static void do_word(struct recipe *recipe, const struct words *words)
{
	set_64(&recipe->kernel, place(recipe, words->word[1], false),
	       value(recipe, words->word[2]));
}

static void do_patch(struct recipe *recipe, const struct words *words)
{
	uint64_t at = place(recipe, words->word[1], false);
	uint8_t bytes[256];
	size_t size = hex_bytes(words->word[2], bytes, sizeof(bytes));

	for (size_t i = 0; i < size; i++)
		*bytes_at(&recipe->kernel, at + i) = bytes[i];
}

/* --- the list of them --- */

static const struct statement {
	const char *name;
	unsigned least; /* words behind it */
	void (*run)(struct recipe *, const struct words *);
} statements[] = {
	{ "elf", 2, do_elf },         { "segment", 2, do_segment }, { "notes", 1, do_notes },
	{ "note", 2, do_note },       { "option", 1, do_option },   { "model", 1, do_model },
	{ "node", 2, do_node },       { "kernel", 1, do_kernel },   { "info", 1, do_info },
	{ "drop", 1, do_drop },       { "pages", 3, do_pages },     { "word", 2, do_word },
	{ "patch", 2, do_patch },     { "file", 2, do_file },       { "truncate", 1, do_truncate },
	{ "info_most", 1, do_info_most }, { "log", 1, do_log },     { "say", 2, do_say },
	{ "say_times", 3, do_say_times }, { "clear", 0, do_clear },
	{ "machine", 1, do_machine },
};

static void read_recipe(struct recipe *recipe, const char *folder, const char *name);

/* `folder` is where `include FILE` looks. */
static void run_line(struct recipe *recipe, const char *folder, char *line)
{
	struct words words = { 0 };
	char *rest = NULL;

	line[strcspn(line, "#\n")] = 0;
	for (char *word = strtok_r(line, " \t", &rest); word && words.count < WORDS;
	     word = strtok_r(NULL, " \t", &rest))
		words.word[words.count++] = word;
	if (!words.count)
		return;
	if (words.count == 2 && strcmp(words.word[0], "include") == 0) {
		read_recipe(recipe, folder, words.word[1]);
		return;
	}
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		if (strcmp(words.word[0], statements[i].name))
			continue;
		if (words.count <= statements[i].least)
			die("%s takes %u words", words.word[0], statements[i].least);
		statements[i].run(recipe, &words);
		return;
	}
	die("there is no statement \"%s\"", words.word[0]);
}

/* A name in a folder; `folder` ends with a slash or is empty. */
static void read_recipe(struct recipe *recipe, const char *folder, const char *name)
{
	char path[4096], line[1024];
	const char *slash = strrchr(name, '/');
	unsigned before = recipe_line;

	snprintf(path, sizeof(path), "%s%s", folder, name);
	FILE *file = fopen(path, "r");
	if (!file)
		die("%s: cannot be opened", path);
	snprintf(path + strlen(folder), sizeof(path) - strlen(folder), "%.*s",
		 slash ? (int)(slash + 1 - name) : 0, name);
	recipe_line = 0;
	while (fgets(line, sizeof(line), file)) {
		recipe_line++;
		run_line(recipe, path, line);
	}
	recipe_line = before;
	fclose(file);
}

/* --- writing the ELF core --- */

struct output {
	const struct recipe *recipe;
	int fd;
	const char *name;
	struct target words; /* of the file's headers */
	uint64_t header_bytes, phdr_bytes, shdr_bytes, phoff, shoff, phdrs, at;
};

static void write_at(const struct output *output, uint64_t at, const void *bytes, size_t size)
{
	if (pwrite(output->fd, bytes, size, (off_t)at) != (ssize_t)size)
		die("%s: cannot be written", output->name);
}

/* ELF32 and ELF64 have the fields in the same order; p_flags alone moved. */
static void write_header(const struct output *output)
{
	const struct elf *elf = &output->recipe->elf;
	unsigned word = output->words.word_bytes;
	uint8_t bytes[64] = { 0x7f, 'E', 'L', 'F', word / 4, elf->big ? 2 : 1, EV_CURRENT };
	uint64_t phnum = elf->extended ? PN_XNUM : elf->phnum ? elf->phnum : output->phdrs;
	uint8_t *rest = bytes + 24 + 3 * word + 4;

	put_16(elf->big, bytes + 16, (uint16_t)elf->type);
	put_16(elf->big, bytes + 18, (uint16_t)elf->machine);
	put_32(elf->big, bytes + 20, EV_CURRENT);
	put_word(&output->words, bytes + 24 + word, output->phoff);
	put_word(&output->words, bytes + 24 + 2 * word, output->shoff);
	put_16(elf->big, rest, (uint16_t)(elf->ehsize ? elf->ehsize : output->header_bytes));
	put_16(elf->big, rest + 2, (uint16_t)output->phdr_bytes);
	put_16(elf->big, rest + 4, (uint16_t)phnum);
	put_16(elf->big, rest + 6, (uint16_t)(output->shoff ? output->shdr_bytes : 0));
	put_16(elf->big, rest + 8, output->shoff ? 1 : 0);
	write_at(output, 0, bytes, output->header_bytes);
	if (!output->shoff)
		return;
	uint8_t section[64] = { 0 };
	put_32(elf->big, section + (word == 8 ? 44 : 28), (uint32_t)output->phdrs);
	write_at(output, output->shoff, section, output->shdr_bytes);
}

static void write_phdr(struct output *output, uint32_t index, uint32_t type, uint64_t file_at,
		       const struct load *load)
{
	unsigned word = output->words.word_bytes;
	uint8_t bytes[128] = { 0 }, *at = bytes + (word == 8 ? 8 : 4);
	const uint64_t fields[] = { file_at, load->vaddr, load->paddr, load->file_bytes,
				    load->memory_bytes };

	put_32(output->words.big_endian, bytes, type);
	for (unsigned i = 0; i < 5; i++)
		put_word(&output->words, at + i * word, fields[i]);
	write_at(output, output->phoff + index * output->phdr_bytes, bytes,
		 min_u64(output->phdr_bytes, sizeof(bytes)));
}

static void add_note(struct output *output, const char *name, uint32_t type, const void *desc,
		     size_t size)
{
	bool big = output->words.big_endian;
	uint8_t header[12];

	put_32(big, header, (uint32_t)strlen(name) + 1);
	put_32(big, header + 4, (uint32_t)size);
	put_32(big, header + 8, type);
	write_at(output, output->at, header, sizeof(header));
	write_at(output, output->at + 12, name, strlen(name) + 1);
	output->at = round_up(output->at + 12 + strlen(name) + 1, 4);
	write_at(output, output->at, desc, size);
	output->at = round_up(output->at + size, 4);
}

/* One PT_NOTE with all notes, or one each. Returns the number of program headers. */
static uint32_t write_notes(struct output *output)
{
	const struct recipe *recipe = output->recipe;
	size_t info = min_u64(strlen(recipe->info), recipe->info_most);
	size_t all = recipe->cpus + recipe->notes + recipe->info_wanted;
	uint64_t start = output->at;
	uint8_t status[336] = { 0 };
	uint32_t index = 0;

	for (size_t i = 0; i < all && !recipe->no_notes; i++) {
		if (i < recipe->cpus)
			add_note(output, "CORE", NT_PRSTATUS, status, sizeof(status));
		else if (i - recipe->cpus < recipe->notes)
			add_note(output, recipe->note[i - recipe->cpus].name,
				 recipe->note[i - recipe->cpus].type,
				 recipe->note[i - recipe->cpus].desc,
				 recipe->note[i - recipe->cpus].desc_bytes);
		else
			add_note(output, "VMCOREINFO", 0, recipe->info, info);
		if (!recipe->separate_notes && i + 1 < all)
			continue;
		struct load load = { .file_bytes = output->at - start,
				     .memory_bytes = output->at - start };
		write_phdr(output, index++, PT_NOTE, start, &load);
		start = output->at;
	}
	return index;
}

static void write_load(struct output *output, const struct load *load)
{
	uint8_t **memory = output->recipe->kernel.memory;
	uint64_t step;

	for (uint64_t done = 0; done < load->file_bytes && load->paddr != UINT64_MAX;
	     done += step) {
		uint64_t at = load->paddr + done;
		step = min_u64(PAGE - at % PAGE, load->file_bytes - done);
		if (at / PAGE < PFNS && memory[at / PAGE])
			write_at(output, output->at + done, memory[at / PAGE] + at % PAGE, step);
	}
	output->at += load->file_bytes;
}

static void write_loads(struct output *output, uint32_t index)
{
	const struct kernel *kernel = &output->recipe->kernel;

	for (size_t i = 0; i < output->recipe->loads; i++) {
		struct load load = output->recipe->load[i];
		if (load.vaddr == UINT64_MAX)
			load.vaddr = load.paddr + (output->recipe->made ? kernel->direct_shift
								       : 0xffff880000000000);
		if (load.skew || load.paddr % PAGE == 0)
			output->at = round_up(output->at, PAGE) + load.skew;
		else /* as kexec does: the same place in a page of the file */
			output->at = round_up(output->at, PAGE) + load.paddr % PAGE;
		write_phdr(output, index++, PT_LOAD, output->at, &load);
		write_load(output, &load);
	}
}

static void write_breakages(struct output *output)
{
	const struct recipe *recipe = output->recipe;

	if (ftruncate(output->fd, (off_t)output->at) != 0)
		die("%s: cannot be truncated", output->name);
	for (size_t i = 0; i < recipe->breakages; i++)
		write_at(output, recipe->breakage[i].at, recipe->breakage[i].bytes,
			 recipe->breakage[i].size);
	if (recipe->truncate != UINT64_MAX &&
	    ftruncate(output->fd, (off_t)recipe->truncate) != 0)
		die("%s: cannot be truncated", output->name);
}

static void write_core(const struct recipe *recipe, const char *name)
{
	const struct elf *elf = &recipe->elf;
	bool wide = elf->class == 64;
	struct output output = { .recipe = recipe, .name = name,
				 .words = { .word_bytes = wide ? 8 : 4, .big_endian = elf->big },
				 .header_bytes = wide ? 64 : 52, .shdr_bytes = wide ? 64 : 40 };
	size_t notes = recipe->no_notes ? 0 : recipe->separate_notes ?
		recipe->cpus + recipe->notes + recipe->info_wanted :
		recipe->cpus + recipe->notes + recipe->info_wanted > 0;

	output.phdr_bytes = elf->phentsize ? elf->phentsize : wide ? 56 : 32;
	output.shoff = elf->shoff ? elf->shoff : elf->extended ? output.header_bytes : 0;
	output.phoff = elf->phoff ? elf->phoff : output.shoff ? output.shoff + output.shdr_bytes
							      : output.header_bytes;
	output.phdrs = notes + recipe->loads;
	output.at = round_up(output.phoff + output.phdrs * output.phdr_bytes, 8);
	output.fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (output.fd < 0)
		die("%s: cannot be made", name);
	write_header(&output);
	write_loads(&output, write_notes(&output));
	write_breakages(&output);
	if (close(output.fd) != 0)
		die("%s: cannot be closed", name);
}

int main(int argc, char **argv)
{
	static struct recipe the_recipe; /* static: what it points to is never freed, nor leaked */
	struct recipe *recipe = &the_recipe;

	if (argc != 3)
		die("usage: mkdump RECIPE OUT");
	recipe->elf = (struct elf){ .class = 64, .machine = EM_X86_64, .type = ET_CORE };
	recipe->kernel.machine = find_machine("x86_64");
	recipe->kernel.shape = recipe->kernel.machine->shape;
	recipe->load = calloc(SEGMENTS, sizeof(*recipe->load));
	recipe->kernel.memory = calloc(PFNS, sizeof(*recipe->kernel.memory));
	recipe->kernel.at = 0x100000;
	recipe->cpus = 1;
	recipe->truncate = recipe->info_most = UINT64_MAX;
	if (!recipe->load || !recipe->kernel.memory)
		die("no memory");
	read_recipe(recipe, "", argv[1]);
	write_core(recipe, argv[2]);
	return 0;
}
