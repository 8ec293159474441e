// SPDX-License-Identifier: GPL-2.0-only
/* sections.c - fuzz where struct pages lie: mem_section, nodes and flat arrays with wrong words in
 * them. Stretches must hold the page frame they are asked for, and follow each other. */
#include "tests/fuzz/cores.h"

static const char *const names[] = {
	"model-sparse", "model-sparse-static", "model-discontig", "model-nodes", "model-flat",
	"kernel-2.6.15", "kernel-4.4", "kernel-6.12", "section-absent", "section-variable",
	"mips64el-sparse", "x86-nopae-sparse", "ia64-4-discontig", "s390x-4-levels",
};

enum { CORES = sizeof(names) / sizeof(names[0]), STRETCHES = 4096 };

static void look(struct dump *dump, const uint8_t *data, size_t size)
{
	struct memmap *map = &dump->map;
	struct stretch stretch;
	const uint8_t *page;
	uint64_t readable;
	pfn_t pfn = 0;

	(void)data;
	(void)size;
	if (!dump->kernel_known)
		return;
	for (unsigned i = 0; i < STRETCHES && pfn < map->limit; i++, pfn = stretch.end) {
		memmap_find(map, pfn, &stretch);
		if (stretch.first > pfn || stretch.end <= pfn)
			__builtin_trap();
		if (!stretch.at)
			continue;
		unsigned count = (unsigned)min_u64(BLOCK_PAGES, stretch.end - stretch.first);
		memmap_lend(map, stretch.at, count, &page, &readable);
		volatile uint8_t sum = 0;
		for (size_t byte = 0; byte < (size_t)count * map->page_size; byte++)
			sum += page[byte];
		(void)sum;
		memmap_lend_singly(map, stretch.at, count, &page, &readable);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return core_run(names, CORES, (struct plan){ .level = { 16 } }, look, data, size);
}
