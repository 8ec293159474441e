// SPDX-License-Identifier: GPL-2.0-only
/* x86_64.c - 4 or 5 levels, 2 MiB and 1 GiB pages, a kernel image that KASLR moved.
 * Every kernel address is looked up in the kernel's own tables; only their root is computed. */
#include <elf.h>

#include "arch/machines.h"

static const vaddr_t kernel_map = 0xffffffff80000000; /* __START_KERNEL_map, never changed */
static const uint64_t entry_address = 0x000ffffffffff000;

enum { ENTRY_PRESENT = 1, ENTRY_HUGE = 1 << 7, HUGE_LEVEL_MOST = 3 };

static enum pte decode(const struct space *space, uint64_t entry, unsigned level, paddr_t *next,
		       unsigned *shift)
{
	(void)shift;
	if (!(entry & ENTRY_PRESENT))
		return PTE_ABSENT;
	*next = entry & entry_address & space->address_mask;
	if (level == 1 || (entry & ENTRY_HUGE && level <= HUGE_LEVEL_MOST))
		return PTE_LEAF;
	return PTE_TABLE;
}

static const struct paging four_levels = { 4, { 12, 9, 9, 9, 9 }, 8, decode };
static const struct paging five_levels = { 5, { 12, 9, 9, 9, 9, 9 }, 8, decode };

/* Where the image lies: physical = virtual - kernel_map + phys_base. Exported since 4.10; before,
 * a kdump header or the dump's segment for the kernel image tells. Without any the image was not
 * moved. */
static uint64_t find_phys_base(const struct facts *facts, const struct source *source)
{
	if (fact_known(facts, NUMBER_PHYS_BASE))
		return facts->value[NUMBER_PHYS_BASE];
	if (source->stored.known)
		return source->stored.phys_base;
	for (size_t i = 0; i < source->segments; i++) {
		const struct segment *segment = &source->segment[i];
		if (segment->virtual >= kernel_map && segment->start != UINT64_MAX)
			return segment->start - (segment->virtual - kernel_map);
	}
	return 0;
}

static err_t find_root(const struct facts *facts, vaddr_t *ret)
{
	static const enum fact_id roots[] = {
		SYMBOL_INIT_TOP_PGT, SYMBOL_INIT_LEVEL4_PGT, SYMBOL_SWAPPER_PG_DIR,
	};

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		if (fact_known(facts, roots[i])) {
			*ret = facts->value[roots[i]];
			return OK;
		}
	}
	return fail(ERR_NOFACT, "vmcoreinfo does not tell SYMBOL(init_top_pgt), "
		    "SYMBOL(init_level4_pgt) or SYMBOL(swapper_pg_dir)");
}

/* MAX_PHYSMEM_BITS by version, for kernels before 5.9, which do not export it: 40, since 2.6.26
 * 44, since 2.6.31 46; 52 with five levels (4.13, 4c7c44837be7). */
static unsigned physmem_bits(const struct facts *facts, bool five)
{
	uint32_t version = facts_version(facts);

	if (five)
		return 52;
	if (version && version < KERNEL_VERSION(2, 6, 26))
		return 40;
	if (version && version < KERNEL_VERSION(2, 6, 31))
		return 44;
	return 46;
}

static err_t setup(struct space *space, const struct facts *facts, const struct source *source)
{
	bool five = fact_or(facts, NUMBER_PGTABLE_L5_ENABLED, 0) != 0;
	vaddr_t root = 0;

	TRY(find_root(facts, &root));
	space->paging = five ? &five_levels : &four_levels;
	space->phys_base = find_phys_base(facts, source);
	space->address_mask = ~fact_or(facts, NUMBER_SME_MASK, 0);
	space->root = (root - kernel_map + space->phys_base) & space->address_mask;
	space->kernel_start = five ? 0xff00000000000000 : 0xffff800000000000;
	space->section_bits = 27;
	space->physmem_bits = physmem_bits(facts, five);
	return OK;
}

const struct arch arch_x86_64 = {
	.name = "x86_64",
	.elf_machine = EM_X86_64,
	.word_bytes = 8,
	.align_64 = 8,
	.page_shift = 12,
	.setup = setup,
};
