// SPDX-License-Identifier: GPL-2.0-only
/* kallsyms.c - fuzz the kernel's own symbols: any bytes behind a small kernel's page tables. The
 * first of them say where the tables are told to be, or that they have to be looked for. */
#include <stdlib.h>

#include "kernel/itself.h"
#include "tests/unit/small_kernel.h"

enum { PLACES = 7, HEAD = 1 + 2 * PLACES, IMAGE_AT = 1 << 20 };

static void tell(struct facts *facts, const uint8_t *data)
{
	static const enum fact_id ids[PLACES] = {
		SYMBOL_KALLSYMS_NAMES, SYMBOL_KALLSYMS_NUM_SYMS, SYMBOL_KALLSYMS_TOKEN_TABLE,
		SYMBOL_KALLSYMS_TOKEN_INDEX, SYMBOL_KALLSYMS_OFFSETS, SYMBOL_KALLSYMS_BASE,
		SYMBOL_KALLSYMS_ADDRESSES,
	};

	fact_set(facts, SYMBOL_STEXT, small_image + IMAGE_AT, "fuzz");
	fact_set_text(facts, TEXT_OSRELEASE, data[0] & 1 ? "6.1.0" : "5.10.0", 5, "fuzz");
	for (unsigned i = 0; i < PLACES; i++)
		if (get_16(false, data + 1 + 2 * i))
			fact_set(facts, ids[i], small_image + IMAGE_AT +
				 get_16(false, data + 1 + 2 * i), "fuzz");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t memory[SMALL_BYTES];
	const struct arch *arch = arch_find(EM_X86_64);
	struct memory_dump dump;
	struct facts facts = { 0 };

	if (size < HEAD)
		return 0;
	small_kernel(memory);
	tell(&facts, data);
	fact_set(&facts, SYMBOL_INIT_TOP_PGT, small_image + SMALL_PGD, "fuzz");
	size = (size_t)min_u64(size - HEAD, SMALL_BYTES - IMAGE_AT);
	memcpy(memory + IMAGE_AT, data + HEAD, size);
	memory_dump_init(&dump, memory, min_u64(SMALL_BYTES, IMAGE_AT + round_up(size, 4096)));
	struct space space = { .target = dump.source.target };
	struct memory kernel = { .space = &space };
	if (arch->setup(&space, &facts, &dump.source) == OK &&
	    reader_create(&dump.source, &kernel.reader) == OK &&
	    reader_create(&dump.source, &kernel.tables) == OK)
		itself_answer(&kernel, &facts);
	reader_destroy(kernel.tables);
	reader_destroy(kernel.reader);
	return 0;
}
