// SPDX-License-Identifier: GPL-2.0-only
/* pages.h - read the pages of a dump file of any bytes: what pages() tells and what a reader finds
 * must be the same. */
#ifndef TESTS_FUZZ_PAGES_H
#define TESTS_FUZZ_PAGES_H

#include "base/bits.h"
#include "input/source.h"

static inline void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

/* `all` and `data`: bits of the first `pages` page frames that the file has, and has data of. */
static inline void read_pages(const struct source *source, struct reader *reader, pfn_t pages,
			      uint64_t *all, uint64_t *data)
{
	const uint8_t *page;

	source->format->pages(source, 0, pages, false, all);
	source->format->pages(source, 0, pages, true, data);
	for (pfn_t pfn = 0; pfn < pages; pfn++) {
		check(bits_test(all, pfn) || !bits_test(data, pfn));
		err_t result = reader_page(reader, pfn, &page);
		check((result == ERR_HOLE) == !bits_test(data, pfn));
		volatile uint8_t sum = 0;
		for (size_t i = 0; result == OK && i < page_bytes(&source->target); i++)
			sum += page[i];
		(void)sum;
		reader_faulted(reader);
	}
}

#endif
