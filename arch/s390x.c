// SPDX-License-Identifier: GPL-2.0-only
/* s390x.c - region, segment and page tables of 2048 and 256 entries; pages of 1 MiB and 2 GiB.
 * Every kernel address is looked up in the kernel's own tables. Where they begin is a physical
 * address in kernels before 6.10, which run where they are loaded; then the image got an address of
 * its own (c98d2ecae08f). */
#include <elf.h>

#include "arch/machines.h"
#include "base/bytes.h"

enum {
	PAGE_INVALID = 0x400, PAGE_ZERO = 0x800, /* bit 52 of an entry must be zero */
	TABLE_INVALID = 0x20, TABLE_TYPE_SHIFT = 2, TABLE_TYPE = 3, TABLE_LARGE = 0x400,
	PROTECTED = 0x200,
	SEGMENT_LEVEL = 2, REGION_THIRD_LEVEL = 3,
};

/* A segment table is of type 0, region tables of 1 to 3: the level, less the lowest two. The length
 * of a table is not looked at, as Linux makes only whole ones. */
static enum pte decode(const struct space *space, uint64_t entry, unsigned level, paddr_t *next,
		       unsigned *shift)
{
	(void)space, (void)shift;
	if (level == 1) {
		*next = entry & ~UINT64_C(0xfff);
		return entry & (PAGE_INVALID | PAGE_ZERO) ? PTE_ABSENT : PTE_LEAF;
	}
	if (entry & TABLE_INVALID || (entry >> TABLE_TYPE_SHIFT & TABLE_TYPE) != level - 2)
		return PTE_ABSENT;
	*next = entry & ~UINT64_C(0xfff);
	if (entry & TABLE_LARGE && level <= REGION_THIRD_LEVEL)
		return PTE_LEAF;
	if (level == SEGMENT_LEVEL) /* page tables are half a page */
		*next = entry & ~UINT64_C(0x7ff);
	return PTE_TABLE;
}

static const struct paging tables[] = {
	{ 2, { 12, 8, 11 },             8, decode },
	{ 3, { 12, 8, 11, 11 },         8, decode },
	{ 4, { 12, 8, 11, 11, 11 },     8, decode },
	{ 5, { 12, 8, 11, 11, 11, 11 }, 8, decode },
};

/* Every entry of the top table tells its type, even an invalid one. */
static err_t find_shape(struct space *space, const struct source *source)
{
	struct reader *reader = NULL;
	uint8_t entry[8];

	TRY(reader_create(source, &reader));
	err_t result = reader_read(reader, space->root, entry, sizeof(entry));
	reader_destroy(reader);
	if (result == ERR_HOLE)
		return fail(ERR_CORRUPT, "swapper_pg_dir at physical %#" PRIx64
			    ": not in the dump", space->root);
	TRY(within(result, "swapper_pg_dir at physical %#" PRIx64, space->root));
	space->write_bits = PROTECTED;
	space->paging = &tables[get_64(space->target.big_endian, entry) >> TABLE_TYPE_SHIFT &
				TABLE_TYPE];
	return OK;
}

/* MAX_PHYSMEM_BITS was 42, and is 46 since 3.3; exported since 5.9. */
static void choose_sections(struct space *space, const struct facts *facts)
{
	static const struct section_sizes sizes[] = { { 28, 46 }, { 28, 42 } };

	space_choose_sections(space, facts, sizes, sizeof(sizes) / sizeof(sizes[0]));
}

static err_t setup(struct space *space, const struct facts *facts, const struct source *source)
{
	vaddr_t root = 0;

	if (source->class_bytes == 4)
		return fail(ERR_UNSUPPORTED, "the dump is of a machine of 31 bits (s390)");
	TRY(fact_need(facts, SYMBOL_SWAPPER_PG_DIR, &root));
	space->root = root;
	if (fact_known(facts, HEX_KERNELOFFPHYS))
		space->root = root - fact_or(facts, HEX_KERNELOFFSET, 0) +
			      facts->value[HEX_KERNELOFFPHYS];
	TRY(find_shape(space, source));
	choose_sections(space, facts);
	return OK;
}

const struct arch arch_s390x = {
	.name = "s390x",
	.elf_machine = EM_S390,
	.word_bytes = 8,
	.align_64 = 8,
	.page_shift = 12,
	.setup = setup,
};
