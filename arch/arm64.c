// SPDX-License-Identifier: GPL-2.0-only
/* arm64.c - three page sizes, 36 to 52 bits of virtual address, 2 to 5 levels, 52 bits of physical
 * address in two ways. Every kernel address is looked up in the kernel's own tables; only their
 * root is computed, from the shift between the kernel image and where it was loaded. */
#include <elf.h>

#include "arch/machines.h"

enum { ENTRY_VALID = 1, ENTRY_TYPE = 3, ENTRY_BLOCK = 1, ENTRY_READ_ONLY = 1 << 7,
       VA_BITS_LEAST = 36, VA_BITS_MOST = 52, LAYOUT_BITS_MOST = 48, TOP_BYTE = 56 };

/* Bits first..last of an entry. */
static uint64_t bits_of(uint64_t entry, unsigned first, unsigned last)
{
	return entry & ((UINT64_C(2) << last) - (UINT64_C(1) << first));
}

/* An entry is a table (or at the lowest level a page), or a block up to some level. */
static enum pte kind_of(uint64_t entry, unsigned level, unsigned block_level_most)
{
	if (!(entry & ENTRY_VALID))
		return PTE_ABSENT;
	if (level == 1)
		return PTE_LEAF;
	if ((entry & ENTRY_TYPE) != ENTRY_BLOCK)
		return PTE_TABLE;
	return level <= block_level_most ? PTE_LEAF : PTE_ABSENT;
}

/* 2 MiB and 1 GiB blocks. */
static enum pte decode_4k(const struct space *space, uint64_t entry, unsigned level, paddr_t *next,
			  unsigned *shift)
{
	(void)space, (void)shift;
	*next = bits_of(entry, 12, 47);
	return kind_of(entry, level, 3);
}

/* 32 MiB blocks. */
static enum pte decode_16k(const struct space *space, uint64_t entry, unsigned level,
			   paddr_t *next, unsigned *shift)
{
	(void)space, (void)shift;
	*next = bits_of(entry, 14, 47);
	return kind_of(entry, level, 2);
}

/* 512 MiB blocks, and 4 TiB where physical addresses have 52 bits: the upper four then stand in
 * bits 15:12, which are zero otherwise (FEAT_LPA, Linux 4.16). */
static enum pte decode_64k(const struct space *space, uint64_t entry, unsigned level,
			   paddr_t *next, unsigned *shift)
{
	(void)space, (void)shift;
	*next = bits_of(entry, 16, 47) | bits_of(entry, 12, 15) << 36;
	return kind_of(entry, level, 3);
}

/* FEAT_LPA2 (Linux 6.9): bits 51:50 of the physical address stand in bits 9:8, which tell how
 * memory is shared where it is off. It is on exactly when 4K or 16K pages have addresses of 52
 * bits. Blocks may be one level higher: 512 GiB, 64 GiB. */
static enum pte decode_lpa2(const struct space *space, uint64_t entry, unsigned level,
			    paddr_t *next, unsigned *shift)
{
	unsigned page = space->target.page_shift;

	(void)shift;
	*next = bits_of(entry, page, 49) | bits_of(entry, 8, 9) << 42;
	return kind_of(entry, level, page == 12 ? 4 : 3);
}

static const struct shape {
	uint8_t page_shift, va_bits;
	struct paging paging;
} shapes[] = {
	{ 12, 39, { 3, { 12, 9, 9, 9 },       8, decode_4k } },
	{ 12, 48, { 4, { 12, 9, 9, 9, 9 },    8, decode_4k } },
	{ 12, 52, { 5, { 12, 9, 9, 9, 9, 4 }, 8, decode_lpa2 } },
	{ 14, 36, { 2, { 14, 11, 11 },        8, decode_16k } },
	{ 14, 47, { 3, { 14, 11, 11, 11 },    8, decode_16k } },
	{ 14, 48, { 4, { 14, 11, 11, 11, 1 }, 8, decode_16k } },
	{ 14, 52, { 4, { 14, 11, 11, 11, 5 }, 8, decode_lpa2 } },
	{ 16, 42, { 2, { 16, 13, 13 },        8, decode_64k } },
	{ 16, 48, { 3, { 16, 13, 13, 6 },     8, decode_64k } },
	{ 16, 52, { 3, { 16, 13, 13, 10 },    8, decode_64k } },
};

/* How many bits kernel addresses have, and could have as the kernel was built. */
struct va_bits {
	unsigned actual, built;
};

/* The register tells what the kernel made of the processor it met, since 5.9 (bbdbc11804ff).
 * Before, mem_section lies in the linear map, of whose addresses the topmost bit is 0 since 5.4. */
static unsigned actual_bits(const struct facts *facts, unsigned built)
{
	uint64_t size = fact_or(facts, NUMBER_TCR_EL1_T1SZ, UINT64_MAX);

	if (size <= 64 - VA_BITS_LEAST)
		return (unsigned)(64 - size);
	if (built == VA_BITS_MOST && fact_known(facts, LENGTH_MEM_SECTION) &&
	    fact_or(facts, SYMBOL_MEM_SECTION, 0) >> (VA_BITS_MOST - 1) & 1)
		return LAYOUT_BITS_MOST;
	return built;
}

static err_t find_shape(struct space *space, const struct facts *facts, struct va_bits *ret)
{
	unsigned page = space->target.page_shift;
	uint64_t built = 0;

	TRY(fact_need(facts, NUMBER_VA_BITS, &built));
	space->write_bits = ENTRY_READ_ONLY;
	if (built < VA_BITS_LEAST || built > VA_BITS_MOST)
		return fail(ERR_CORRUPT, "VA_BITS %" PRIu64 " is not between %d and %d", built,
			    VA_BITS_LEAST, VA_BITS_MOST);
	ret->built = (unsigned)built;
	ret->actual = actual_bits(facts, ret->built);
	/* With 64K pages the processor gets the end of a root table as large as it was built. */
	unsigned walked = page == 16 && ret->actual <= ret->built ? ret->built : ret->actual;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].page_shift == page && shapes[i].va_bits == walked)
			space->paging = &shapes[i].paging;
	if (!space->paging)
		return fail(ERR_UNSUPPORTED, "there are no page tables for pages of %" PRIu64
			    " bytes and addresses of %u bits", page_bytes(&space->target), walked);
	return OK;
}

/* Since 5.4 (14c127c957c1) the linear map is the lower half of the kernel's addresses, and the
 * image lies in the upper one; before, it was the other way round. */
static bool is_flipped(const struct facts *facts, const struct va_bits *bits)
{
	unsigned layout = bits->built < LAYOUT_BITS_MOST ? bits->built : LAYOUT_BITS_MOST;

	if (fact_known(facts, SYMBOL_STEXT))
		return facts->value[SYMBOL_STEXT] > -(UINT64_C(1) << (layout - 1));
	return facts_version(facts) >= KERNEL_VERSION(5, 4, 0);
}

/* The physical address of the linear map's start, told since 4.12 or by a segment. */
static bool find_phys_offset(const struct facts *facts, const struct source *source,
			     vaddr_t page_offset, uint64_t *ret)
{
	if (fact_known(facts, NUMBER_PHYS_OFFSET)) {
		*ret = facts->value[NUMBER_PHYS_OFFSET];
		return true;
	}
	if (source->stored.known) {
		*ret = source->stored.phys_base;
		return true;
	}
	for (size_t i = 0; i < source->segments; i++) {
		const struct segment *segment = &source->segment[i];
		if (segment->virtual < page_offset || segment->start == UINT64_MAX)
			continue;
		*ret = segment->start - (segment->virtual - page_offset);
		return true;
	}
	return false;
}

/* Kernels that tell no kimage_voffset have their image in the linear map (before 4.6). */
static err_t find_root(struct space *space, const struct facts *facts, vaddr_t page_offset,
		       bool linear_known)
{
	vaddr_t root = 0;

	TRY(fact_need(facts, SYMBOL_SWAPPER_PG_DIR, &root));
	if (fact_known(facts, NUMBER_KIMAGE_VOFFSET))
		space->root = root - facts->value[NUMBER_KIMAGE_VOFFSET];
	else if (linear_known)
		space->root = root - page_offset + space->phys_base;
	else
		return fail(ERR_NOFACT, "Cannot determine phys_base: vmcoreinfo tells neither "
			    "NUMBER(kimage_voffset) nor NUMBER(PHYS_OFFSET), and no segment has a "
			    "kernel address");
	return OK;
}

/* SECTION_SIZE_BITS was 30 until 5.12 (f0b13ee23241); MAX_PHYSMEM_BITS is 52 in some kernels. */
static void choose_sections(struct space *space, const struct facts *facts,
			    const struct va_bits *bits)
{
	bool late = facts_version(facts) >= KERNEL_VERSION(5, 12, 0);
	uint8_t small = space->target.page_shift == 16 ? 29 : 27;
	uint8_t section = late ? small : 30, other_section = late ? 30 : small;
	uint8_t physmem = bits->built == 52 ? 52 : 48, other_physmem = physmem == 52 ? 48 : 52;
	const struct section_sizes sizes[] = {
		{ section, physmem }, { section, other_physmem },
		{ other_section, physmem }, { other_section, other_physmem },
	};

	space_choose_sections(space, facts, sizes, sizeof(sizes) / sizeof(sizes[0]));
}

static err_t setup(struct space *space, const struct facts *facts, const struct source *source)
{
	struct va_bits bits = { 0 };

	TRY(find_shape(space, facts, &bits));
	bool flipped = is_flipped(facts, &bits);
	vaddr_t page_offset = -(UINT64_C(1) << (flipped ? bits.actual : bits.actual - 1));
	bool linear_known = find_phys_offset(facts, source, page_offset, &space->phys_base);
	TRY(find_root(space, facts, page_offset, linear_known));
	space->kernel_start = flipped ? page_offset : -(UINT64_C(1) << bits.built);
	/* Tags of KASAN and MTE are in the top byte, signatures anywhere above the address. */
	space->tag_mask = UINT64_C(0xff) << TOP_BYTE | fact_or(facts, NUMBER_KERNELPACMASK, 0);
	space->tag_mask &= -(UINT64_C(1) << bits.actual) & ~(UINT64_C(1) << 55);
	choose_sections(space, facts, &bits);
	return OK;
}

const struct arch arch_arm64 = {
	.name = "aarch64",
	.elf_machine = EM_AARCH64,
	.word_bytes = 8,
	.align_64 = 8,
	.page_shift = 12,
	.setup = setup,
};
