// SPDX-License-Identifier: GPL-2.0-only
/* itself.h - what a kernel keeps of itself: symbols and types, and lists of free pages of each CPU,
 * which only those tell of; for mkdump.
 * Symbols are written as scripts/kallsyms.c of the kernel does, but that every token is one letter
 * or the word "kallsyms_". */
#ifndef TESTS_MAKE_ITSELF_H
#define TESTS_MAKE_ITSELF_H

#include "tests/make/btf.h"
#include "tests/make/kernel.h"

enum {
	SYMBOLS = 1024, TOKEN_WORD = 1, CPUS = 3,
	/* In struct zone, and in the struct of a CPU's lists (the count of pages stands first). */
	PCP_AT = 8, PCP_LISTS_AT = 16, PCP_IN_AREA = 0x100,
};

static const char token_word[] = "kallsyms_";

struct own_symbol {
	char name[64];
	uint64_t at;
};

/* How addresses are written, and what vmcoreinfo tells of the tables. */
enum own_form { OWN_ABSOLUTE, OWN_PERCPU, OWN_BASE, OWN_PLACE };

struct own {
	struct kernel *kernel;
	enum own_form form;
	bool functions; /* other symbols, those of the types at least, there are none */
	struct own_symbol symbol[SYMBOLS];
	unsigned symbols;
	uint64_t at, start; /* where the next byte goes, and the tables begin */
	uint64_t area[CPUS]; /* of each CPU; 0: no such lists are made */
	unsigned lists;
};

static void add_symbol(struct own *own, const char *name, uint64_t at)
{
	if (own->symbols == SYMBOLS)
		die("more than %d symbols", SYMBOLS);
	snprintf(own->symbol[own->symbols].name, sizeof(own->symbol[0].name), "%s", name);
	own->symbol[own->symbols++].at = at;
}

/* --- bytes, one behind the other --- */

static void put_byte(struct own *own, uint8_t byte)
{
	*bytes_at(own->kernel, own->at++) = byte;
}

static void put_number(struct own *own, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		put_byte(own, (uint8_t)(value >> 8 * (own->kernel->big ? bytes - 1 - i : i)));
}

static void align(struct own *own)
{
	while (own->at % 8)
		put_byte(own, 0);
}

/* The next table begins here, which is what a symbol says that is there already. */
static void begin_table(struct own *own, const char *name)
{
	unsigned i = 0;

	align(own);
	while (i < own->symbols && strcmp(own->symbol[i].name, name))
		i++;
	if (i == own->symbols)
		die("\"%s\" is no symbol", name);
	own->symbol[i].at = symbol(own->kernel, own->at);
}

/* --- types --- */

static void make_page_type(struct btf_maker *btf, const struct kernel *kernel, uint32_t word,
			   uint32_t u32, uint32_t list)
{
	const struct page_layout *page = kernel->page;
	const struct {
		const char *name;
		unsigned at;
		uint32_t type;
	} members[] = {
		{ "flags", page->flags, word }, { "_refcount", page->count, u32 },
		{ "_mapcount", page->mapcount, u32 }, { "private", page->private, word },
		{ "mapping", page->mapping, word },
		{ "compound_dtor", page->dtor, u32 }, { "compound_order", page->order, u32 },
	};
	uint32_t either = btf_type(btf, "", BTF_UNION, 16);

	btf_member(btf, "lru", list, 0);
	if (page->head != NO)
		btf_member(btf, kernel->version < V(7, 1, 0) ? "compound_head" : "compound_info",
			   word, 8 * (page->head - page->lru));
	btf_type(btf, "page", BTF_STRUCT, page->size);
	btf_member(btf, "", either, 8u * page->lru);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (members[i].at != NO)
			btf_member(btf, members[i].name, members[i].type, 8 * members[i].at);
}

static void make_flag_type(struct btf_maker *btf, const struct kernel *kernel)
{
	const char *at = kernel->flags->names;
	char name[64];

	btf_type(btf, "pageflags", BTF_ENUM, 4);
	for (unsigned number = 0; *at; number++) {
		size_t length = strcspn(at, " ");
		snprintf(name, sizeof(name), "PG_%.*s", (int)length, at);
		btf_value(btf, name, number);
		at += length + (at[length] == ' ');
	}
	if (kernel->version >= V(6, 6, 0) && kernel->version < V(6, 9, 0))
		btf_value(btf, "PG_hugetlb", (uint32_t)flag(kernel, "active"));
}

/* Since 6.11 the marks are an enum; since 6.12 it has their highest byte. */
static void make_type_type(struct btf_maker *btf, const struct kernel *kernel)
{
	const struct page_types *types = kernel->types;
	const struct {
		const char *name;
		uint32_t mark;
	} marks[] = { { "buddy", types->buddy }, { "offline", types->offline },
		      { "hugetlb", types->hugetlb }, { "slab", types->slab },
		      { "unaccepted", types->unaccepted } };
	bool bytes = kernel->version >= V(6, 12, 0);
	char name[64];

	if (kernel->version < V(6, 11, 0) || kernel->version >= V(90, 0, 0))
		return;
	btf_type(btf, "pagetype", BTF_ENUM, 4);
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		snprintf(name, sizeof(name), "PG%s_%s", bytes ? "TY" : "", marks[i].name);
		if (marks[i].mark)
			btf_value(btf, name, bytes ? marks[i].mark >> 24 : ~marks[i].mark);
	}
}

static void make_zone_types(struct btf_maker *btf, const struct own *own, uint32_t word,
			    uint32_t u32, uint32_t list)
{
	bool renamed = own->kernel->version >= V(5, 14, 0); /* 28f836b6777b */
	uint32_t lists = btf_array(btf, list, LISTS);
	uint32_t area = btf_type(btf, "free_area", BTF_STRUCT, AREA_BYTES);
	btf_member(btf, "free_list", lists, 0);
	uint32_t areas = btf_array(btf, area, ORDERS), stat = btf_array(btf, word, 8);
	uint32_t pcp_lists = btf_array(btf, list, own->lists);
	uint32_t pcp = btf_type(btf, "per_cpu_pages", BTF_STRUCT, PCP_LISTS_AT + 16 * own->lists);
	btf_member(btf, "count", u32, 0);
	btf_member(btf, "lists", pcp_lists, 8 * PCP_LISTS_AT);
	if (!renamed) {
		uint32_t inside = pcp;
		pcp = btf_type(btf, "per_cpu_pageset", BTF_STRUCT, PCP_LISTS_AT + 16 * own->lists);
		btf_member(btf, "pcp", inside, 0);
	}
	uint32_t pointer = btf_type(btf, "", BTF_PTR, pcp);
	uint32_t zone = btf_type(btf, "zone", BTF_STRUCT, ZONE_BYTES);
	btf_member(btf, "spanned_pages", word, 0);
	btf_member(btf, renamed ? "per_cpu_pageset" : "pageset", pointer, 8 * PCP_AT);
	btf_member(btf, "zone_start_pfn", word, 8 * ZONE_START_AT);
	btf_member(btf, "present_pages", word, 8 * ZONE_PRESENT_AT);
	btf_member(btf, "vm_stat", stat, 8 * 64);
	btf_member(btf, "free_area", areas, 8 * AREAS_AT);
	uint32_t zones = btf_array(btf, zone, ZONES);
	btf_type(btf, "pglist_data", BTF_STRUCT, PGDAT_BYTES);
	btf_member(btf, "node_zones", zones, 0);
	btf_member(btf, "nr_zones", u32, 8 * PGDAT_REST);
	btf_member(btf, "node_start_pfn", word, 8 * (PGDAT_REST + 8));
	btf_member(btf, "node_spanned_pages", word, 8 * (PGDAT_REST + 16));
}

static void make_types(struct btf_maker *btf, const struct own *own)
{
	const struct kernel *kernel = own->kernel;

	btf_begin(btf, kernel->big);
	uint32_t u32 = btf_int(btf, "int", 4, true);
	uint32_t word = btf_int(btf, "unsigned long", 8, false);
	uint32_t list = btf_type(btf, "list_head", BTF_STRUCT, 16);
	btf_member(btf, "next", word, 0);
	btf_member(btf, "prev", word, 64);
	make_page_type(btf, kernel, word, u32, list);
	make_flag_type(btf, kernel);
	make_type_type(btf, kernel);
	make_zone_types(btf, own, word, u32, list);
	btf_type(btf, "mem_section", BTF_STRUCT, (uint32_t)kernel->value[V_SECTION_SIZE]);
	btf_member(btf, "section_mem_map", word, 0);
	btf_type(btf, "uts_namespace", BTF_STRUCT, 400);
	btf_member(btf, "name", word, 8 * (uint32_t)kernel->value[V_UTS_NAME_AT]);
	btf_type(btf, "cpumask", BTF_STRUCT, 8);
	btf_member(btf, "bits", word, 0);
	btf_type(btf, "nodemask_t", BTF_STRUCT, 8);
	btf_member(btf, "bits", word, 0);
	btf_type(btf, "compound_dtor_id", BTF_ENUM, 4);
	btf_value(btf, "HUGETLB_PAGE_DTOR", 2);
	btf_type(btf, "zone_stat_item", BTF_ENUM, 4);
	btf_value(btf, "NR_FREE_PAGES", 0);
	btf_type(btf, "migratetype", BTF_ENUM, 4);
	btf_value(btf, "MIGRATE_PCPTYPES", 3);
}

static void write_types(struct own *own)
{
	static struct btf_maker btf;
	static uint8_t bytes[BTF_HEADER + BTF_TYPES + BTF_TEXT];

	make_types(&btf, own);
	btf_write(&btf, bytes);
	if (!own->functions)
		add_symbol(own, "__start_BTF", symbol(own->kernel, own->at));
	for (size_t i = 0; i < btf_bytes(&btf); i++)
		put_byte(own, bytes[i]);
	if (!own->functions)
		add_symbol(own, "__stop_BTF", symbol(own->kernel, own->at));
}

/* --- symbols --- */

static void write_name(struct own *own, const char *name)
{
	size_t word = strlen(token_word), length = strlen(name);
	bool short_cut = strncmp(name, token_word, word) == 0;

	put_byte(own, (uint8_t)(1 + length - (short_cut ? word - 1 : 0)));
	put_byte(own, 'D');
	if (short_cut)
		put_byte(own, TOKEN_WORD);
	for (name += short_cut ? word : 0; *name; name++)
		put_byte(own, (uint8_t)*name);
}

static void write_offsets(struct own *own, uint64_t at, uint64_t base)
{
	uint64_t before = own->at;

	own->at = at;
	for (unsigned i = 0; i < own->symbols; i++) {
		uint64_t is = own->symbol[i].at, here = symbol(own->kernel, own->at);
		if (own->form == OWN_ABSOLUTE)
			put_number(own, is, 8);
		else if (own->form == OWN_PLACE)
			put_number(own, is - here, 4);
		else if (own->form == OWN_BASE)
			put_number(own, is - base, 4);
		else
			put_number(own, is < base ? is : base - 1 - is, 4);
	}
	own->at = before;
}

static void write_names(struct own *own)
{
	uint64_t marker[SYMBOLS / 256], start, markers = 0;

	begin_table(own, "kallsyms_names");
	start = own->at;
	for (unsigned i = 0; i < own->symbols; i++) {
		if (i % 256 == 0)
			marker[markers++] = own->at - start;
		write_name(own, own->symbol[i].name);
	}
	begin_table(own, "kallsyms_markers");
	for (unsigned i = 0; i < markers; i++)
		put_number(own, marker[i], 4);
}

static void write_tokens(struct own *own)
{
	unsigned at = 0;

	begin_table(own, "kallsyms_token_table");
	for (unsigned i = 0; i < 256; i++) {
		const char *token = i == TOKEN_WORD ? token_word : (char[]){ i ? (char)i : '?', 0 };
		for (size_t k = 0; k <= strlen(token); k++)
			put_byte(own, (uint8_t)token[k]);
	}
	begin_table(own, "kallsyms_token_index");
	for (unsigned i = 0; i < 256; i++) {
		put_number(own, at, 2);
		at += i == TOKEN_WORD ? (unsigned)sizeof(token_word) : 2;
	}
}

static bool has_base(const struct own *own)
{
	return own->form == OWN_PERCPU || own->form == OWN_BASE;
}

/* Room for the addresses, which are known when all else is written; and the base. */
static uint64_t leave_addresses(struct own *own)
{
	begin_table(own, own->form == OWN_ABSOLUTE ? "kallsyms_addresses" : "kallsyms_offsets");
	uint64_t at = own->at;

	for (unsigned i = 0; i < own->symbols; i++)
		put_number(own, 0, own->form == OWN_ABSOLUTE ? 8 : 4);
	if (has_base(own)) {
		begin_table(own, "kallsyms_relative_base");
		put_number(own, symbol(own->kernel, own->kernel->at), 8);
	}
	return at;
}

/* All tables, in the order of that time. */
static void write_symbols(struct own *own)
{
	static const char *const tables[] = {
		"kallsyms_num_syms", "kallsyms_names", "kallsyms_markers", "kallsyms_token_table",
		"kallsyms_token_index",
	};
	bool addresses_first = own->kernel->version < V(6, 4, 0);
	uint64_t addresses = 0;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		add_symbol(own, tables[i], 0);
	add_symbol(own, own->form == OWN_ABSOLUTE ? "kallsyms_addresses" : "kallsyms_offsets", 0);
	if (has_base(own))
		add_symbol(own, "kallsyms_relative_base", 0);
	if (addresses_first)
		addresses = leave_addresses(own);
	begin_table(own, "kallsyms_num_syms");
	put_number(own, own->symbols, 4);
	write_names(own);
	write_tokens(own);
	if (!addresses_first)
		addresses = leave_addresses(own);
	write_offsets(own, addresses, symbol(own->kernel, own->kernel->at));
}

/* --- lists of free pages of each CPU --- */

static uint64_t own_pcp(const struct own *own, unsigned cpu)
{
	return own->area[cpu] + PCP_IN_AREA;
}

static void make_cpus(struct own *own)
{
	struct kernel *kernel = own->kernel;
	uint64_t page = page_size(kernel), table = take(kernel, 8 * CPUS, 64);
	uint64_t mask = take(kernel, 8, 8);

	for (unsigned cpu = 0; cpu < CPUS; cpu++) {
		own->area[cpu] = take(kernel, page, page);
		set_64(kernel, table + 8 * cpu, direct(kernel, own->area[cpu]));
		for (unsigned list = 0; list < own->lists; list++) {
			uint64_t at = own_pcp(own, cpu) + PCP_LISTS_AT + 16 * list;
			list_init(kernel, at, direct(kernel, at));
		}
	}
	set_64(kernel, mask, (1 << CPUS) - 1);
	set_64(kernel, kernel->zone_at[0] + PCP_AT, PCP_IN_AREA);
	set_64(kernel, kernel->zone_at[0] + ZONE_START_AT, kernel->node[0].first);
	set_64(kernel, kernel->zone_at[0] + ZONE_PRESENT_AT,
	       kernel->node[0].end - kernel->node[0].first);
	add_symbol(own, "__per_cpu_offset", symbol(kernel, table));
	add_symbol(own, "__cpu_possible_mask", symbol(kernel, mask));
}

/* Put a block at the front of a list of a CPU. */
static void own_free(struct own *own, unsigned cpu, uint64_t pfn, unsigned order, unsigned list)
{
	struct kernel *kernel = own->kernel;
	uint64_t pcp = own_pcp(own, cpu), head = pcp + PCP_LISTS_AT + 16 * list;
	uint64_t first = word_at(kernel, head), lru = kernel->page->lru;
	uint64_t page = page_paddr(kernel, pfn) + lru, at = page_vaddr(kernel, pfn) + lru;

	if (cpu >= CPUS || list >= own->lists)
		die("there is no list %u of CPU %u", list, cpu);
	for (uint64_t i = 0; i >> order == 0; i++)
		for (unsigned k = 0; k < kernel->page->size; k += 8)
			set_64(kernel, page_paddr(kernel, pfn + i) + k, 0);
	for (uint64_t i = 0; i >> order == 0; i++)
		set_32(kernel, page_paddr(kernel, pfn + i) + kernel->page->mapcount, ~0u);
	set_64(kernel, page, first);
	set_64(kernel, page + 8, direct(kernel, head));
	if (first == direct(kernel, head)) {
		set_64(kernel, head + 8, at);
	} else {
		const struct array *array = kernel->array;
		while (first < array->vaddr || first >= array->vaddr +
		       (array->end - array->first) * kernel->page->size)
			array++;
		set_64(kernel, array->paddr + (first - array->vaddr) + 8, at);
	}
	set_64(kernel, head, at);
	uint64_t count = word_at(kernel, pcp) & UINT32_MAX;
	set_32(kernel, pcp, kernel->big ? (word_at(kernel, pcp) >> 32) + (1u << order)
					: count + (1u << order));
}

/* --- all of it --- */

/* Where the roots are made at boot (4.15), the symbol is a pointer to them. */
static void add_section_symbol(struct own *own)
{
	struct kernel *kernel = own->kernel;
	uint64_t at = kernel->value[V_SECTION];

	if (!kernel->static_sections && kernel->version >= V(4, 15, 0)) {
		uint64_t variable = take(kernel, 8, 8);
		set_64(kernel, variable, at);
		at = symbol(kernel, variable);
	}
	add_symbol(own, "mem_section", at);
}

static void own_make(struct own *own, enum own_form form)
{
	struct kernel *kernel = own->kernel;
	const struct {
		const char *name;
		enum value value;
	} told[] = {
		{ "swapper_pg_dir", V_PGD }, { "init_uts_ns", V_UTS },
		{ "node_online_map", V_NODE_MAP }, { "contig_page_data", V_CONTIG },
		{ "node_data", V_NODE_DATA }, { "mem_map", V_MEM_MAP },
	};
	char name[16];

	own->start = own->at = take(kernel, 1 << 17, page_size(kernel));
	move_utsname(kernel); /* constants stand before data */
	own->form = form;
	own->lists = kernel->version >= V(5, 14, 0) ? 13 : 3;
	add_symbol(own, "fixed_percpu_data", 0);
	add_symbol(own, "_stext", kernel->value[V_STEXT]);
	for (unsigned i = 0; i < 600; i++) { /* so that there are markers */
		snprintf(name, sizeof(name), "function_%u", i);
		add_symbol(own, name, kernel->value[V_STEXT] + 4 * i);
	}
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		if (kernel->value[told[i].value] != NOTHING)
			add_symbol(own, told[i].name, kernel->value[told[i].value]);
	if (kernel->value[V_SECTION] != NOTHING)
		add_section_symbol(own);
	make_cpus(own);
	write_types(own);
	write_symbols(own);
	if (own->at > own->start + (1 << 17))
		die("the kernel's own tables are too long");
}

#endif
