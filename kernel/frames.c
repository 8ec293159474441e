// SPDX-License-Identifier: GPL-2.0-only
/* frames.c - sorted ranges; what is added swallows those that it reaches. */
#include "kernel/frames.h"

#include <string.h>

#include "base/bytes.h"

/* How many of the ranges begin at or before `pfn`. */
static unsigned count_up_to(const struct frames *frames, pfn_t pfn)
{
	unsigned low = 0, high = frames->ranges;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		if (frames->range[middle].first <= pfn)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void frames_add(struct frames *frames, pfn_t first, pfn_t end)
{
	struct frames_range *range = frames->range;
	unsigned from = count_up_to(frames, first), to = count_up_to(frames, end);

	if (first >= end)
		return;
	if (from && range[from - 1].end >= first)
		from--;
	if (from == to) {
		if (frames->ranges == FRAMES_RANGES)
			return;
	} else {
		first = min_u64(first, range[from].first);
		end = max_u64(end, range[to - 1].end);
	}
	memmove(range + from + 1, range + to, (frames->ranges - to) * sizeof(*range));
	range[from] = (struct frames_range){ first, end };
	frames->ranges = frames->ranges - (to - from) + 1;
}

bool frames_have(const struct frames *frames, pfn_t pfn)
{
	unsigned before = count_up_to(frames, pfn);

	return before && pfn < frames->range[before - 1].end;
}
