// SPDX-License-Identifier: GPL-2.0-only
/* tables.h - memory of the made kernel, its integers, addresses and page tables; for mkdump. */
#ifndef TESTS_MAKE_TABLES_H
#define TESTS_MAKE_TABLES_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "tests/make/machines.h"

enum {
	PAGE = 4096,         /* of the host's memory; the kernel's are of page_bytes() */
	PFNS = 1 << 24,      /* 64 GiB */
	STEP_BYTES = 2 << 20, /* mapped stretches begin and end at multiples of it */
	TABLES = 4096,
	ORDERS = 11, LISTS = 5, ZONES = 2,
	STRETCHES = 1024, NODES = 8,
	/* struct zone: [0] spanned, [64] vm_stat, [128] free_area[]: five lists, a count each. */
	AREA_BYTES = LISTS * 16 + 8, AREAS_AT = 128, ZONE_BYTES = 0x500,
	ZONE_START_AT = 16, ZONE_PRESENT_AT = 24, /* behind spanned_pages and the lists of CPUs */
	/* struct pglist_data: the zones, then the rest. */
	PGDAT_REST = ZONES * ZONE_BYTES, PGDAT_BYTES = PGDAT_REST + 0x80,
	IMAGE_BYTES = 64 << 20,
};

/* Page frames whose struct pages stand in one array. */
struct array {
	uint64_t first, end;
	uint64_t paddr, vaddr; /* of the struct page of `first` */
};

enum model { VMEMMAP, SPARSE, FLAT, DISCONTIG };

struct kernel {
	/* What the recipe says before `kernel`. */
	const struct machine *machine;
	bool big;
	enum model model;
	bool static_sections; /* one array of all sections, without roots */
	bool five_levels, small_pages, pointer_to_sections;
	bool count_free; /* in each list's nr_free, too */
	uint64_t at, phys_base, offset, sme, section_bits, physmem_bits, section_flags;
	uint64_t page_kib, va_bits, actual_bits; /* 0: the machine's usual ones */
	uint64_t map_at; /* virtual address of mem_map; 0: in the linear map */
	bool radix, no_execute; /* ppc64: the MMU; mips64: the processor can forbid reading */
	struct node {
		uint64_t first, end;
	} node[NODES];
	unsigned nodes;
	uint64_t xen_version, xen_first, xen_pages; /* it is dom0 of a machine with Xen; 0: not */

	/* What follows from it. */
	uint32_t version;
	char release[65];
	const struct page_layout *page;
	const struct flag_names *flags;
	const struct page_types *types;
	const struct shape *shape;
	unsigned levels;
	uint64_t page_offset, vmemmap, image_shift, direct_shift, vmalloc;
	bool entries_swapped;          /* page tables are in the other byte order */
	uint64_t nothing[LEVELS + 1];  /* tables of nothing, by level */
	uint64_t first_pfn;            /* of mem_map */
	uint64_t backing_at, backings; /* ppc64: of the list of what backs the page array */
	struct table {
		uint64_t entry_at, at;
	} table[TABLES]; /* that were made, and the entries that lead to them */
	unsigned tables;
	uint64_t next, root, uts, sections_at, zone_at[NODES], mem_map_at;
	struct array array[STRETCHES];
	unsigned arrays;
	uint64_t value[VALUES];
	uint8_t **memory; /* by pfn; NULL: a page of zeros */
};

/* The line at hand, for die(); the one variable outside of functions. */
static unsigned recipe_line;

static void __attribute__((format(printf, 1, 2), noreturn)) die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fprintf(stderr, "mkdump: line %u: ", recipe_line);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	exit(2);
}

/* A number: decimal or 0x..., negative, with K M G T behind it. */
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

/* --- memory --- */

/* Where dom0 of Xen has an address. */
static uint64_t machine_at(const struct kernel *kernel, uint64_t at)
{
	if (!kernel->xen_version)
		return at;
	return ((kernel->xen_first + (at / PAGE ^ 1)) * PAGE) + at % PAGE;
}

static uint8_t *machine_bytes(struct kernel *kernel, uint64_t at)
{
	if (at / PAGE >= PFNS)
		die("physical address %#" PRIx64 " is beyond what mkdump can make", at);
	uint8_t **page = &kernel->memory[at / PAGE];
	if (!*page)
		*page = calloc(1, PAGE);
	if (!*page)
		die("no memory");
	return *page + at % PAGE;
}

static uint8_t *bytes_at(struct kernel *kernel, uint64_t at)
{
	return machine_bytes(kernel, machine_at(kernel, at));
}

static void set_64(struct kernel *kernel, uint64_t at, uint64_t value)
{
	put_64(kernel->big, bytes_at(kernel, at), value);
}

static void set_32(struct kernel *kernel, uint64_t at, uint64_t value)
{
	put_32(kernel->big, bytes_at(kernel, at), (uint32_t)value);
}

/* How integers of the kernel look. */
static struct target target_of(const struct kernel *kernel)
{
	uint8_t word = kernel->machine->word_bytes ? kernel->machine->word_bytes : 8;

	return (struct target){ .word_bytes = word, .big_endian = kernel->big };
}

static unsigned word_bytes(const struct kernel *kernel)
{
	return target_of(kernel).word_bytes;
}

static void set_word(struct kernel *kernel, uint64_t at, uint64_t value)
{
	struct target target = target_of(kernel);

	put_word(&target, bytes_at(kernel, at), value);
}

static uint64_t word_at(struct kernel *kernel, uint64_t at)
{
	struct target target = target_of(kernel);

	return get_word(&target, bytes_at(kernel, at));
}

static uint64_t page_size(const struct kernel *kernel)
{
	return UINT64_C(1) << kernel->shape->page_shift;
}

static uint64_t take(struct kernel *kernel, uint64_t bytes, uint64_t align)
{
	uint64_t at = round_up(kernel->next, align);

	kernel->next = round_up(at + bytes, page_size(kernel));
	return at;
}

/* What the recipe did not say. */
static void by_default(uint64_t *number, uint64_t value)
{
	if (!*number)
		*number = value;
}

/* --- addresses --- */

static uint64_t symbol(const struct kernel *kernel, uint64_t at)
{
	return at + kernel->image_shift;
}

static uint64_t direct(const struct kernel *kernel, uint64_t at)
{
	return at + kernel->direct_shift;
}

static unsigned entry_bytes(const struct kernel *kernel, unsigned level)
{
	const struct shape *shape = kernel->shape;
	unsigned lowest = shape->entry_bytes ? shape->entry_bytes : 8;

	return level > 1 && shape->upper_bytes ? shape->upper_bytes : lowest;
}

static void set_entry(struct kernel *kernel, uint64_t at, unsigned level, uint64_t entry)
{
	struct target target = { .word_bytes = (uint8_t)entry_bytes(kernel, level),
				 .big_endian = kernel->big != kernel->entries_swapped };

	put_word(&target, bytes_at(kernel, at), entry);
}

static uint64_t table_bytes(const struct kernel *kernel, unsigned level)
{
	return (uint64_t)entry_bytes(kernel, level) << kernel->shape->bits[level];
}

/* log2 of what an entry at a level maps. */
static unsigned level_shift(const struct kernel *kernel, unsigned level)
{
	unsigned shift = 0;

	for (unsigned i = 0; i < level; i++)
		shift += kernel->shape->bits[i];
	return shift;
}

/* With entries that lead nowhere. */
static void fill_table(struct kernel *kernel, uint64_t at, unsigned level)
{
	uint64_t bytes = table_bytes(kernel, level);

	for (uint64_t i = 0; kernel->shape->empty && i < bytes; i += entry_bytes(kernel, level))
		set_entry(kernel, at + i, level, kernel->shape->empty(kernel, level));
}

static uint64_t make_table(struct kernel *kernel, unsigned level)
{
	uint64_t bytes = table_bytes(kernel, level);
	uint64_t at = take(kernel, bytes, max_u64(bytes, page_size(kernel)));

	fill_table(kernel, at, level);
	return at;
}

/* For each level, the table that entries lead to which lead nowhere. */
static void make_nothing(struct kernel *kernel)
{
	for (unsigned level = 1; kernel->machine->nothing_tables && level < kernel->levels; level++)
		kernel->nothing[level] = make_table(kernel, level);
}

/* The next table below an entry, made when it is not there. The ones made last are met most. */
static uint64_t table_below(struct kernel *kernel, uint64_t entry_at, unsigned level)
{
	for (unsigned i = kernel->tables; i; i--)
		if (kernel->table[i - 1].entry_at == entry_at)
			return kernel->table[i - 1].at;
	if (kernel->tables == TABLES)
		die("more than %d page tables", TABLES);
	uint64_t at = make_table(kernel, level - 1);
	kernel->table[kernel->tables++] = (struct table){ entry_at, at };
	set_entry(kernel, entry_at, level, kernel->shape->table(kernel, at, level));
	return at;
}

/* Map a page, or with `leaf` above 1 what an entry of that level maps. */
static void map_page(struct kernel *kernel, uint64_t vaddr, uint64_t paddr, unsigned leaf)
{
	uint64_t table = kernel->root;

	for (unsigned level = kernel->levels;; level--) {
		uint64_t index = vaddr >> level_shift(kernel, level);
		index &= (UINT64_C(1) << kernel->shape->bits[level]) - 1;
		if (level == leaf) {
			set_entry(kernel, table + index * entry_bytes(kernel, level), level,
				  kernel->shape->leaf(kernel, paddr, level));
			return;
		}
		table = table_below(kernel, table + index * entry_bytes(kernel, level), level);
	}
}

static void map_range(struct kernel *kernel, uint64_t vaddr, uint64_t paddr, uint64_t bytes)
{
	uint64_t huge = UINT64_C(1) << level_shift(kernel, 2);

	if (kernel->machine->in_tables && !kernel->machine->in_tables(kernel, vaddr))
		return;
	for (uint64_t done = 0, step; done < bytes; done += step) {
		bool fits = !kernel->small_pages && (vaddr + done) % huge == 0 &&
			    (paddr + done) % huge == 0 && bytes - done >= huge;
		step = fits ? huge : page_size(kernel);
		map_page(kernel, vaddr + done, paddr + done, fits ? 2 : 1);
	}
}

#endif
