// SPDX-License-Identifier: GPL-2.0-only
/* sparc64.c - pages of 8 KiB, tables of 3 or 4 levels, huge pages of 8 MiB and more.
 * The image, in pinned TLB entries, is where the dump's segments say; a dump file has none, but the
 * physical address its kernel was loaded at. */
#include <elf.h>

#include "arch/machines.h"

static const uint64_t entry_present = 0x10 /* sun4v */, entry_huge = UINT64_C(1) << 56;
static const vaddr_t image = 0x400000, image_last = 0x0fffffff; /* modules are behind it */

static enum pte decode(const struct space *space, uint64_t entry, unsigned level, paddr_t *next,
		       unsigned *shift)
{
	(void)shift;
	*next = entry & UINT64_C(0x00ffffffffffe000);
	if (!entry)
		return PTE_ABSENT;
	if (level > 1)
		return entry & entry_huge && level < space->paging->levels ? PTE_LEAF : PTE_TABLE;
	return entry & entry_present ? PTE_LEAF : PTE_ABSENT;
}

static const struct paging three_levels = { 3, { 13, 10, 10, 10 },     8, decode };
static const struct paging four_levels =  { 4, { 13, 10, 10, 10, 10 }, 8, decode };

/* Where the image lies: phys_base is the physical address of its first virtual one. */
static paddr_t find_phys_base(const struct source *source, vaddr_t root, bool *told)
{
	paddr_t physical;
	uint64_t run;

	*told = segments_find(source, root, &physical, &run) && physical != root;
	if (*told)
		return physical - (root - image);
	if (source->stored.known || !source->segments)
		return source->stored.phys_base;
	return source->segment[0].start & ~UINT64_C(0xffff); /* the image comes first */
}

/* Until 3.8.13 MAX_PHYSMEM_BITS was 49, and there were three levels. In kernels whose tables do not
 * have the linear map, too (before 3.18, 0dd5b7b09e13), the segments tell of it. */
static err_t setup(struct space *space, const struct facts *facts, const struct source *source)
{
	static const struct section_sizes old[] = { { 30, 49 } }, new[] = { { 30, 53 } };
	bool early = facts_version(facts) < KERNEL_VERSION(3, 8, 13), told = false;
	vaddr_t root = 0;

	TRY(fact_need(facts, SYMBOL_SWAPPER_PG_DIR, &root));
	if (root < image || root > image_last)
		return fail(ERR_CORRUPT, "swapper_pg_dir %#" PRIx64 " is not in the image", root);
	if (space->target.page_shift != three_levels.bits[0])
		return fail(ERR_UNSUPPORTED, "there are no page tables for pages of %" PRIu64
			    " bytes", page_bytes(&space->target));
	space->phys_base = find_phys_base(source, root, &told);
	space->segments = told ? source : NULL;
	space->region[space->regions++] =
		(struct region){ image, image_last, image - space->phys_base, 0 };
	space->root = root - image + space->phys_base;
	space->paging = early ? &three_levels : &four_levels;
	space->kernel_start = image;
	space_choose_sections(space, facts, early ? old : new, 1);
	return OK;
}

const struct arch arch_sparc64 = {
	.name = "sparc64",
	.elf_machine = EM_SPARCV9,
	.word_bytes = 8,
	.align_64 = 8,
	.page_shift = 13,
	.setup = setup,
};
