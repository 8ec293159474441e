// SPDX-License-Identifier: GPL-2.0-only
/* ppc64.c - hash and radix MMU, either byte order, pages of 4 and 64 KiB.
 * The linear map is a constant shift: with a hash MMU it is in no table. Nor is the page array of
 * such a kernel, of which it keeps a list (struct vmemmap_backing). The rest is in Linux's own
 * tables, whose shape and entries changed again and again. */
#include <elf.h>

#include "arch/machines.h"
#include "base/bytes.h"

/* The linear map has 51 bits; vmalloc is above, or at 0xd000000000000000, vmemmap at 0xf... */
static const vaddr_t linear = 0xc000000000000000, linear_last = 0xc007ffffffffffff;

enum { BACKING_MOST = 1 << 22 }; /* entries of the list; beyond, it runs in a circle */

static const uint64_t entry_present = UINT64_C(1) << 63, entry_leaf = UINT64_C(1) << 62;

/* Since 4.6: entries of tables have physical addresses, leaves of any level bit 62. */
static enum pte decode(const struct space *space, uint64_t entry, unsigned level, paddr_t *next,
		       unsigned *shift)
{
	(void)shift;
	if (!entry)
		return PTE_ABSENT;
	if (level > 1 && !(entry & entry_leaf)) {
		*next = entry & UINT64_C(0x0fffffffffffff00);
		return PTE_TABLE;
	}
	*next = entry & ((UINT64_C(1) << 53) - page_bytes(&space->target));
	return entry & entry_present ? PTE_LEAF : PTE_ABSENT;
}

/* Before, virtual ones, which are in the linear map; the page frame number begins at some bit, and
 * the page is there when its lowest bit is set, in 4.5 the next one. */
static enum pte decode_shifted(const struct space *space, uint64_t entry, unsigned level,
			       paddr_t *next, uint64_t present)
{
	if (level > 1) {
		bool large = space->target.page_shift == 16;
		*next = entry & UINT64_C(0x0fffffffffffffff) & ~UINT64_C(0xff) &
			~(large ? UINT64_C(0xfff) : 0);
		return entry ? PTE_TABLE : PTE_ABSENT;
	}
	*next = entry >> space->entry_shift << space->target.page_shift;
	return entry & present ? PTE_LEAF : PTE_ABSENT;
}

static enum pte decode_old(const struct space *space, uint64_t entry, unsigned level,
			   paddr_t *next, unsigned *shift)
{
	(void)shift;
	return decode_shifted(space, entry, level, next, 1);
}

static enum pte decode_4_5(const struct space *space, uint64_t entry, unsigned level,
			   paddr_t *next, unsigned *shift)
{
	(void)shift;
	return decode_shifted(space, entry, level, next, 2);
}

/* Newest first: the first that a kernel is not too old for is its own. */
static const struct shape {
	bool radix;
	uint8_t page_shift;
	uint32_t since;
	struct paging paging;
} shapes[] = {
	{ true,  16, 0,                        { 4, { 16, 5, 9, 9, 13 },  8, decode } },
	{ true,  12, 0,                        { 4, { 12, 9, 9, 9, 13 },  8, decode } },
	{ false, 16, KERNEL_VERSION(4, 17, 0), { 4, { 16, 8, 10, 10, 8 }, 8, decode } },
	{ false, 16, KERNEL_VERSION(4, 12, 0), { 4, { 16, 8, 10, 7, 8 },  8, decode } },
	{ false, 16, KERNEL_VERSION(4, 6, 0),  { 4, { 16, 8, 5, 5, 12 },  8, decode } },
	{ false, 16, KERNEL_VERSION(4, 5, 0),  { 3, { 16, 8, 10, 12 },    8, decode_4_5 } },
	{ false, 16, KERNEL_VERSION(3, 10, 0), { 3, { 16, 8, 10, 12 },    8, decode_old } },
	{ false, 16, 0,                        { 3, { 16, 12, 12, 4 },    8, decode_old } },
	{ false, 12, KERNEL_VERSION(4, 6, 0),  { 4, { 12, 9, 7, 9, 9 },   8, decode } },
	{ false, 12, KERNEL_VERSION(4, 5, 0),  { 4, { 12, 9, 7, 9, 9 },   8, decode_4_5 } },
	{ false, 12, KERNEL_VERSION(3, 7, 0),  { 4, { 12, 9, 7, 9, 9 },   8, decode_old } },
	{ false, 12, 0,                        { 4, { 12, 9, 7, 7, 9 },   8, decode_old } },
};

static const struct paging *find_shape(const struct space *space, const struct facts *facts,
				       bool radix)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].radix == radix &&
		    shapes[i].page_shift == space->target.page_shift &&
		    facts_version(facts) >= shapes[i].since)
			return &shapes[i].paging;
	return NULL;
}

/* Since 2.6.22 an entry of a page of 64 KiB can tell one of 4 KiB in it, and keeps two more bits
 * for that; a distribution may have it earlier, with the function that demotes a segment. */
static unsigned pfn_shift(const struct space *space, const struct facts *facts)
{
	if (space->target.page_shift == 16)
		return facts_version(facts) >= KERNEL_VERSION(2, 6, 22) ||
		       fact_known(facts, SYMBOL_DEMOTE_SEGMENT_4K) ? 30 : 32;
	return facts_version(facts) >= KERNEL_VERSION(4, 5, 0) ? 18 : 17;
}

/* Is the MMU a radix one (4.7 on)? Told since 6.8 (36e826b568e4); before, such a kernel's linear
 * map shows in its tables, and a hash kernel's does not. The space has no regions yet. */
static bool is_radix(struct space *space, const struct facts *facts, const struct source *source,
		     vaddr_t root)
{
	if (fact_known(facts, NUMBER_RADIX_MMU))
		return facts->value[NUMBER_RADIX_MMU] != 0;
	space->paging = find_shape(space, facts, true);
	return space->paging && facts_version(facts) >= KERNEL_VERSION(4, 7, 0) &&
	       space_leads_home(space, source, root);
}

/* An integer of 4 or 8 bytes at an address of the linear map. */
static err_t read_linear(const struct space *space, struct reader *reader, vaddr_t at,
			 unsigned size, uint64_t *ret)
{
	bool big = space->target.big_endian;
	uint8_t bytes[8];

	if (at < linear || at > linear_last)
		return fail(ERR_CORRUPT, "%#" PRIx64 " is no address of the linear map", at);
	err_t result = reader_read(reader, at - linear, bytes, size);
	if (result == ERR_HOLE)
		return fail(ERR_CORRUPT, "%#" PRIx64 " is not in the dump", at);
	TRY(result);
	*ret = size == 8 ? get_64(big, bytes) : get_32(big, bytes);
	return OK;
}

/* What an entry of the list maps: mmu_psize_defs[mmu_vmemmap_psize].shift, both of them ints. */
static err_t find_backing_bytes(const struct space *space, const struct facts *facts,
				struct reader *reader, uint64_t *ret)
{
	uint64_t index_at = 0, defs = 0, size = 0, shift_at = 0, index = 0, shift = 0;

	TRY(fact_need(facts, SYMBOL_MMU_VMEMMAP_PSIZE, &index_at));
	TRY(fact_need(facts, SYMBOL_MMU_PSIZE_DEFS, &defs));
	TRY(fact_need(facts, SIZE_MMU_PSIZE_DEF, &size));
	TRY(fact_need(facts, OFFSET_MMU_PSIZE_DEF_SHIFT, &shift_at));
	TRY(read_linear(space, reader, index_at, 4, &index));
	TRY(read_linear(space, reader, defs + index * size + shift_at, 4, &shift));
	if (shift < 12 || shift > 34) /* 4 KiB to 16 GiB */
		return fail(ERR_CORRUPT, "mmu_psize_defs[%" PRIu64 "].shift is %" PRIu64, index,
			    shift);
	*ret = UINT64_C(1) << shift;
	return OK;
}

/* The addresses from the lowest entry's to the end of the highest one's are the list's. */
static err_t find_range(const struct space *space, struct reader *reader, struct backing *list)
{
	uint64_t entries = 0, at = 0;

	list->first = UINT64_MAX;
	for (vaddr_t entry = list->head; entry; entries++) {
		if (entries && entry == list->head)
			break;
		if (entries == BACKING_MOST)
			return fail(ERR_CORRUPT, "it has more than %d entries", BACKING_MOST);
		TRY(read_linear(space, reader, entry + list->virtual_at, 8, &at));
		TRY(read_linear(space, reader, entry + list->next_at, 8, &entry));
		list->first = min_u64(list->first, at);
		list->last = max_u64(list->last, at + list->bytes - 1);
	}
	return OK;
}

/* The list is empty where the page array is in the tables, as with a radix MMU since 6.6. */
static err_t find_backing(struct space *space, const struct facts *facts, struct reader *reader)
{
	struct backing list = { 0 };

	if (!fact_known(facts, SYMBOL_VMEMMAP_LIST))
		return OK;
	TRY(read_linear(space, reader, facts->value[SYMBOL_VMEMMAP_LIST], 8, &list.head));
	if (!list.head)
		return OK;
	TRY(fact_need(facts, OFFSET_VMEMMAP_BACKING_LIST, &list.next_at));
	TRY(fact_need(facts, OFFSET_VMEMMAP_BACKING_VIRT, &list.virtual_at));
	TRY(fact_need(facts, OFFSET_VMEMMAP_BACKING_PHYS, &list.physical_at));
	TRY(find_backing_bytes(space, facts, reader, &list.bytes));
	TRY(find_range(space, reader, &list));
	space->backing = list;
	return OK;
}

/* The linear map, which in kernels with hash MMU and 4K pages is shorter since 5.2. */
static void find_linear_map(struct space *space, const struct facts *facts,
			    const struct source *source)
{
	struct region *region = &space->region[0];
	vaddr_t vmalloc = 0;

	*region = (struct region){ linear, linear_last, linear, 0 };
	space->regions = 1;
	if (space_vmalloc_start(space, facts, source, &vmalloc) == OK && vmalloc > linear &&
	    vmalloc <= linear_last)
		region->last = vmalloc - 1;
}

/* MAX_PHYSMEM_BITS was 44, 46 (3.7), 47 (4.19), and is 51 (4.20); exported since 5.9. */
static void choose_sections(struct space *space, const struct facts *facts)
{
	static const struct section_sizes sizes[] = {
		{ 24, 51 }, { 24, 47 }, { 24, 46 }, { 24, 44 },
	};

	space_choose_sections(space, facts, sizes, sizeof(sizes) / sizeof(sizes[0]));
}

static err_t setup(struct space *space, const struct facts *facts, const struct source *source)
{
	vaddr_t root = fact_or(facts, SYMBOL_SWAPPER_PG_DIR, fact_or(facts, SYMBOL_CPU_PGD, 0));

	if (root < linear || root > linear_last)
		return fail(ERR_NOFACT, "vmcoreinfo tells no SYMBOL(swapper_pg_dir) in the linear "
			    "map, but %#" PRIx64, root);
	space->root = root - linear;
	space->kernel_start = linear;
	/* Since 4.7 (5dc1ef858c12) tables are big-endian on all machines. */
	space->entries_swapped = !space->target.big_endian &&
				 facts_version(facts) >= KERNEL_VERSION(4, 7, 0);
	space->paging = find_shape(space, facts, is_radix(space, facts, source, root));
	if (!space->paging)
		return fail(ERR_UNSUPPORTED, "there are no page tables for pages of %" PRIu64
			    " bytes", page_bytes(&space->target));
	space->entry_shift = pfn_shift(space, facts);
	find_linear_map(space, facts, source);
	choose_sections(space, facts);
	struct reader *reader = NULL;
	TRY(reader_create(source, &reader));
	err_t result = find_backing(space, facts, reader);
	reader_destroy(reader);
	return within(result, "Can't get vmemmap list info");
}

const struct arch arch_ppc64 = {
	.name = "ppc64",
	.elf_machine = EM_PPC64,
	.word_bytes = 8,
	.align_64 = 8,
	.page_shift = 16,
	.setup = setup,
};
