// SPDX-License-Identifier: GPL-2.0-only
/* kernel.h - build a dead kernel in memory, for mkdump: page tables, sections, struct pages, zones.
 * Everything the kernel owns is taken from one place upwards, in this order:
 *
 *     at    top page table, utsname, node map, mem_section or mem_map or node_data, pglist_data
 *     ...   page tables, section roots, page arrays, as they are needed
 *     next  not the kernel's any more
 *
 * The image mapping (symbols) and the direct mapping (allocated memory) both reach all of it. */
#ifndef TESTS_MAKE_KERNEL_H
#define TESTS_MAKE_KERNEL_H

#include "tests/make/tables.h"

/* --- struct pages --- */

static const struct array *array_of(const struct kernel *kernel, uint64_t pfn)
{
	for (unsigned i = 0; i < kernel->arrays; i++)
		if (pfn >= kernel->array[i].first && pfn < kernel->array[i].end)
			return &kernel->array[i];
	die("pfn %#" PRIx64 " has no struct page", pfn);
}

static uint64_t page_paddr(const struct kernel *kernel, uint64_t pfn)
{
	const struct array *array = array_of(kernel, pfn);

	return array->paddr + (pfn - array->first) * kernel->page->size;
}

static uint64_t page_vaddr(const struct kernel *kernel, uint64_t pfn)
{
	const struct array *array = array_of(kernel, pfn);

	return array->vaddr + (pfn - array->first) * kernel->page->size;
}

/* An array for [first, end), at `vaddr` or (0) in the direct mapping. Every struct page in it reads
 * as one of a page without mappings. */
static void add_array(struct kernel *kernel, uint64_t first, uint64_t end, uint64_t vaddr)
{
	uint64_t bytes = (end - first) * kernel->page->size;
	bool aligned = vaddr && bytes % STEP_BYTES == 0;
	bool own_way = vaddr && kernel->machine->back;
	uint64_t paddr = own_way ? kernel->machine->back(kernel, vaddr, bytes) : 0;
	bool backed = paddr;

	if (kernel->arrays == STRETCHES)
		die("more than %d page arrays", STRETCHES);
	if (!paddr)
		paddr = take(kernel, bytes, aligned ? STEP_BYTES : page_size(kernel));
	if (vaddr && !backed)
		map_range(kernel, vaddr, paddr, round_up(bytes, page_size(kernel)));
	kernel->array[kernel->arrays++] =
		(struct array){ first, end, paddr, vaddr ? vaddr : direct(kernel, paddr) };
	for (uint64_t pfn = first; pfn < end; pfn++)
		set_32(kernel, page_paddr(kernel, pfn) + kernel->page->mapcount, 0xffffffff);
}

/* --- the page array, in its four ways --- */

static uint64_t section_pages(const struct kernel *kernel)
{
	return UINT64_C(1) << (kernel->section_bits - kernel->shape->page_shift);
}

/* Where the struct mem_section of a section stands; its root is made when it is not there. */
static uint64_t section_at(struct kernel *kernel, uint64_t section)
{
	uint64_t size = kernel->value[V_SECTION_SIZE], page = page_size(kernel);
	uint64_t per_root = page / size;

	if (kernel->static_sections)
		return kernel->sections_at + section * size;
	uint64_t root_at = kernel->sections_at + section / per_root * word_bytes(kernel);
	if (!word_at(kernel, root_at))
		set_word(kernel, root_at, direct(kernel, take(kernel, page, page)));
	return word_at(kernel, root_at) - kernel->direct_shift + section % per_root * size;
}

static void make_sections(struct kernel *kernel)
{
	uint64_t sections = UINT64_C(1) << (kernel->physmem_bits - kernel->section_bits);
	uint64_t page = page_size(kernel);
	uint64_t word = word_bytes(kernel);
	uint64_t size = kernel->version < V(2, 6, 24) ? word
			: kernel->version >= V(4, 0, 0) && kernel->version < V(4, 20, 0) ? 4 * word
			: 2 * word;
	uint64_t length = kernel->static_sections ? sections
						  : round_up(sections * size, page) / page;
	bool at_boot = !kernel->static_sections && kernel->version >= V(4, 15, 0);

	kernel->sections_at = take(kernel, length * (kernel->static_sections ? size : word), 64);
	kernel->value[V_SECTION_SIZE] = size;
	kernel->value[V_SECTIONS] = length;
	kernel->value[V_SECTION] = at_boot ? direct(kernel, kernel->sections_at)
					   : symbol(kernel, kernel->sections_at);
	if (kernel->pointer_to_sections) {
		uint64_t variable = take(kernel, 8, 8);
		set_word(kernel, variable, kernel->value[V_SECTION]);
		kernel->value[V_SECTION] = symbol(kernel, variable);
	}
}

/* A mapped page array is made of whole pages, which may have those of several sections. */
static uint64_t sections_together(const struct kernel *kernel)
{
	uint64_t bytes = section_pages(kernel) * kernel->page->size, page = page_size(kernel);

	return kernel->model == VMEMMAP && bytes < page ? page / bytes : 1;
}

static bool has_array(const struct kernel *kernel, uint64_t first)
{
	for (unsigned i = 0; i < kernel->arrays; i++)
		if (kernel->array[i].first == first)
			return true;
	return false;
}

static void add_section(struct kernel *kernel, uint64_t section)
{
	uint64_t pages = section_pages(kernel), first = section * pages;
	uint64_t flags = kernel->section_flags ? kernel->section_flags
			 : kernel->version >= V(5, 3, 0) ? 15
			 : kernel->version >= V(4, 13, 0) ? 7 : 3;

	uint64_t together = sections_together(kernel);
	uint64_t start = section / together * together * pages;

	if (!has_array(kernel, start))
		add_array(kernel, start, start + together * pages, kernel->model == VMEMMAP ?
			  kernel->vmemmap + start * kernel->page->size : 0);
	set_word(kernel, section_at(kernel, section),
	       page_vaddr(kernel, first) - first * kernel->page->size + flags);
}

/* Memory [start, end) gets struct pages. */
static void add_memory(struct kernel *kernel, uint64_t start, uint64_t end)
{
	uint64_t from = start / STEP_BYTES * STEP_BYTES;

	map_range(kernel, direct(kernel, from), from, round_up(end, STEP_BYTES) - from);
	if (kernel->model == VMEMMAP || kernel->model == SPARSE)
		for (uint64_t at = start >> kernel->section_bits;
		     at <= (end - 1) >> kernel->section_bits; at++)
			add_section(kernel, at);
}

/* Section `copy` gets the page array of section `of` as its own: the same struct pages. */
static void copy_section(struct kernel *kernel, uint64_t copy, uint64_t of)
{
	uint64_t pages = section_pages(kernel), size = kernel->page->size;

	map_range(kernel, kernel->vmemmap + copy * pages * size, page_paddr(kernel, of * pages),
		  pages * size);
	set_word(kernel, section_at(kernel, copy), word_at(kernel, section_at(kernel, of)));
}

static void make_flat(struct kernel *kernel, uint64_t max_pfn)
{
	uint64_t variable = take(kernel, 8, 8);

	add_array(kernel, kernel->first_pfn, max_pfn, kernel->map_at);
	set_word(kernel, variable, page_vaddr(kernel, kernel->first_pfn));
	kernel->mem_map_at = variable;
	kernel->value[V_MEM_MAP] = symbol(kernel, variable);
}

/* --- nodes and zones --- */

static void list_init(struct kernel *kernel, uint64_t at, uint64_t vaddr)
{
	set_word(kernel, at, vaddr);
	set_word(kernel, at + word_bytes(kernel), vaddr);
}

/* Two zones: one without memory, and one with the whole node. */
static void make_node(struct kernel *kernel, unsigned number, uint64_t at, uint64_t vaddr)
{
	const struct node *node = &kernel->node[number];
	uint64_t rest = at + PGDAT_REST;

	kernel->zone_at[number] = at + ZONE_BYTES;
	for (unsigned zone = 0; zone < ZONES; zone++)
		for (unsigned list = 0; list < ORDERS * LISTS; list++) {
			uint64_t offset = zone * ZONE_BYTES + AREAS_AT +
					  list / LISTS * AREA_BYTES +
					  list % LISTS * 2 * word_bytes(kernel);
			list_init(kernel, at + offset, vaddr + offset);
		}
	set_word(kernel, at + ZONE_BYTES, node->end - node->first);
	set_32(kernel, rest, ZONES);
	set_32(kernel, rest + 4, number);
	set_word(kernel, rest + 8, node->first);
	set_word(kernel, rest + 16, node->end - node->first);
	if (kernel->model == DISCONTIG) {
		add_array(kernel, node->first, node->end, 0);
		set_word(kernel, rest + 24, page_vaddr(kernel, node->first));
	}
}

static void make_nodes(struct kernel *kernel, uint64_t max_pfn)
{
	uint64_t table = kernel->nodes ? take(kernel, sizeof(uint64_t) * NODES, 64) : 0;
	uint64_t online = take(kernel, 8, 8);

	kernel->value[V_NODE_MAP] = symbol(kernel, online);
	kernel->value[V_NODEMASK] = 8;
	if (!kernel->nodes)
		kernel->node[0] = (struct node){ kernel->first_pfn, max_pfn };
	for (unsigned i = 0; i < (kernel->nodes ? kernel->nodes : 1); i++) {
		uint64_t at = take(kernel, PGDAT_BYTES, page_size(kernel));
		uint64_t vaddr = kernel->nodes ? direct(kernel, at) : symbol(kernel, at);
		make_node(kernel, i, at, vaddr);
		set_word(kernel, online, (UINT64_C(2) << i) - 1);
		if (kernel->nodes)
			set_word(kernel, table + word_bytes(kernel) * i, vaddr);
		else
			kernel->value[V_CONTIG] = vaddr;
	}
	if (kernel->nodes) {
		kernel->value[V_NODE_DATA] = symbol(kernel, table);
		kernel->value[V_NODES] = NODES;
	}
}

/* --- who it is, and what vmcoreinfo tells --- */

static void make_utsname(struct kernel *kernel)
{
	const char *const fields[UTS_FIELDS] = {
		"Linux", "recipe", kernel->release, "#1 SMP", kernel->machine->uts, "(none)",
	};
	bool in_namespace = kernel->version >= V(2, 6, 19);
	uint64_t name_at = !in_namespace ? 0 : kernel->version >= V(5, 11, 0) ? 0 : 4;

	kernel->uts = take(kernel, page_size(kernel), page_size(kernel));
	kernel->value[V_UTS] = symbol(kernel, kernel->uts);
	kernel->value[V_UTS_NAME_AT] = name_at;
	for (unsigned i = 0; i < UTS_FIELDS; i++)
		strcpy((char *)bytes_at(kernel, kernel->uts + name_at + i * UTS_FIELD),
		       fields[i]);
}

/* Behind what was taken since. */
static void move_utsname(struct kernel *kernel)
{
	memset(bytes_at(kernel, kernel->uts), 0, page_size(kernel));
	make_utsname(kernel);
}

/* The number of a flag, or NOTHING. */
static uint64_t flag_number(const struct kernel *kernel, const char *name, size_t length)
{
	const char *at = kernel->flags->names;

	for (unsigned number = 0; *at; number++) {
		size_t this = strcspn(at, " ");
		if (this == length && memcmp(at, name, length) == 0)
			return number;
		at += this + (at[this] == ' ');
	}
	return NOTHING;
}

static uint64_t flag(const struct kernel *kernel, const char *name)
{
	return flag_number(kernel, name, strlen(name));
}

static uint64_t or_nothing(uint64_t offset)
{
	return offset == NO || offset == 0 ? NOTHING : offset;
}

static void tell_numbers(struct kernel *kernel)
{
	static const struct {
		enum value value;
		const char *flag;
	} flags[] = { { V_PG_LRU, "lru" }, { V_PG_PRIVATE, "private" },
		      { V_PG_SWAPCACHE, "swapcache" }, { V_PG_SWAPBACKED, "swapbacked" },
		      { V_PG_SLAB, "slab" }, { V_PG_HWPOISON, "hwpoison" } };
	const struct {
		enum value value;
		uint64_t number;
	} numbers[] = {
		{ V_ZERO, 0 }, { V_WORD, word_bytes(kernel) }, { V_PGDAT_SIZE, PGDAT_BYTES },
		{ V_ZONE_SIZE, ZONE_BYTES }, { V_AREA_SIZE, AREA_BYTES },
		{ V_LIST_SIZE, 2 * word_bytes(kernel) },
		{ V_NR_ZONES, PGDAT_REST }, { V_NODE_ID, PGDAT_REST + 4 },
		{ V_START_PFN, PGDAT_REST + 8 }, { V_SPANNED, PGDAT_REST + 16 },
		{ V_FREE_AREA, AREAS_AT }, { V_VM_STAT, 64 }, { V_ZONE_SPANNED, 0 },
		{ V_ORDERS, ORDERS }, { V_TYPES, LISTS }, { V_HUGETLB_DTOR, 2 },
		{ V_PG_HUGETLB, flag(kernel, "active") },
		{ V_HEAD_MASK, UINT64_C(1) << flag(kernel, "head") },
		{ V_SECTION_BITS, kernel->section_bits }, { V_PHYSMEM_BITS, kernel->physmem_bits },
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		kernel->value[flags[i].value] = flag(kernel, flags[i].flag);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		kernel->value[numbers[i].value] = numbers[i].number;
	if (kernel->model == FLAT || kernel->model == DISCONTIG)
		kernel->value[V_NODE_MEM_MAP] = PGDAT_REST + 24;
}

static void tell_page(struct kernel *kernel)
{
	const struct page_layout *page = kernel->page;
	const struct page_types *types = kernel->types;

	kernel->value[V_PAGE] = page->size;
	kernel->value[V_FLAGS] = page->flags;
	kernel->value[V_COUNT] = page->count;
	kernel->value[V_MAPPING] = page->mapping;
	kernel->value[V_LRU] = page->lru;
	kernel->value[V_MAPCOUNT] = page->mapcount;
	kernel->value[V_PRIVATE] = page->private;
	kernel->value[V_HEAD] = or_nothing(page->head);
	kernel->value[V_DTOR] = or_nothing(page->dtor);
	kernel->value[V_ORDER] = or_nothing(page->order);
	kernel->value[V_FOLIO_DTOR] = page->size + page->dtor;
	kernel->value[V_FOLIO_ORDER] = page->size + page->order;
	kernel->value[V_T_BUDDY] = types->buddy ? types->buddy : NOTHING;
	kernel->value[V_T_OFFLINE] = types->offline ? types->offline : NOTHING;
	kernel->value[V_T_HUGETLB] = types->hugetlb ? types->hugetlb : NOTHING;
	kernel->value[V_T_SLAB] = types->slab ? types->slab : NOTHING;
	kernel->value[V_T_UNACCEPTED] = types->unaccepted ? types->unaccepted : NOTHING;
}

/* The first shape of the machine that has the pages and addresses the recipe asks for. */
static void choose_shape(struct kernel *kernel)
{
	const struct shape *shape = kernel->machine->shape;

	if (kernel->five_levels) /* x86_64's own word for it */
		kernel->va_bits = 57;
	while ((kernel->page_kib && kernel->page_kib << 10 != UINT64_C(1) << shape->page_shift) ||
	       (kernel->va_bits && kernel->va_bits != shape->va_bits))
		if (!(++shape)->page_shift)
			die("%s has no such page tables", kernel->machine->name);
	kernel->shape = shape;
	kernel->va_bits = shape->va_bits;
	if (!kernel->actual_bits)
		kernel->actual_bits = kernel->va_bits;
	kernel->levels = 0;
	while (kernel->levels < LEVELS && shape->bits[kernel->levels + 1])
		kernel->levels++;
}

/* Of the first vmap_area: va_start, and the list at 16; in the kernel's list it is alone. */
static void tell_vmalloc(struct kernel *kernel)
{
	uint64_t area = take(kernel, 64, 64), word = word_bytes(kernel);

	kernel->value[V_VMALLOC] = kernel->vmalloc;
	kernel->value[V_VMAP_LIST] = symbol(kernel, area + 48);
	kernel->value[V_VA_START] = 0;
	kernel->value[V_VA_LIST] = 16;
	set_word(kernel, area, kernel->vmalloc);
	for (unsigned i = 0; i < 2; i++) {
		set_word(kernel, area + 16 + i * word, symbol(kernel, area + 48));
		set_word(kernel, area + 48 + i * word, symbol(kernel, area + 16));
	}
}

/* Build everything that needs no memory yet; then add_memory() each piece, then kernel_finish(). */
static void kernel_begin(struct kernel *kernel, const char *version)
{
	unsigned a = 0, b = 0, c = 0;

	if (sscanf(version, "%u.%u.%u", &a, &b, &c) < 2)
		die("\"%s\" is no kernel version", version);
	kernel->version = V(a, b, c);
	snprintf(kernel->release, sizeof(kernel->release), "%u.%u.%u-recipe", a, b, c);
	kernel->page = word_bytes(kernel) == 8 ? ERA_OF(page_layouts, kernel->version)
					       : ERA_OF(page_layouts_32, kernel->version);
	kernel->flags = ERA_OF(flag_names, kernel->version);
	kernel->types = ERA_OF(page_types, kernel->version);
	for (unsigned i = 0; i < VALUES; i++)
		kernel->value[i] = NOTHING;
	choose_shape(kernel);
	kernel->next = kernel->at;
	kernel->machine->lay_out(kernel);
	kernel->root = take(kernel, table_bytes(kernel, kernel->levels),
			    max_u64(table_bytes(kernel, kernel->levels), page_size(kernel)));
	make_nothing(kernel);
	fill_table(kernel, kernel->root, kernel->levels);
	kernel->value[V_PGD] = symbol(kernel, kernel->root);
	kernel->value[V_STEXT] = symbol(kernel, kernel->at);
	kernel->value[V_FREE_HUGE] = symbol(kernel, kernel->at + 16);
	make_utsname(kernel);
	tell_numbers(kernel);
	tell_page(kernel);
	kernel->machine->tell(kernel);
	uint64_t image = kernel->at / STEP_BYTES * STEP_BYTES;
	map_range(kernel, symbol(kernel, image), image, IMAGE_BYTES);
	if (kernel->model == VMEMMAP || kernel->model == SPARSE)
		make_sections(kernel);
}

static void kernel_finish(struct kernel *kernel, uint64_t max_pfn)
{
	if (kernel->model == FLAT)
		make_flat(kernel, max_pfn);
	make_nodes(kernel, max_pfn);
}

#endif
