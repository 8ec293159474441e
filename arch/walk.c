// SPDX-License-Identifier: GPL-2.0-only
/* walk.c - the one page-table walker. Segments, regions and lists first, tables second. */
#include "arch/arch.h"
#include "base/bytes.h"

enum { BACKING_MOST = 1 << 22 }; /* entries of a list; beyond, it runs in a circle */

bool segments_find(const struct source *source, vaddr_t at, paddr_t *ret, uint64_t *run)
{
	for (size_t i = 0; i < source->segments; i++) {
		const struct segment *segment = &source->segment[i];
		if (segment->start == UINT64_MAX || at < segment->virtual ||
		    at - segment->virtual >= segment->memory_bytes)
			continue;
		*ret = segment->start + (at - segment->virtual);
		*run = segment->memory_bytes - (at - segment->virtual);
		return true;
	}
	return false;
}

static bool in_region(const struct space *space, vaddr_t at, paddr_t *ret, uint64_t *run)
{
	for (size_t i = 0; i < space->regions; i++) {
		const struct region *region = &space->region[i];
		if (at < region->first || at > region->last)
			continue;
		*ret = at - region->shift;
		*run = region->last - at + 1;
		if (region->mask) {
			*ret &= region->mask;
			*run = min_u64(*run, region->mask - *ret + 1);
		}
		return true;
	}
	return false;
}

static err_t read_word(const struct space *space, struct reader *reader, vaddr_t at, uint64_t *ret)
{
	uint8_t bytes[8];
	paddr_t physical;
	uint64_t run;

	if (!in_region(space, at, &physical, &run) || run < space->target.word_bytes)
		return fail(ERR_CORRUPT, "%#" PRIx64 " is not in the linear map", at);
	TRY(reader_read(reader, physical, bytes, space->target.word_bytes));
	*ret = get_word(&space->target, bytes);
	return OK;
}

/* An entry of the list. False: it ends here, or cannot be read. */
struct backing_entry {
	vaddr_t at, next, virtual;
	paddr_t physical;
};

static bool read_backing(const struct space *space, struct reader *reader, vaddr_t at,
			 struct backing_entry *ret)
{
	const struct backing *list = &space->backing;

	*ret = (struct backing_entry){ .at = at };
	return at && read_word(space, reader, at + list->next_at, &ret->next) == OK &&
	       read_word(space, reader, at + list->virtual_at, &ret->virtual) == OK &&
	       read_word(space, reader, at + list->physical_at, &ret->physical) == OK;
}

/* The list is short: an entry for each huge page of the page array. */
static err_t in_backing(const struct space *space, struct reader *reader, vaddr_t at, paddr_t *ret,
			uint64_t *run)
{
	const struct backing *list = &space->backing;
	struct backing_entry entry = { .next = list->head };

	for (unsigned i = 0; i < BACKING_MOST; i++) {
		if (!read_backing(space, reader, entry.next, &entry))
			return ERR_HOLE;
		if (at >= entry.virtual && at - entry.virtual < list->bytes) {
			*ret = entry.physical + (at - entry.virtual);
			*run = list->bytes - (at - entry.virtual);
			return OK;
		}
		if (entry.next == list->head)
			return ERR_HOLE;
	}
	return fail(ERR_CORRUPT, "the list at %#" PRIx64 " has more than %d entries", list->head,
		    BACKING_MOST);
}

static unsigned entry_bytes(const struct paging *paging, unsigned level)
{
	return level > 1 && paging->upper_bytes ? paging->upper_bytes : paging->entry_bytes;
}

static err_t read_entry(const struct space *space, struct reader *reader, paddr_t at,
			unsigned level, uint64_t *ret)
{
	uint8_t bytes[8];
	size_t size = entry_bytes(space->paging, level);
	bool big = space->target.big_endian != space->entries_swapped;

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

/* Without any tables. ERR_NOFACT: the tables are to be asked. */
static err_t find_plainly(const struct space *space, struct reader *reader, vaddr_t at,
			  paddr_t *ret, uint64_t *run)
{
	if (space->segments && segments_find(space->segments, at, ret, run))
		return OK;
	if (in_region(space, at, ret, run))
		return OK;
	if (at >= space->backing.first && at <= space->backing.last)
		return in_backing(space, reader, at, ret, run);
	if (!space->paging || (space->tables_last &&
			       (at < space->tables_first || at > space->tables_last)))
		return ERR_HOLE;
	return ERR_NOFACT;
}

err_t space_walk(const struct space *space, struct reader *reader, vaddr_t at, paddr_t *ret,
		 uint64_t *run, struct table_walk *seen)
{
	const struct paging *paging = space->paging;
	unsigned shift = 0;

	seen->levels = 0;
	at = space_plain(space, at);
	err_t plainly = find_plainly(space, reader, at, ret, run);
	if (plainly != ERR_NOFACT)
		return plainly;
	for (unsigned level = 0; level <= paging->levels; level++)
		shift += paging->bits[level];
	paddr_t table = space->root;
	for (unsigned level = paging->levels; level; level--) {
		uint64_t entry = 0;
		shift -= paging->bits[level];
		uint64_t index = at >> shift & ((UINT64_C(1) << paging->bits[level]) - 1);
		paddr_t entry_at = table + index * entry_bytes(paging, level);
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
