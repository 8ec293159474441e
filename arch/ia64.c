// SPDX-License-Identifier: GPL-2.0-only
/* ia64.c - Itanium: what the upper three bits of an address choose is a region. 7 and 6 are
 * physical memory, cached and not; in 5 are the image, which one large translation maps wherever it
 * was loaded, and vmalloc with the page array, in tables of 3 or 4 levels. */
#include <elf.h>
#include <string.h>

#include "arch/machines.h"

enum { ENTRY_PRESENT = 1 };

static const vaddr_t region5 = 0xa000000000000000, region6 = 0xc000000000000000,
		     region7 = 0xe000000000000000;
static const uint64_t image_align = 64 << 20, image_most = UINT64_C(4) << 30;
static const paddr_t usual_base = 64 << 20;

/* Entries of the upper tables are nothing but addresses. */
static enum pte decode(const struct space *space, uint64_t entry, unsigned level, paddr_t *next,
		       unsigned *shift)
{
	(void)shift;
	if (level > 1) {
		*next = entry;
		return entry ? PTE_TABLE : PTE_ABSENT;
	}
	*next = entry & ((UINT64_C(1) << 50) - page_bytes(&space->target));
	return entry & ENTRY_PRESENT ? PTE_LEAF : PTE_ABSENT;
}

static const struct paging shapes[] = {
	{ 3, { 12, 9, 9, 9 },        8, decode },
	{ 4, { 12, 9, 9, 9, 9 },     8, decode },
	{ 3, { 13, 10, 10, 10 },     8, decode },
	{ 4, { 13, 10, 10, 10, 10 }, 8, decode },
	{ 3, { 14, 11, 11, 11 },     8, decode },
	{ 4, { 14, 11, 11, 11, 11 }, 8, decode },
	{ 3, { 16, 13, 13, 13 },     8, decode },
	{ 4, { 16, 13, 13, 13, 9 },  8, decode },
};

/* vmcoreinfo tells how many levels there are; of a vmlinux, which header its pud_t is from. */
static unsigned levels(const struct facts *facts)
{
	static const char no_pud[] = "include/asm-generic/pgtable-nopud.h", own[] = "asm/page.h";
	const char *file = fact_text(facts, TEXT_PUD_T);

	if (fact_known(facts, FLAG_PGTABLE_4))
		return 4;
	if (!fact_known(facts, FLAG_PGTABLE_3) && !strstr(file, no_pud) && strstr(file, own))
		return 4;
	return 3;
}

/* Where the image lies: as a segment tells, or the header of a dump file. */
static uint64_t find_image_shift(struct space *space, const struct source *source, vaddr_t start)
{
	space->phys_base = source->stored.known ? source->stored.phys_base : usual_base;
	for (size_t i = 0; i < source->segments; i++) {
		const struct segment *segment = &source->segment[i];
		if (segment->start == UINT64_MAX || segment->virtual < region5 ||
		    segment->virtual >= region6)
			continue;
		space->phys_base = segment->start;
		return segment->virtual - segment->start;
	}
	return start - (space->phys_base & ~(image_align - 1));
}

static err_t setup(struct space *space, const struct facts *facts, const struct source *source)
{
	static const struct section_sizes sizes[] = { { 30, 50 } };
	vaddr_t root = 0, stext = 0;

	TRY(fact_need(facts, SYMBOL_SWAPPER_PG_DIR, &root));
	TRY(fact_need(facts, SYMBOL_STEXT, &stext));
	vaddr_t start = stext & ~(image_align - 1);
	if (start < region5 || start >= region6 || root < start || root - start >= image_most)
		return fail(ERR_CORRUPT, "_stext %#" PRIx64 " and swapper_pg_dir %#" PRIx64
			    " are not in one image in region 5", stext, root);
	uint64_t shift = find_image_shift(space, source, start);
	const struct region regions[] = {
		{ start, start + image_most - 1, shift, 0 },
		{ region6, region7 - 1, region6, 0 },
		{ region7, UINT64_MAX, region7, 0 },
	};
	for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++)
		space->region[space->regions++] = regions[i];
	space->root = root - shift;
	space->tables_first = region5;
	space->tables_last = region6 - 1;
	space->kernel_start = region5;
	space_choose_sections(space, facts, sizes, 1);
	if (space_choose_paging(space, shapes, sizeof(shapes) / sizeof(shapes[0]), levels(facts)))
		return OK;
	return fail(ERR_UNSUPPORTED, "there are no page tables for pages of %" PRIu64 " bytes",
		    page_bytes(&space->target));
}

const struct arch arch_ia64 = {
	.name = "ia64",
	.elf_machine = EM_IA_64,
	.word_bytes = 8,
	.align_64 = 8,
	.page_shift = 14,
	.setup = setup,
};
