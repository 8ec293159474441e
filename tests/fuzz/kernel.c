// SPDX-License-Identifier: GPL-2.0-only
/* kernel.c - fuzz the decision: struct pages, sections, free lists and page tables of kernels of
 * many eras and machines, with wrong words in them. Small and large windows must agree. */
#include "base/bits.h"
#include "cyclic.h"
#include "tests/fuzz/cores.h"

static const char *const names[] = {
	"kernel-2.6.18", "kernel-2.6.32", "kernel-3.10", "kernel-4.10", "kernel-4.18",
	"kernel-6.1", "kernel-6.12", "kernel-7.1", "model-discontig", "model-flat", "model-nodes",
	"selfcheck-fewer", "model-sparse-static", "percpu", "unused-small", "s390x-4-levels",
	"ppc64-hash-4k", "mips64el-sparse", "arm-lpae", "x86-nopae-sparse",
};

enum { CORES = sizeof(names) / sizeof(names[0]), FRAMES_MOST = 1 << 24 };

/* The pages that stay, summed up. */
static err_t sum(void *to, const struct cycle *cycle)
{
	uint64_t *sum = to;

	for (pfn_t pfn = cycle->first; pfn < cycle->end; pfn++)
		if (bits_test(cycle->words, pfn - cycle->first))
			*sum = *sum * 31 + pfn;
	return OK;
}

static err_t decide_all(struct dump *dump, uint64_t cyclic_bytes, uint64_t *ret)
{
	struct plan plan = *dump->plan;
	struct tally tally = { 0 };
	struct cycle cycle;

	plan.cyclic = cyclic_bytes != 0;
	plan.cyclic_bytes = cyclic_bytes;
	*ret = 0;
	dump->plan = &plan;
	decider_set_level(&dump->decider, 31);
	err_t result = cycle_create(&cycle, dump, &tally);
	if (result == OK) {
		result = cycle_exists(&cycle, NULL, NULL);
		if (result == OK)
			result = cycle_decide(&cycle, sum, ret);
		cycle_destroy(&cycle);
	}
	return tally.free_doubted ? ERR_NOFACT : result; /* decided twice: not one sum */
}

static void look(struct dump *dump, const uint8_t *data, size_t size)
{
	uint64_t whole, windows;

	(void)data;
	(void)size;
	if (dump->max_mapnr > FRAMES_MOST)
		return; /* the sections of exabytes are walked one by one */
	dump->out.level = 31;
	err_t one = decide_all(dump, 0, &whole), other = decide_all(dump, 1024, &windows);
	if (one == OK && other == OK && whole != windows)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return core_run(names, CORES, (struct plan){ .level = { 31 } }, look, data, size);
}
