// SPDX-License-Identifier: GPL-2.0-only
/* direct.c - how deep the tables of machines are whose kernels do not tell. */
#include "arch/direct.h"

#include "base/bytes.h"

static err_t count_levels(const struct space *space, const struct source *source,
			  direct_address *address, unsigned *ret)
{
	struct reader *reader = NULL;
	paddr_t at = space->root;
	uint8_t bytes[8];
	err_t result = OK;

	TRY(reader_create(source, &reader));
	for (*ret = 1; result == OK && *ret < PAGING_LEVELS; ++*ret) {
		result = reader_read(reader, at, bytes, sizeof(bytes));
		if (result != OK || !address(get_64(space->target.big_endian, bytes), &at))
			break;
	}
	reader_destroy(reader);
	if (result == ERR_HOLE)
		return fail(ERR_CORRUPT, "page table at %#" PRIx64 ": not in the dump", at);
	return within(result, "page table at %#" PRIx64, at);
}

err_t direct_find_paging(struct space *space, const struct source *source, direct_address *address,
			 const struct paging *shapes, size_t count)
{
	unsigned levels = 0;

	TRY(count_levels(space, source, address, &levels));
	if (space_choose_paging(space, shapes, count, levels))
		return OK;
	return fail(ERR_UNSUPPORTED, "swapper_pg_dir leads to tables of %u levels for pages of %"
		    PRIu64 " bytes", levels, page_bytes(&space->target));
}
