// SPDX-License-Identifier: GPL-2.0-only
/* riscv64.c - Sv39, Sv48 and Sv57; pages of every level, and 64 KiB pages of Svnapot.
 * Every kernel address is looked up in the kernel's own tables; only their root is computed. */
#include <elf.h>

#include "arch/machines.h"

enum { ENTRY_VALID = 1, ENTRY_WRITABLE = 4, ENTRY_READ_WRITE_EXEC = 7 << 1, NAPOT_SHIFT = 16 };

static const uint64_t entry_napot = UINT64_C(1) << 63;
static const uint64_t entry_ppn = ((UINT64_C(1) << 44) - 1) << 10;

/* The bits above the page number are N (Svnapot), memory types (Svpbmt) and reserved. */
static enum pte decode(const struct space *space, uint64_t entry, unsigned level, paddr_t *next,
		       unsigned *shift)
{
	(void)space;
	if (!(entry & ENTRY_VALID))
		return PTE_ABSENT;
	*next = (entry & entry_ppn) << 2;
	if (!(entry & ENTRY_READ_WRITE_EXEC))
		return PTE_TABLE;
	if (level == 1 && entry & entry_napot)
		*shift = NAPOT_SHIFT; /* its size stands in the lowest bits of the page number */
	return PTE_LEAF;
}

static const struct shape {
	uint8_t va_bits;
	struct paging paging;
} shapes[] = {
	{ 39, { 3, { 12, 9, 9, 9 },       8, decode } },
	{ 48, { 4, { 12, 9, 9, 9, 9 },    8, decode } },
	{ 57, { 5, { 12, 9, 9, 9, 9, 9 }, 8, decode } },
};

static err_t find_shape(struct space *space, const struct facts *facts)
{
	uint64_t bits = 0;

	TRY(fact_need(facts, NUMBER_VA_BITS, &bits));
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].va_bits == bits)
			space->paging = &shapes[i].paging;
	if (!space->paging)
		return fail(ERR_CORRUPT, "VA_BITS %" PRIu64 " is none of 39, 48, 57", bits);
	space->kernel_start = -(UINT64_C(1) << (bits - 1));
	space->write_bits = space->write_value = ENTRY_WRITABLE;
	return OK;
}

/* Since 5.13 (2bfc6cd81bd1) the image is mapped at an address of its own, apart from the linear
 * map. Its shift is exported since 6.5 (fbe7d19d2b7f); before, the dump's segment for the image
 * tells. */
static err_t find_root(struct space *space, const struct facts *facts,
		       const struct source *source)
{
	vaddr_t root = 0, linear = 0;

	TRY(fact_need(facts, SYMBOL_SWAPPER_PG_DIR, &root));
	if (root >= fact_or(facts, NUMBER_KERNEL_LINK_ADDR, UINT64_MAX)) {
		if (fact_known(facts, NUMBER_VA_KERNEL_PA_OFFSET)) {
			space->root = root - facts->value[NUMBER_VA_KERNEL_PA_OFFSET];
			return OK;
		}
	} else if (fact_known(facts, NUMBER_PHYS_RAM_BASE)) {
		TRY(fact_need(facts, NUMBER_PAGE_OFFSET, &linear));
		space->root = root - linear + space->phys_base;
		return OK;
	}
	for (size_t i = 0; i < source->segments; i++) {
		const struct segment *segment = &source->segment[i];
		if (segment->start == UINT64_MAX || root < segment->virtual ||
		    root - segment->virtual >= segment->memory_bytes)
			continue;
		space->root = segment->start + (root - segment->virtual);
		return OK;
	}
	return fail(ERR_NOFACT, "swapper_pg_dir %#" PRIx64 " cannot be translated: vmcoreinfo "
		    "tells no NUMBER(va_kernel_pa_offset), and no segment is mapped there", root);
}

static err_t setup(struct space *space, const struct facts *facts, const struct source *source)
{
	TRY(find_shape(space, facts));
	space->phys_base = fact_or(facts, NUMBER_PHYS_RAM_BASE,
				   source->stored.known ? source->stored.phys_base : 0);
	TRY(find_root(space, facts, source));
	space->section_bits = 27;
	space->physmem_bits = 56;
	return OK;
}

const struct arch arch_riscv64 = {
	.name = "riscv64",
	.elf_machine = EM_RISCV,
	.word_bytes = 8,
	.align_64 = 8,
	.page_shift = 12,
	.setup = setup,
};
