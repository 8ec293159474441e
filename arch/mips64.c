// SPDX-License-Identifier: GPL-2.0-only
/* mips64.c - pages of 4, 16 and 64 KiB, tables of 2 to 4 levels, either byte order.
 * The image and all memory lie in windows of constant shifts; tables are only for vmalloc and what
 * uses it. Their depth, and how many bits stand below the page frame number, depend on the
 * kernel's configuration and on what its processor can do, and show in the tables alone. */
#include <elf.h>

#include "arch/direct.h"
#include "arch/machines.h"
#include "base/bytes.h"

static const vaddr_t xkphys = 0x8000000000000000, xkphys_last = 0xbfffffffffffffff;
static const uint64_t xkphys_mask = (UINT64_C(1) << 59) - 1; /* above it: how it is cached */
static const vaddr_t xkseg = 0xc000000000000000, xkseg_last = 0xffffffff7fffffff;
static const vaddr_t ckseg0 = 0xffffffff80000000, ckseg1 = 0xffffffffa0000000;
static const uint64_t ckseg_mask = 0x1fffffff;

enum { ENTRY_PRESENT = 1 };

/* A table's address in an entry: huge pages, and nothing, have no such bits. */
static bool table_address(uint64_t entry, paddr_t *ret)
{
	if (entry >= ckseg0)
		*ret = entry & ckseg_mask;
	else if (entry >= xkphys && entry <= xkphys_last)
		*ret = entry & xkphys_mask;
	else
		return false;
	return true;
}

static enum pte decode(const struct space *space, uint64_t entry, unsigned level, paddr_t *next,
		       unsigned *shift)
{
	(void)shift;
	if (level > 1 && table_address(entry, next))
		return PTE_TABLE;
	/* The uppermost bits may say that the page cannot be read or executed. */
	*next = (entry & ((UINT64_C(1) << 62) - 1)) >> space->entry_shift
		<< space->target.page_shift;
	return entry & ENTRY_PRESENT ? PTE_LEAF : PTE_ABSENT;
}

static const struct paging shapes[] = {
	{ 3, { 12, 9, 9, 10 },    8, decode },
	{ 4, { 12, 9, 9, 9, 9 },  8, decode },
	{ 3, { 14, 11, 11, 12 },  8, decode },
	{ 2, { 16, 13, 13 },      8, decode },
	{ 3, { 16, 13, 13, 13 },  8, decode },
};

static err_t find_shape(struct space *space, const struct source *source)
{
	unsigned bits = 0;

	TRY(direct_find_paging(space, source, table_address, shapes,
			       sizeof(shapes) / sizeof(shapes[0])));
	for (unsigned i = 0; i <= space->paging->levels; i++)
		bits += space->paging->bits[i];
	space->tables_first = xkseg;
	space->tables_last = min_u64(xkseg + (UINT64_C(1) << bits) - 1, xkseg_last);
	return OK;
}

/* --- the place of the page frame number --- */

/* A page of the kernel's data is present, written, accessed and modified: bits 0 to 3; where the
 * processor cannot forbid to read, bit 1 is for that and those behind are one higher. Then come
 * some that are 0 here, and global, valid, dirty, and three that say how it is cached. 0: it is
 * another kind of page. */
static unsigned number_shift(uint64_t entry, unsigned page_shift)
{
	unsigned software = (entry & 0xf) == 0xf ? 4 : (entry & 0x1f) == 0x1d ? 5 : 0;
	uint64_t rest = entry >> software;

	if (!software || !rest)
		return 0;
	unsigned global = software + (unsigned)__builtin_ctzll(rest);
	if ((entry >> global & 7) != 7 || global > software + 4)
		return 0;
	return global + 6 + page_shift - 12;
}

/* Looks at the entries of a table and those below, until one tells; *left is how many at most. */
static unsigned search(const struct space *space, struct reader *reader, paddr_t table,
		       unsigned level, unsigned *left)
{
	uint64_t entries = UINT64_C(1) << space->paging->bits[level], before = 0, entry;
	uint8_t bytes[8];
	paddr_t next;

	for (uint64_t i = 0; i < entries && *left; i++, before = entry, --*left) {
		if (reader_read(reader, table + i * 8, bytes, sizeof(bytes)) != OK)
			return 0;
		entry = get_64(space->target.big_endian, bytes);
		unsigned found = 0;
		if (level == 1)
			found = number_shift(entry, space->target.page_shift);
		else if (entry != before && table_address(entry, &next))
			found = search(space, reader, next, level - 1, left);
		if (found)
			return found;
	}
	return 0;
}

static err_t find_number(struct space *space, const struct source *source)
{
	struct reader *reader = NULL;
	unsigned left = 1 << 20;

	TRY(reader_create(source, &reader));
	space->entry_shift = search(space, reader, space->root, space->paging->levels, &left);
	reader_destroy(reader);
	if (!space->entry_shift) /* nothing is mapped; as with the usual 12 bits of flags */
		space->entry_shift = space->target.page_shift;
	return OK;
}

static err_t setup(struct space *space, const struct facts *facts, const struct source *source)
{
	/* MAX_PHYSMEM_BITS was 35 before 48 bits of virtual address came (4.11). */
	static const struct section_sizes sizes[] = { { 28, 48 }, { 28, 35 }, { 29, 48 } };
	static const struct region windows[] = {
		{ xkphys, xkphys_last, 0, xkphys_mask },
		{ ckseg0, ckseg0 + ckseg_mask, ckseg0, 0 },
		{ ckseg1, ckseg1 + ckseg_mask, ckseg1, 0 },
	};
	vaddr_t root = 0;

	if (source->class_bytes == 4)
		return fail(ERR_UNSUPPORTED, "the dump is of a machine of 32 bits (mips)");
	TRY(fact_need(facts, SYMBOL_SWAPPER_PG_DIR, &root));
	if (!table_address(root, &space->root))
		return fail(ERR_CORRUPT, "swapper_pg_dir %#" PRIx64 " is in no window of memory",
			    root);
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++)
		space->region[space->regions++] = windows[i];
	space->kernel_start = xkphys;
	space_choose_sections(space, facts, sizes, sizeof(sizes) / sizeof(sizes[0]));
	TRY(find_shape(space, source));
	return find_number(space, source);
}

const struct arch arch_mips64 = {
	.name = "mips64",
	.elf_machine = EM_MIPS,
	.word_bytes = 8,
	.align_64 = 8,
	.page_shift = 12,
	.setup = setup,
};
