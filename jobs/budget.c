// SPDX-License-Identifier: GPL-2.0-only
/* budget.c - how much memory may be used, and for what. A capture kernel has some 100 MB in all. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/scope.h"
#include "base/text.h"
#include "makedumpfile.h"

enum {
	UNKNOWN_BYTES = 64 << 20,     /* when /proc/meminfo does not tell */
	CYCLIC_BYTES = 1 << 20,       /* one window with -K: 32 GiB of 4 KiB pages */
	ONE_WINDOW_BYTES = 4 << 20,   /* the largest window nobody asked for: 128 GiB */
	LEAST_BYTES = WINDOW_STEP / 8,
	MEMINFO_MOST = 64 * 1024,
	SHARE = 4,                    /* a quarter for threads, a quarter for windows */
};

/* A field of /proc/meminfo, in bytes; 0: not there. */
static uint64_t meminfo(const char *text, const char *field)
{
	const char *at = strstr(text, field);

	return at ? strtoull(at + strlen(field), NULL, 10) * 1024 : 0;
}

uint64_t budget_bytes(void)
{
	FREE_AT_END char *text = NULL;
	size_t size;

	if (io_slurp("/proc/meminfo", MEMINFO_MOST, &text, &size) != OK)
		return UNKNOWN_BYTES;
	uint64_t bytes = meminfo(text, "MemAvailable:"); /* since 3.14 */
	if (!bytes)
		bytes = meminfo(text, "MemFree:");
	return bytes ? bytes : UNKNOWN_BYTES;
}

uint64_t budget_window(const struct plan *plan, pfn_t max_mapnr)
{
	uint64_t all = round_up(max_u64(max_mapnr, 1), 64) / 8, free = budget_bytes();
	uint64_t bytes = plan->cyclic_bytes;

	if (plan->one_window)
		return all;
	if (bytes > free) {
		bytes = free;
		say(&plan->say, SAY_COMMON, "Specified buffer size is larger than free memory.\n"
		    "The buffer size for the cyclic mode will be truncated to %" PRIu64 " byte.\n",
		    bytes);
	}
	if (!bytes) {
		bytes = plan->cyclic ? CYCLIC_BYTES : ONE_WINDOW_BYTES;
		bytes = min_u64(bytes, free / SHARE);
	}
	return min_u64(max_u64(bytes - bytes % LEAST_BYTES, LEAST_BYTES), all);
}

unsigned budget_workers(const struct plan *plan, const struct packing *packing)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t fit = budget_bytes() / SHARE / packer_bytes_per_worker(packing);
	unsigned wanted = plan->workers >= 0 ? (unsigned)plan->workers
			  : online > 1	     ? (unsigned)online
					     : 0;

	if (wanted <= fit)
		return wanted;
	if (plan->workers > 0)
		say(&plan->say, SAY_COMMON, "There isn't enough memory for %u threads.\n"
		    "--num_threads is set to %u.\n", wanted, (unsigned)fit);
	return (unsigned)fit;
}
