// SPDX-License-Identifier: GPL-2.0-only
/* budget.c - how much memory may be used, and for what. A capture kernel has some 100 MB in all,
 * and dies of what an output leaves in the page cache as surely as of threads.
 *
 *     a quarter    the window, and the decisions kept as runs
 *     a quarter    threads, with their batches
 *     a quarter    the page cache that outputs fill
 *     the rest     tables of the input, and what is mapped of it */
#include <unistd.h>

#include "makedumpfile.h"

enum {
	CYCLIC_BYTES = 1 << 20,     /* one window with -K: 32 GiB of 4 KiB pages */
	ONE_WINDOW_BYTES = 4 << 20, /* the largest window nobody asked for: 128 GiB */
	LEAST_BYTES = WINDOW_STEP / 8,
	RUNS_MOST = 2 << 20,        /* some 700,000 runs */
	RUNS_LEAST = 64 << 10,
	CACHE_LEAST = 1 << 20,
	CACHE_MOST = 1 << 30,       /* emptying it costs time, too */
	SHARE = 4,
	RAW_THREADS = 2,            /* one copies pages while the other writes */
};

uint64_t budget_bytes(const struct plan *plan)
{
	uint64_t available = memory_available(&memory_files);

	return plan->memory_bytes ? min_u64(plan->memory_bytes, available) : available;
}

uint64_t budget_window(const struct plan *plan, pfn_t max_mapnr)
{
	uint64_t all = round_up(max_u64(max_mapnr, 1), 64) / 8, free = budget_bytes(plan);
	uint64_t bytes = plan->cyclic_bytes;

	if (plan->one_window || plan->no_vmemmap)
		return all;
	if (bytes > free) {
		bytes = free;
		say(&plan->say, SAY_COMMON, "Specified buffer size is larger than free memory.\n"
		    "The buffer size for the cyclic mode will be truncated to %" PRIu64 " byte.\n",
		    bytes);
	}
	if (!bytes) {
		bytes = plan->cyclic ? CYCLIC_BYTES : ONE_WINDOW_BYTES;
		bytes = min_u64(bytes, free / SHARE / 2);
	}
	return min_u64(max_u64(bytes - bytes % LEAST_BYTES, LEAST_BYTES), all);
}

size_t budget_runs(const struct plan *plan)
{
	uint64_t bytes = min_u64(RUNS_MOST, budget_bytes(plan) / SHARE / 2);

	return (size_t)max_u64(bytes, RUNS_LEAST);
}

uint64_t budget_cache(const struct plan *plan)
{
	return min_u64(max_u64(budget_bytes(plan) / SHARE, CACHE_LEAST), CACHE_MOST);
}

unsigned budget_threads(const struct plan *plan, const struct packing *packing)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t fit = budget_bytes(plan) / SHARE / packer_bytes_per_thread(packing);
	uint64_t most = packing->codec ? UINT64_MAX : RAW_THREADS;
	unsigned wanted = plan->threads >= 0 ? (unsigned)plan->threads
			  : online > 1	     ? (unsigned)min_u64((uint64_t)online, most)
					     : 0;

	if (wanted <= fit)
		return wanted;
	if (plan->threads > 0)
		say(&plan->say, SAY_COMMON, "There isn't enough memory for %u threads.\n"
		    "--num_threads is set to %u.\n", wanted, (unsigned)fit);
	return (unsigned)fit;
}
