// SPDX-License-Identifier: GPL-2.0-only
/* arm.c - 32-bit ARM: short descriptors (sections of 1 and 16 MiB, pages of 64 KiB), or with LPAE 3
 * levels of 8-byte ones.
 * Every kernel address is looked up in the kernel's own tables, as the processor does it: beside
 * what it reads, Linux keeps tables of its own, whose place changed in 2.6.38 (d30e45eeabef).
 * Tables that map themselves tell where the linear map begins, and memory with it. */
#include <elf.h>
#include <string.h>

#include "arch/machines.h"
#include "base/bits.h"

enum { TYPE = 3, TYPE_TABLE = 1, TYPE_LARGE = 1, SUPERSECTION = 1 << 18, SUPERSECTION_SHIFT = 24,
       LARGE_SHIFT = 16, ALIGN = 2 << 20, TRIES_MOST = 4096, MODULES_BYTES = 16 << 20 };

static enum pte decode(const struct space *space, uint64_t entry, unsigned level, paddr_t *next,
		       unsigned *shift)
{
	uint64_t type = entry & TYPE;

	(void)space;
	if (!type)
		return PTE_ABSENT;
	*next = entry & 0xfffff000;
	if (level == 1) {
		*shift = type == TYPE_LARGE ? LARGE_SHIFT : *shift;
		return PTE_LEAF;
	}
	if (type == TYPE_TABLE) {
		*next = entry & 0xfffffc00;
		return PTE_TABLE;
	}
	if (entry & SUPERSECTION) { /* bits 35:32 and 39:36 of its address stand apart */
		*shift = SUPERSECTION_SHIFT;
		*next = (entry & 0xff000000) | (entry & 0xf00000) << 12 | (entry & 0x1e0) << 31;
	}
	return PTE_LEAF;
}

/* Valid; at the lowest level a page and nothing else, above it a table or else a block. */
static enum pte decode_lpae(const struct space *space, uint64_t entry, unsigned level,
			    paddr_t *next, unsigned *shift)
{
	(void)space, (void)shift;
	*next = entry & UINT64_C(0xfffffff000);
	if (!(entry & 1))
		return PTE_ABSENT;
	if (level == 1)
		return (entry & TYPE) == TYPE ? PTE_LEAF : PTE_ABSENT;
	return (entry & TYPE) == TYPE ? PTE_TABLE : PTE_LEAF;
}

static const struct paging short_descriptors = { 2, { 12, 8, 12 },   4, decode };
static const struct paging lpae =              { 3, { 12, 9, 9, 2 }, 8, decode_lpae };

/* Is this where the linear map leads to? CONFIG_VMSPLIT_... tells where it begins. */
static bool try(struct space *space, const struct source *source, vaddr_t root, paddr_t physical)
{
	static const vaddr_t page_offsets[] = { 0xc0000000, 0xb0000000, 0x80000000, 0x40000000 };

	for (size_t i = 0; i < sizeof(page_offsets) / sizeof(page_offsets[0]); i++) {
		if (root < page_offsets[i] || physical % ALIGN)
			continue;
		space->root = root - page_offsets[i] + physical;
		space->kernel_start = page_offsets[i] - MODULES_BYTES;
		space->phys_base = physical;
		if (space_leads_home(space, source, root))
			return true;
	}
	return false;
}

/* Where the memory of a dump file begins, which has no segments: one that cannot tell phys_base. */
static paddr_t first_page(const struct source *source, unsigned page_shift)
{
	enum { WORDS = 128, PFNS = WORDS * 64 };
	uint64_t words[WORDS];
	pfn_t end = source->end >> page_shift;

	for (pfn_t first = 0; first < end; first += PFNS) {
		memset(words, 0, sizeof(words));
		source->format->pages(source, first, min_u64(first + PFNS, end), true, words);
		uint64_t at = bits_next(words, 0, PFNS, true);
		if (at < PFNS)
			return (first + at) << page_shift;
	}
	return 0;
}

/* Mostly where memory begins; else, the kernel being loaded higher up, at a multiple of 2 MiB. */
static bool find_linear_map(struct space *space, const struct source *source, vaddr_t root)
{
	unsigned tries = 0;

	if (source->stored.known && try(space, source, root, source->stored.phys_base))
		return true;
	if (source->stored.known)
		return try(space, source, root, first_page(source, space->target.page_shift) &
						~(uint64_t)(ALIGN - 1));
	for (size_t i = 0; i < source->segments; i++)
		if (source->segment[i].start < UINT64_MAX &&
		    try(space, source, root, source->segment[i].start))
			return true;
	for (size_t i = 0; i < source->segments; i++) {
		const struct segment *segment = &source->segment[i];
		paddr_t from = round_up(segment->start, ALIGN);
		for (uint64_t at = from - segment->start; segment->start < UINT64_MAX &&
		     at < segment->file_bytes && tries < TRIES_MOST; at += ALIGN, tries++)
			if (try(space, source, root, segment->start + at))
				return true;
	}
	return false;
}

/* vmcoreinfo tells of LPAE, a vmlinux does not. Page frames are counted from where the linear map
 * begins: in mem_map by the kernel, and in dump files by all that read and write them. */
static err_t setup(struct space *space, const struct facts *facts, const struct source *source)
{
	static const struct section_sizes sizes[] = { { 28, 32 }, { 28, 36 } };
	bool long_ones = fact_known(facts, FLAG_ARM_LPAE);
	vaddr_t root = 0;

	TRY(fact_need(facts, SYMBOL_SWAPPER_PG_DIR, &root));
	space->tables_last = UINT32_MAX;
	space->paging = long_ones ? &lpae : &short_descriptors;
	bool found = find_linear_map(space, source, root);
	if (!found && !long_ones) {
		space->paging = &lpae;
		found = find_linear_map(space, source, root);
	}
	if (!found)
		return fail(ERR_CORRUPT, "swapper_pg_dir %#" PRIx64 ": no page tables that map "
			    "themselves are found for it", root);
	space->mem_map_pfn = space->file_pfn = space->phys_base >> space->target.page_shift;
	if (space->phys_base > UINT32_MAX) /* no header has room for it */
		space->phys_base = space->file_pfn = 0;
	space_choose_sections(space, facts, sizes + (space->paging == &lpae), 1);
	return OK;
}

const struct arch arch_arm = {
	.name = "armv7l",
	.elf_machine = EM_ARM,
	.word_bytes = 4,
	.align_64 = 8,
	.page_shift = 12,
	.setup = setup,
};
