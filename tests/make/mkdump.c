// SPDX-License-Identifier: GPL-2.0-only
/* mkdump.c - write an ELF core from a text recipe: mkdump RECIPE OUT.
 * One statement a line, done in the order they stand; # begins a comment. Numbers may be 0x... and
 * end in K M G. tests/make/README tells all statements; the tables below are the list of them. */
#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include "tests/make/kernel.h"

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
	bool separate_notes, no_notes, no_cut;
	bool info_wanted;
	char info[INFO_BYTES]; /* vmcoreinfo, line by line */
	struct breakage breakage[BREAKS];
	size_t breakages;
	uint64_t truncate; /* UINT64_MAX: no */
	bool made;         /* there is a kernel */
	struct kernel kernel;
};

/* --- words of a line --- */

static uint64_t number(const char *text)
{
	static const char units[] = "KMGT";
	bool negative = *text == '-';
	char *end;
	uint64_t value = strtoull(text + negative, &end, 0);
	const char *unit = *end ? strchr(units, *end) : NULL;

	if (end == text + negative || (*end && (!unit || end[1])))
		die("\"%s\" is no number", text);
	if (unit)
		value <<= 10 * (unit - units + 1);
	return negative ? -value : value;
}

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
		return offset + (is_virtual ? page_vaddr(kernel, index) : page_paddr(kernel, index));
	}
	if (strcmp(name, "pgd") == 0)
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

static void tell_kernel(struct recipe *recipe)
{
	const struct kernel *kernel = &recipe->kernel;
	char line[128];

	snprintf(line, sizeof(line), "OSRELEASE=%s", kernel->release);
	add_info(recipe, line);
	add_info(recipe, "PAGESIZE=4096");
	for (size_t i = 0; i < sizeof(info_keys) / sizeof(info_keys[0]); i++) {
		const struct info_key *key = &info_keys[i];
		uint64_t number = kernel->value[key->value];
		if (number == NOTHING || kernel->version < key->since ||
		    kernel->version >= key->until)
			continue;
		if (key->form == 's')
			number = (uint64_t)(int64_t)(int32_t)number;
		snprintf(line, sizeof(line), key->form == 'x' ? "%s=%" PRIx64 : "%s=%" PRId64,
			 key->key, number);
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
	kernel_finish(kernel, (end + PAGE - 1) / PAGE);
	recipe->made = true;
	tell_kernel(recipe);
}

/* --- statements: pages --- */

/* What page.mapping says: address of a struct address_space, with a mark in the low bits. */
enum mapping { MAPS_NOTHING = 0, MAPS_FILE = 0x500000, MAPS_ANON = 0x600001, MAPS_KSM = 0x600003,
	       MAPS_MOVABLE = 0x600002, MAPS_ODD = 3 };

struct kind {
	const char *name, *flags;
	enum mapping mapping;
	char type;   /* a mark in _mapcount: the letters of type_mark() */
	int dtor;    /* of a compound page, from 4.5 on */
};

static const struct kind kinds[] = {
	{ "data", "", MAPS_NOTHING, 0, 1 },
	{ "zero", "", MAPS_NOTHING, 0, 1 },
	{ "noise", "", MAPS_NOTHING, 0, 1 }, /* data that no compressor makes smaller */
	{ "reserved", "reserved", MAPS_NOTHING, 0, 1 },
	{ "cache", "lru uptodate referenced", MAPS_FILE, 0, 1 },
	{ "cacheprivate", "lru uptodate private", MAPS_FILE, 0, 1 },
	{ "shmem", "lru uptodate swapbacked", MAPS_FILE, 0, 1 },
	{ "shmemswap", "uptodate swapcache swapbacked", MAPS_NOTHING, 0, 1 },
	{ "anon", "lru uptodate swapbacked", MAPS_ANON, 0, 3 },
	{ "anonlone", "uptodate swapbacked", MAPS_ANON, 0, 3 }, /* on no LRU list just now */
	{ "swapcache", "lru uptodate swapcache swapbacked", MAPS_ANON, 0, 3 },
	{ "ksm", "lru uptodate swapbacked", MAPS_KSM, 0, 3 },
	{ "thp", "lru uptodate swapbacked", MAPS_ANON, 0, 3 },
	{ "hugetlb", "uptodate", MAPS_FILE, 'h', 2 },
	{ "movable", "", MAPS_MOVABLE, 0, 1 },
	{ "slab", "slab", MAPS_ODD, 's', 1 }, /* has something else where page.mapping is */
	{ "poison", "hwpoison", MAPS_NOTHING, 0, 1 },
	{ "offline", "", MAPS_NOTHING, 'o', 1 },
	{ "unaccepted", "", MAPS_NOTHING, 'u', 1 },
	{ "free", "buddy", MAPS_NOTHING, 'b', 0 },
};

static uint32_t type_mark(const struct page_types *types, char letter)
{
	uint32_t mark = letter == 'b' ? types->buddy : letter == 'o' ? types->offline
			: letter == 'h' ? types->hugetlb : letter == 's' ? types->slab
			: letter == 'u' ? types->unaccepted : 0;

	return mark ? mark : 0xffffffff;
}

static uint64_t flag_mask(const struct kernel *kernel, const char *names)
{
	uint64_t mask = 0;

	for (; *names; names += strcspn(names, " "), names += *names == ' ') {
		uint64_t bit = flag_number(kernel, names, strcspn(names, " "));
		mask |= bit == NOTHING ? 0 : UINT64_C(1) << bit; /* this era has none such */
	}
	return mask;
}

/* Content that tells the page; noise fills it. */
static void fill_page(struct kernel *kernel, uint64_t pfn, const char *kind)
{
	uint64_t state = pfn + 1;

	if (strcmp(kind, "zero") == 0)
		return;
	for (uint64_t at = 0; at < PAGE; at += strcmp(kind, "noise") ? PAGE / 2 : 8) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		set_64(kernel, pfn * PAGE + at, state);
	}
}

/* One struct page as nobody's: flags, counts. */
static void set_page(struct kernel *kernel, uint64_t pfn, uint64_t flags, uint64_t mapping,
		     uint32_t mapcount)
{
	uint64_t at = page_paddr(kernel, pfn);

	for (unsigned i = 0; i < kernel->page->size; i += 8)
		set_64(kernel, at + i, 0);
	set_64(kernel, at + kernel->page->flags, flags);
	set_64(kernel, at + kernel->page->mapping, mapping > 4 ?
	       kernel->page_offset + mapping : mapping);
	set_32(kernel, at + kernel->page->mapcount, mapcount);
	set_32(kernel, at + kernel->page->count, 1);
}

/* The pages behind a head, each era in its own way. */
static void set_tails(struct kernel *kernel, uint64_t head, unsigned order, const struct kind *kind)
{
	const struct page_layout *page = kernel->page;
	uint64_t first = page_paddr(kernel, head + 1), size = UINT64_C(1) << order;
	bool hugetlb = strcmp(kind->name, "hugetlb") == 0;

	for (uint64_t pfn = head + 1; pfn < head + size; pfn++) {
		uint64_t at = page_paddr(kernel, pfn);
		set_page(kernel, pfn, page->head == NO ? flag_mask(kernel, "tail") : 0, 0, ~0u);
		if (page->head == NO) /* first_page, in the same word as private */
			set_64(kernel, at + page->private, page_vaddr(kernel, head));
		else if (kernel->version >= V(7, 1, 0)) /* all ones from bit order + 6 up */
			set_64(kernel, at + page->head, (~UINT64_C(0) << (order + 6)) | 1);
		else
			set_64(kernel, at + page->head, page_vaddr(kernel, head) | 1);
	}
	if (page->head == NO) {
		uint64_t dtor = kernel->value[V_FREE_HUGE] + (hugetlb ? 0 : 64);
		set_64(kernel, first + page->lru, dtor);
		set_64(kernel, first + page->lru + 8, order);
	} else if (page->dtor == NO) {
		uint64_t flags = word_at(kernel, first + page->flags) | order;
		if (hugetlb && kernel->version < V(6, 9, 0))
			flags |= UINT64_C(1) << flag(kernel, "active");
		set_64(kernel, first + page->flags, flags);
	} else {
		*bytes_at(kernel, first + page->dtor + (kernel->big && page->order == 44 ? 1 : 0)) =
			(uint8_t)kind->dtor;
		*bytes_at(kernel, first + page->order + (kernel->big && page->order == 44 ? 1 : 0)) =
			(uint8_t)order;
	}
}

/* Put a free block at the end of its list. */
static void link_free(struct kernel *kernel, uint64_t pfn, unsigned order)
{
	unsigned node = 0;

	while (node + 1 < NODES && kernel->node[node].end <= pfn)
		node++;
	uint64_t zone = kernel->zone_at[node], page_at = page_paddr(kernel, pfn) + kernel->page->lru;
	uint64_t page = page_vaddr(kernel, pfn) + kernel->page->lru;
	uint64_t list = AREAS_AT + order * AREA_BYTES + pfn / 1024 % LISTS * 16;
	uint64_t head = kernel->nodes ? direct(kernel, zone + list) : symbol(kernel, zone + list);
	uint64_t last = word_at(kernel, zone + list + 8);
	uint64_t last_at = zone + list;

	for (uint64_t at = head; at != last;) { /* find the physical place of the last entry */
		at = word_at(kernel, last_at);
		const struct array *array = kernel->array;
		while (at < array->vaddr ||
		       at >= array->vaddr + (array->end - array->first) * kernel->page->size)
			array++;
		last_at = array->paddr + (at - array->vaddr);
	}
	set_64(kernel, page_at, head);
	set_64(kernel, page_at + 8, last);
	set_64(kernel, last_at, page);
	set_64(kernel, zone + list + 8, page);
	set_64(kernel, zone + 64, word_at(kernel, zone + 64) + (UINT64_C(1) << order));
}

static void set_free(struct kernel *kernel, uint64_t pfn, unsigned order, uint32_t mapcount)
{
	uint64_t flags = flag_mask(kernel, kernel->version < V(2, 6, 17) ? "private" : "buddy");

	for (uint64_t i = 0; i >> order == 0; i++)
		set_page(kernel, pfn + i, 0, 0, ~0u);
	set_page(kernel, pfn, flags, 0, mapcount);
	set_64(kernel, page_paddr(kernel, pfn) + kernel->page->private, order);
	link_free(kernel, pfn, order);
}

/* One page, or one block of pages. */
static void set_block(struct kernel *kernel, uint64_t pfn, int order, const struct kind *kind)
{
	uint64_t flags = flag_mask(kernel, kind->flags);
	uint32_t mapcount = type_mark(kernel->types, kind->type);

	if (strcmp(kind->name, "free") == 0) {
		set_free(kernel, pfn, order < 0 ? 0 : (unsigned)order, mapcount);
		return;
	}
	set_page(kernel, pfn, flags, kind->mapping, mapcount);
	if (flags & flag_mask(kernel, "private"))
		set_64(kernel, page_paddr(kernel, pfn) + kernel->page->private,
		       direct(kernel, 0x700000));
	if (order < 1)
		return;
	set_page(kernel, pfn, flags | flag_mask(kernel, "head"), kind->mapping, mapcount);
	set_tails(kernel, pfn, (unsigned)order, kind);
}

/* +FLAG -FLAG mapping=N mapcount=N private=N: changes to the (first) struct page of each block */
static void modify(struct kernel *kernel, uint64_t pfn, const char *change)
{
	uint64_t at = page_paddr(kernel, pfn), flags = word_at(kernel, at + kernel->page->flags);

	if (*change == '+' || *change == '-') {
		uint64_t mask = flag_mask(kernel, change + 1);
		if (!mask)
			die("this kernel has no flag \"%s\"", change + 1);
		set_64(kernel, at + kernel->page->flags,
		       *change == '+' ? flags | mask : flags & ~mask);
	} else if (strncmp(change, "mapping=", 8) == 0) {
		set_64(kernel, at + kernel->page->mapping, number(change + 8));
	} else if (strncmp(change, "mapcount=", 9) == 0) {
		set_32(kernel, at + kernel->page->mapcount, number(change + 9));
	} else if (strncmp(change, "private=", 8) == 0) {
		set_64(kernel, at + kernel->page->private, number(change + 8));
	} else {
		die("a page has no \"%s\"", change);
	}
}

/* pages FIRST COUNT KIND[:ORDER] [CHANGE...] */
static void do_pages(struct recipe *recipe, const struct words *words)
{
	struct kernel *kernel = &recipe->kernel;
	uint64_t first = number(words->word[1]), count = number(words->word[2]);
	char *colon = strchr(words->word[3], ':');
	int order = colon ? (int)number(colon + 1) : -1;
	uint64_t step = order > 0 ? UINT64_C(1) << order : 1;
	const struct kind *kind = kinds;

	if (colon)
		*colon = 0;
	while (strcmp(kind->name, words->word[3]))
		if (++kind == kinds + sizeof(kinds) / sizeof(kinds[0]))
			die("there is no kind of page \"%s\"", words->word[3]);
	if (recipe->made && first * PAGE < kernel->next && (first + count) * PAGE > kernel->at)
		die("pages %#" PRIx64 "-%#" PRIx64 " are the kernel's own", kernel->at / PAGE,
		    kernel->next / PAGE);
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
};

static void run_line(struct recipe *recipe, char *line)
{
	struct words words = { 0 };
	char *rest = NULL;

	line[strcspn(line, "#\n")] = 0;
	for (char *word = strtok_r(line, " \t", &rest); word && words.count < WORDS;
	     word = strtok_r(NULL, " \t", &rest))
		words.word[words.count++] = word;
	if (!words.count)
		return;
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
