// SPDX-License-Identifier: GPL-2.0-only
/* walk.c - the one page-table walker. Regions first, tables second. */
#include "arch/arch.h"
#include "base/bytes.h"

static bool in_region(const struct space *space, vaddr_t at, paddr_t *ret, uint64_t *run)
{
	for (size_t i = 0; i < space->regions; i++) {
		const struct region *region = &space->region[i];
		if (at < region->first || at > region->last)
			continue;
		*ret = at - region->shift;
		*run = region->last - at + 1;
		return true;
	}
	return false;
}

static err_t read_entry(const struct space *space, struct reader *reader, paddr_t at,
			unsigned level, uint64_t *ret)
{
	uint8_t bytes[8];
	size_t size = space->paging->entry_bytes;
	bool big = space->target.big_endian;

	err_t result = reader_read(reader, at, bytes, size);
	if (result == ERR_HOLE)
		return fail(ERR_CORRUPT, "page table level %u at %#" PRIx64 ": not in the dump",
			    level, at);
	if (result != OK)
		return within(result, "page table level %u", level);
	*ret = size == 8 ? get_64(big, bytes) : get_32(big, bytes);
	return OK;
}

/* Linux names its levels from both ends: the top one is the PGD, whatever is folded away. */
static const char *level_name(const struct paging *paging, unsigned level)
{
	static const char *const names[PAGING_LEVELS] = { "PTE", "PMD", "PUD", "P4D", "PGD" };

	return names[level == paging->levels ? PAGING_LEVELS - 1 : level - 1];
}

static void note_level(struct table_walk *seen, const struct paging *paging, unsigned level,
		       paddr_t at, uint64_t entry)
{
	unsigned i = seen->levels++;

	seen->level[i].name = level_name(paging, level);
	seen->level[i].at = at;
	seen->level[i].entry = entry;
}

err_t space_walk(const struct space *space, struct reader *reader, vaddr_t at, paddr_t *ret,
		 uint64_t *run, struct table_walk *seen)
{
	const struct paging *paging = space->paging;
	unsigned shift = 0;

	seen->levels = 0;
	at = space_plain(space, at);
	if (in_region(space, at, ret, run))
		return OK;
	if (!paging)
		return ERR_HOLE;
	for (unsigned level = 0; level <= paging->levels; level++)
		shift += paging->bits[level];
	paddr_t table = space->root;
	for (unsigned level = paging->levels; level; level--) {
		uint64_t entry = 0;
		shift -= paging->bits[level];
		uint64_t index = at >> shift & ((UINT64_C(1) << paging->bits[level]) - 1);
		paddr_t entry_at = table + index * paging->entry_bytes;
		TRY(read_entry(space, reader, entry_at, level, &entry));
		note_level(seen, paging, level, entry_at, entry);
		unsigned mapped = shift;
		switch (paging->decode(space, entry, level, &table, &mapped)) {
		case PTE_ABSENT:
			return ERR_HOLE;
		case PTE_LEAF: {
			uint64_t below = (UINT64_C(1) << mapped) - 1;
			*ret = (table & ~below) | (at & below);
			*run = below + 1 - (at & below);
			return OK;
		}
		case PTE_TABLE:
			break;
		}
	}
	return ERR_HOLE; /* a table where the lowest level should hold pages */
}

err_t space_translate(const struct space *space, struct reader *reader, vaddr_t at, paddr_t *ret,
		      uint64_t *run)
{
	struct table_walk seen;

	return space_walk(space, reader, at, ret, run, &seen);
}
