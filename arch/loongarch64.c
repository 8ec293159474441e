// SPDX-License-Identifier: GPL-2.0-only
/* loongarch64.c - pages of 4, 16 and 64 KiB, tables of 2 to 4 levels.
 * The image and all memory lie in windows of constant shifts; tables are for vmalloc, modules and
 * the page array. Their depth shows in the tables alone. */
#include "arch/direct.h"
#include "arch/machines.h"

enum { MACHINE = 258, /* EM_LOONGARCH */ ENTRY_HUGE = 1 << 6, ENTRY_PRESENT = 1 << 7 };

static const vaddr_t windows = 0x8000000000000000, windows_last = 0xbfffffffffffffff;
static const uint64_t physical = (UINT64_C(1) << 48) - 1;

/* A table's address in an entry; pages have none of the two uppermost bits together. */
static bool table_address(uint64_t entry, paddr_t *ret)
{
	*ret = entry & physical;
	return entry >= windows && entry <= windows_last;
}

/* Entries that lead nowhere lead to tables of nothing. The bits above the address forbid to read
 * and to execute. */
static enum pte decode(const struct space *space, uint64_t entry, unsigned level, paddr_t *next,
		       unsigned *shift)
{
	(void)shift;
	if (level > 1 && table_address(entry, next))
		return PTE_TABLE;
	*next = entry & physical & ~(page_bytes(&space->target) - 1);
	if (level > 1 && !(entry & ENTRY_HUGE))
		return PTE_ABSENT;
	return entry & ENTRY_PRESENT ? PTE_LEAF : PTE_ABSENT;
}

static const struct paging shapes[] = {
	{ 3, { 12, 9, 9, 9 },    8, decode },
	{ 4, { 12, 9, 9, 9, 9 }, 8, decode },
	{ 2, { 14, 11, 11 },     8, decode },
	{ 3, { 14, 11, 11, 11 }, 8, decode },
	{ 2, { 16, 13, 13 },     8, decode },
	{ 3, { 16, 13, 13, 13 }, 8, decode },
};

static err_t setup(struct space *space, const struct facts *facts, const struct source *source)
{
	static const struct section_sizes sizes[] = { { 29, 48 } };
	vaddr_t root = 0;

	TRY(fact_need(facts, SYMBOL_SWAPPER_PG_DIR, &root));
	if (!table_address(root, &space->root))
		return fail(ERR_CORRUPT, "swapper_pg_dir %#" PRIx64 " is in no window of memory",
			    root);
	space->region[space->regions++] =
		(struct region){ windows, windows_last, 0, physical };
	space->tables_first = windows_last + 1;
	space->tables_last = UINT64_MAX;
	space->kernel_start = windows;
	space_choose_sections(space, facts, sizes, 1);
	return direct_find_paging(space, source, table_address, shapes,
				  sizeof(shapes) / sizeof(shapes[0]));
}

const struct arch arch_loongarch64 = {
	.name = "loongarch64",
	.elf_machine = MACHINE,
	.word_bytes = 8,
	.align_64 = 8,
	.page_shift = 14,
	.setup = setup,
};
