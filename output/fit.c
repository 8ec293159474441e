// SPDX-License-Identifier: GPL-2.0-only
/* fit.c - for each rank a histogram of packed sizes, and the size at which the room ends. */
#include "output/fit.h"

#include "base/bytes.h"

static unsigned step_of(const struct fit *fit, uint64_t size)
{
	return (unsigned)min_u64((size - 1) * FIT_STEPS / fit->page_bytes, FIT_STEPS - 1);
}

void fit_measure(struct fit *fit, uint64_t size, unsigned rank)
{
	if (size)
		fit->rank[rank].bytes[step_of(fit, size)] += size;
}

/* Returns what is left for the ranks behind: nothing where this one does not fit as a whole. */
static uint64_t choose_of_rank(struct fit_rank *rank, uint64_t room)
{
	for (rank->whole = 0; rank->whole < FIT_STEPS; rank->whole++) {
		if (rank->bytes[rank->whole] > room) {
			rank->rest = room;
			return 0;
		}
		room -= rank->bytes[rank->whole];
	}
	return room;
}

void fit_choose(struct fit *fit, uint64_t room)
{
	for (unsigned i = 0; i < FIT_RANKS; i++)
		room = choose_of_rank(&fit->rank[i], room);
}

bool fit_takes(struct fit *fit, uint64_t size, unsigned index)
{
	struct fit_rank *rank = &fit->rank[index];

	if (!size)
		return true;
	unsigned step = step_of(fit, size);
	if (step != rank->whole)
		return step < rank->whole;
	if (size > rank->rest)
		return false;
	rank->rest -= size;
	return true;
}
