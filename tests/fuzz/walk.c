// SPDX-License-Identifier: GPL-2.0-only
/* walk.c - fuzz page tables: a core of each machine with wrong words in it, and addresses of all
 * its regions translated, in two ways that must agree. The last 8 bytes are an address, too. */
#include "tests/fuzz/cores.h"

static const char *const names[] = {
	"kernel-6.1", "x86_64-la57", "x86_64-sme", "arm64-4k-39", "arm64-4k-48", "arm64-4k-52",
	"arm64-16k-47", "arm64-64k-52", "riscv64-sv39", "riscv64-sv57", "s390x-3-levels",
	"s390x-4-levels", "x86-pae", "x86-nopae", "arm-lpae", "arm-short", "ppc64-hash-4k",
	"ppc64le-radix-64k", "ppc-4k", "ppc-wide", "mips64-16k", "mips64el-4k", "loongarch64-16k",
	"ia64-3", "sparc64-8k",
};

enum { CORES = sizeof(names) / sizeof(names[0]), STEPS = 64 };

static void translate(struct dump *dump, vaddr_t at)
{
	paddr_t one = 0, other = 0;
	uint64_t run = 0, other_run = 0;
	struct table_walk seen;

	err_t result = space_translate(&dump->space, dump->tables, at, &one, &run);
	if (result != space_walk(&dump->space, dump->tables, at, &other, &other_run, &seen))
		__builtin_trap();
	if (result == OK && (one != other || run != other_run || !run))
		__builtin_trap();
	if (result == OK && (seen.levels > PAGING_LEVELS || at + run - 1 < at))
		__builtin_trap();
	if (result == OK) {
		uint8_t byte;
		reader_read(dump->bytes, one, &byte, 1);
	}
}

/* From here on, in steps that grow. */
static void translate_from(struct dump *dump, vaddr_t at)
{
	for (unsigned i = 0; i < STEPS; i++)
		translate(dump, at + (UINT64_C(1) << i) - 1);
}

static void look(struct dump *dump, const uint8_t *data, size_t size)
{
	if (!dump->memory_known)
		return;
	translate_from(dump, 0);
	translate_from(dump, dump->space.kernel_start);
	translate_from(dump, dump->space.tables_first);
	translate_from(dump, size >= 8 ? get_64(false, data + size - 8) : 0);
	for (size_t i = 0; i < dump->space.regions; i++)
		translate(dump, dump->space.region[i].last);
}

/* Level 1: a kernel that is not understood is none the less opened. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return core_run(names, CORES, (struct plan){ .level = { 1 } }, look, data, size);
}
