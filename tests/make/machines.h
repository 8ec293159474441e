// SPDX-License-Identifier: GPL-2.0-only
/* machines.h - what machines look like from outside, for mkdump: page tables and the address space.
 * Written from the machines' manuals and the kernel's history, not from the tool's tables, so that
 * the one checks the other. */
#ifndef TESTS_MAKE_MACHINES_H
#define TESTS_MAKE_MACHINES_H

#include <elf.h>

#include "base/types.h"
#include "tests/make/eras.h"

enum { LEVELS = 5 };

struct kernel;

/* Page tables. bits[0] is the page offset, then the lowest table upwards. */
struct shape {
	uint8_t page_shift, va_bits, bits[LEVELS + 1];

	/* Entries of a table at `level` (1: lowest): that leads to a table, to memory, to nothing
	 * (NULL: 0). */
	uint64_t (*table)(const struct kernel *, uint64_t at, unsigned level);
	uint64_t (*leaf)(const struct kernel *, uint64_t at, unsigned level);
	uint64_t (*empty)(const struct kernel *, unsigned level);

	uint8_t entry_bytes, upper_bytes; /* of entries, and of those above the lowest level; 0: 8,
					     and as entry_bytes */
};

/* A machine as recipes name it. */
struct machine {
	const char *name, *uts;
	uint16_t elf_machine;
	bool big;
	const struct shape *shape; /* the first is the usual one; ends with a page_shift of 0 */

	/* Fill what the recipe left open: va_bits, section_bits, physmem_bits; and lay out the
	 * address space: page_offset, vmemmap, image_shift, direct_shift. The shape is known when
	 * va_bits is. */
	void (*lay_out)(struct kernel *);

	/* Set the values of vmcoreinfo that are this machine's alone. */
	void (*tell)(struct kernel *);

	/* What is not as with most. */
	uint8_t word_bytes;  /* 0: 8 */
	bool nothing_tables; /* entries that lead nowhere lead to tables of nothing */
	bool (*in_tables)(const struct kernel *, uint64_t vaddr); /* NULL: every address is */

	/* Make room for a page array at an address in a way of its own; its physical address. 0:
	 * it is mapped as everything else is. NULL: always. */
	uint64_t (*back)(struct kernel *, uint64_t vaddr, uint64_t bytes);
};

#endif
