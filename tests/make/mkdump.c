// SPDX-License-Identifier: GPL-2.0-only
/* mkdump.c - write an ELF core from a text recipe: mkdump RECIPE OUT.
 * One statement a line, done in the order they stand; # begins a comment. Numbers may be 0x... and
 * end in K M G. tests/make/README tells all statements; the tables below are the list of them. */
#include "tests/make/info.h"
#include "tests/make/log.h"
#include "tests/make/machine_list.h"
#include "tests/make/pages.h"
#include "tests/make/xen.h"

/* --- statements: the file --- */

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
		{ "count_free", NULL, &kernel->count_free },
		{ "radix", NULL, &kernel->radix }, { "no_execute", NULL, &kernel->no_execute },
		{ "map_at", &kernel->map_at, NULL },
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
	recipe->elf.class = machine->word_bytes == 4 ? 32 : 64;
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
	if (kernel->xen_version) {
		end = kernel->xen_pages * PAGE;
		add_memory(kernel, 0, end);
	}
	for (size_t i = 0; i < recipe->loads && !kernel->xen_version; i++) {
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

/* --- statements: Xen --- */

/* Before `kernel`: xen MAJOR MINOR FIRST PAGES [WORDS]: dom0 has the machine's frames from FIRST
 * on, and the note Xen so many words; `untold` behind: there is no VMCOREINFO_XEN */
static void do_xen(struct recipe *recipe, const struct words *words)
{
	struct kernel *kernel = &recipe->kernel;

	kernel->xen_version = number(words->word[1]) << 8 | number(words->word[2]);
	kernel->xen_first = number(words->word[3]);
	kernel->xen_pages = number(words->word[4]);
	xen_make(recipe, words->count > 5 ? number(words->word[5]) : 10, words->count > 6);
}

static void do_frames(struct recipe *recipe, const struct words *words)
{
	xen_frames(&recipe->kernel, number(words->word[1]), number(words->word[2]),
		   words->word[3]);
	xen_fill(&recipe->kernel, number(words->word[1]), number(words->word[2]));
}

/* xen_word PADDR VALUE is of the hypervisor's memory what `word` is of the kernel's */
static void do_xen_word(struct recipe *recipe, const struct words *words)
{
	xen_word(&recipe->kernel, number(words->word[1]), number(words->word[2]));
}

/* --- statements: what the kernel keeps of itself --- */

/* itself FORM [hidden|functions]: symbols and types in memory; vmcoreinfo tells where since 6.0, if
 * not hidden; functions: no symbol tells where the types are */
static void do_itself(struct recipe *recipe, const struct words *words)
{
	static const char *const forms[] = { "absolute", "percpu", "base", "place" };
	struct own *own = &recipe->own;
	char line[128];
	unsigned form = 0;

	while (strcmp(words->word[1], forms[form]))
		if (++form == sizeof(forms) / sizeof(forms[0]))
			die("addresses of symbols are not written \"%s\"", words->word[1]);
	own->kernel = &recipe->kernel;
	own->functions = words->count > 2 && !strcmp(words->word[2], "functions");
	own_make(own, (enum own_form)form);
	snprintf(line, sizeof(line), "SYMBOL(init_uts_ns)=%" PRIx64, recipe->kernel.value[V_UTS]);
	add_info(recipe, line);
	if (recipe->kernel.version < V(6, 0, 0) || (words->count > 2 && !own->functions))
		return;
	for (unsigned i = 0; i < own->symbols; i++) {
		if (strncmp(own->symbol[i].name, "kallsyms_", 9) ||
		    !strcmp(own->symbol[i].name, "kallsyms_markers"))
			continue;
		snprintf(line, sizeof(line), "SYMBOL(%s)=%" PRIx64, own->symbol[i].name,
			 own->symbol[i].at);
		add_info(recipe, line);
	}
}

/* percpu CPU FIRST COUNT [ORDER [LIST]]: free pages on a list of a CPU */
static void do_percpu(struct recipe *recipe, const struct words *words)
{
	unsigned order = words->count > 4 ? (unsigned)number(words->word[4]) : 0;
	unsigned list = words->count > 5 ? (unsigned)number(words->word[5]) : 3 * order + 1;
	uint64_t first = number(words->word[2]), end = first + number(words->word[3]);

	for (uint64_t pfn = first; pfn < end; pfn += UINT64_C(1) << order) {
		for (uint64_t i = 0; i >> order == 0; i++)
			fill_page(&recipe->kernel, pfn + i, "data");
		own_free(&recipe->own, (unsigned)number(words->word[1]), pfn, order, list);
	}
}

/* After `kernel`: repeat START BYTES N: that memory, which one segment has, N more times behind it;
 * the copies share its bytes in the file, and their struct pages are those of the original */
static void do_repeat(struct recipe *recipe, const struct words *words)
{
	struct kernel *kernel = &recipe->kernel;
	uint64_t start = number(words->word[1]), bytes = number(words->word[2]);
	uint64_t times = number(words->word[3]), section = UINT64_C(1) << kernel->section_bits;
	size_t like = 0;

	while (like < recipe->loads && recipe->load[like].paddr != start)
		like++;
	if (like == recipe->loads || recipe->load[like].memory_bytes != bytes ||
	    start % section || bytes % section || kernel->model != VMEMMAP)
		die("only a segment of whole sections, in a vmemmap, can be repeated");
	for (uint64_t i = 1; i <= times; i++) {
		struct load load = recipe->load[like];
		load.paddr += i * bytes;
		load.like = like + 1;
		if (recipe->loads == SEGMENTS)
			die("more than %d segments", SEGMENTS);
		recipe->load[recipe->loads++] = load;
		for (uint64_t at = 0; at < bytes; at += section)
			copy_section(kernel, (load.paddr + at) / section, (start + at) / section);
	}
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
	set_word(&recipe->kernel, place(recipe, words->word[1], false),
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
	{ "say_times", 3, do_say_times }, { "clear", 0, do_clear }, { "text", 2, do_text },
	{ "cpu", 1, do_cpu },         { "machine", 1, do_machine }, { "map", 2, do_map },
	{ "itself", 1, do_itself },   { "percpu", 3, do_percpu },
	{ "repeat", 3, do_repeat },
	{ "xen", 4, do_xen },         { "frames", 3, do_frames },   { "xen_word", 2, do_xen_word },
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
