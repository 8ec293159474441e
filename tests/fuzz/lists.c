// SPDX-License-Identifier: GPL-2.0-only
/* lists.c - fuzz free lists: the buddy allocator's of kernels before 3.8 and those of single CPUs,
 * with wrong words in them. */
#include "pages/freelist.h"
#include "pages/percpu.h"
#include "tests/fuzz/cores.h"

static const char *const names[] = {
	"kernel-2.6.15", "kernel-2.6.18", "kernel-2.6.19", "kernel-2.6.32", "model-nodes",
	"ia64-3", "usage-lists", "percpu", "percpu-5.10",
};

enum { CORES = sizeof(names) / sizeof(names[0]), PAGES = 0x3000, WINDOW = 0x1000 };

/* Bit by window: a list that is walked again for each must not take more than there is. */
static void walk(struct dump *dump, const uint8_t *data, size_t size)
{
	static uint64_t words[WINDOW / 64];
	struct decider *decider = &dump->decider;
	const struct facts *facts = &dump->facts;

	(void)data;
	(void)size;
	decider_set_level(decider, 31);
	if (!dump->kernel_known)
		return;

	for (pfn_t first = 0; first < PAGES; first += WINDOW) {
		struct decision decision = { .first = first, .end = first + WINDOW,
					     .words = words };
		memset(words, 0xff, sizeof(words));
		if (freelist_check(facts) == OK)
			freelist_decide(decider, &decision);
		if (percpu_check(facts) == OK)
			percpu_decide(decider, &decision);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool percpu = strstr(names[data && size ? data[0] % CORES : 0], "percpu");

	return core_run(names, CORES, (struct plan){ .level = { 16 }, .percpu_free = percpu },
			walk, data, size);
}
