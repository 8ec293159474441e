// SPDX-License-Identifier: GPL-2.0-only
/* x86_64.c - 4 or 5 levels, 2 MiB and 1 GiB pages, a kernel image that KASLR moved.
 * Every kernel address is looked up in the kernel's own tables; only their root is computed. */
#include <elf.h>

#include "arch/machines.h"
#include "base/bytes.h"

static const vaddr_t kernel_map = 0xffffffff80000000; /* __START_KERNEL_map, never changed */
static const uint64_t entry_address = 0x000ffffffffff000;

enum { ENTRY_PRESENT = 1, ENTRY_WRITABLE = 2, ENTRY_HUGE = 1 << 7, HUGE_LEVEL_MOST = 3 };

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
	space->write_bits = space->write_value = ENTRY_WRITABLE;
	space->root = (root - kernel_map + space->phys_base) & space->address_mask;
	space->kernel_start = five ? 0xff00000000000000 : 0xffff800000000000;
	space->section_bits = 27;
	space->physmem_bits = physmem_bits(facts, five);
	return OK;
}

/* QEMU's note about a CPU, version 1 (struct QEMUCPUState of its target/i386/arch_dump.c, since
 * 1.2): a 32-bit version and size, 18 registers, ten segments {selector, limit, flags, pad, base},
 * of which the last is the IDT's, and cr0 to cr4. */
enum {
	QEMU_NOTE = 0, QEMU_VERSION = 1, QEMU_IDT_BASE = 384, QEMU_CR = 392, QEMU_LEAST = 432,
	CR_BYTES = 8,
};

/* With page table isolation (4.15, and its backports) a process has a table of its own behind the
 * kernel's, which is at a multiple of two pages. */
static bool cpu_state(const struct note *note, struct cpu_state *ret)
{
	static const uint64_t paging_on = UINT64_C(1) << 31, la57 = 1 << 12, page = 4096;

	if (!note_is(note, "QEMU", QEMU_NOTE) || note->desc_bytes < QEMU_LEAST ||
	    get_32(false, note->desc) != QEMU_VERSION)
		return false;
	const uint8_t *cr = note->desc + QEMU_CR;
	uint64_t cr0 = get_64(false, cr), cr3 = get_64(false, cr + 3 * CR_BYTES) & entry_address;
	uint64_t cr4 = get_64(false, cr + 4 * CR_BYTES);
	*ret = (struct cpu_state){ .paging = cr4 & la57 ? &five_levels : &four_levels,
				   .root = { cr3, cr3 & ~page },
				   .vectors = get_64(false, note->desc + QEMU_IDT_BASE) };
	return cr0 & paging_on && cr3;
}

/* A gate of the IDT has its handler in three parts. */
static vaddr_t handler(const uint8_t gate[VECTOR_BYTES])
{
	vaddr_t at = get_16(false, gate) | (vaddr_t)get_16(false, gate + 6) << 16 |
		     (vaddr_t)get_32(false, gate + 8) << 32;

	return at >= kernel_map ? at : 0;
}

static bool place(struct facts *facts, vaddr_t at, paddr_t physical, const struct cpu_state *cpu,
		  const char *source)
{
	bool told = fact_known(facts, NUMBER_PHYS_BASE);

	if (cpu && !fact_known(facts, NUMBER_PGTABLE_L5_ENABLED))
		fact_set(facts, NUMBER_PGTABLE_L5_ENABLED, cpu->paging == &five_levels, source);
	if (!told)
		fact_set(facts, NUMBER_PHYS_BASE, physical - (at - kernel_map), source);
	return !told;
}

/* Five levels, where it is not told how many: since 4.18 it is. */
static bool guess(struct facts *facts)
{
	if (fact_known(facts, NUMBER_PGTABLE_L5_ENABLED))
		return false;
	fact_set(facts, NUMBER_PGTABLE_L5_ENABLED, 1, "a guess that proved right");
	return true;
}

const struct arch arch_x86_64 = {
	.name = "x86_64",
	.elf_machine = EM_X86_64,
	.word_bytes = 8,
	.align_64 = 8,
	.page_shift = 12,
	.setup = setup,
	.cpu_state = cpu_state,
	.handler = handler,
	.place = place,
	.guess = guess,
	.image_align = 2 << 20,
	.image_most = 1 << 30, /* KERNEL_IMAGE_SIZE with KASLR */
};
