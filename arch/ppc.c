// SPDX-License-Identifier: GPL-2.0-only
/* ppc.c - 32-bit PowerPC. The linear map is a constant shift: block address translation and pinned
 * TLB entries need no tables. The rest, vmalloc above all, is in Linux's own tables of 2 levels,
 * whose lower entries have 4 bytes, or 8 where physical addresses have more than 32 bits. */
#include <elf.h>

#include "arch/machines.h"
#include "base/bytes.h"

enum { ENTRY_PRESENT = 1, LOWMEM_MOST = 0x30000000, /* CONFIG_LOWMEM_SIZE */
       NUMBER_SHIFT_BOOK3E = 24, ROOT_BYTES = 2048 * 4 };

/* The tables' addresses are physical, on processors that fill their TLB by software virtual. */
static enum pte decode(const struct space *space, uint64_t entry, unsigned level, paddr_t *next,
		       unsigned *shift)
{
	(void)shift;
	if (level == 1) {
		*next = entry >> space->entry_shift << space->target.page_shift;
		return entry & ENTRY_PRESENT ? PTE_LEAF : PTE_ABSENT;
	}
	*next = entry & 0xfffff000;
	if (*next >= space->kernel_start)
		*next -= space->region[0].shift;
	return entry ? PTE_TABLE : PTE_ABSENT;
}

static const struct shape {
	uint8_t page_shift, entry_bytes;
	struct paging paging;
} shapes[] = {
	{ 12, 4, { 2, { 12, 10, 10 }, 4, decode } },
	{ 12, 8, { 2, { 12, 9, 11 },  8, decode, 4 } },
	{ 14, 8, { 2, { 14, 11, 7 },  8, decode, 4 } },
	{ 16, 8, { 2, { 16, 13, 3 },  8, decode, 4 } },
};

static bool any(const uint8_t *bytes, size_t from, size_t end)
{
	return !all_zero(bytes + from, end - from);
}

/* Entries of the upper half of the root tell how large it is: of 4 KiB, where that is also the size
 * of a page and lower entries have 4 bytes, the last quarter is the kernel's; of 8 KiB that quarter
 * is for processes, and empty. */
static err_t find_shape(struct space *space, const struct source *source)
{
	struct reader *reader = NULL;
	uint8_t root[ROOT_BYTES];
	size_t kernel = (size_t)(space->kernel_start >> 20);

	TRY(reader_create(source, &reader));
	err_t result = reader_read(reader, space->root, root, ROOT_BYTES);
	reader_destroy(reader);
	if (result == ERR_HOLE)
		return fail(ERR_CORRUPT, "swapper_pg_dir at physical %#" PRIx64
			    ": not in the dump", space->root);
	TRY(within(result, "swapper_pg_dir at physical %#" PRIx64, space->root));
	bool wide = space->target.page_shift > 12 || !any(root, kernel, ROOT_BYTES / 2);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].page_shift == space->target.page_shift &&
		    shapes[i].entry_bytes == (wide ? 8 : 4))
			space->paging = &shapes[i].paging;
	return space->paging ? OK : fail(ERR_UNSUPPORTED, "there are no page tables for pages of %"
					 PRIu64 " bytes", page_bytes(&space->target));
}

/* In entries of 8 bytes the page frame number begins at the size of a page, or (Book3E) at bit 24;
 * there the other way makes of every address one far beyond the memory. */
static void find_number(struct space *space, const struct source *source, vaddr_t vmalloc)
{
	struct reader *reader = NULL;
	paddr_t found;
	uint64_t run;

	space->entry_shift = space->target.page_shift;
	if (space->paging->entry_bytes == 4 || reader_create(source, &reader) != OK)
		return;
	for (uint64_t at = vmalloc; at <= UINT32_MAX; at += page_bytes(&space->target)) {
		if (space_translate(space, reader, at, &found, &run) != OK)
			continue;
		if (found >= source->end)
			space->entry_shift = NUMBER_SHIFT_BOOK3E;
		break;
	}
	reader_destroy(reader);
}

static err_t setup(struct space *space, const struct facts *facts, const struct source *source)
{
	static const struct section_sizes sizes[] = { { 24, 44 } };
	vaddr_t root = 0, vmalloc = 0;
	paddr_t physical;
	uint64_t run;

	TRY(fact_need(facts, SYMBOL_SWAPPER_PG_DIR, &root));
	space->kernel_start = root & 0xf0000000; /* PAGE_OFFSET */
	uint64_t shift = space->kernel_start;
	if (segments_find(source, root, &physical, &run))
		shift = root - physical;
	space->root = root - shift;
	space->region[0] = (struct region){ space->kernel_start,
					    space->kernel_start + LOWMEM_MOST - 1, shift, 0 };
	space->regions = 1;
	if (space_vmalloc_start(space, facts, source, &vmalloc) == OK &&
	    vmalloc > space->kernel_start && vmalloc <= UINT32_MAX)
		space->region[0].last = vmalloc - 1;
	space->tables_last = UINT32_MAX;
	space_choose_sections(space, facts, sizes, 1);
	TRY(find_shape(space, source));
	find_number(space, source, space->region[0].last + 1);
	return OK;
}

const struct arch arch_ppc = {
	.name = "ppc",
	.elf_machine = EM_PPC,
	.word_bytes = 4,
	.align_64 = 8,
	.page_shift = 12,
	.setup = setup,
};
