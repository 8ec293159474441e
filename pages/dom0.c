// SPDX-License-Identifier: GPL-2.0-only
/* dom0.c - decide about stretches of dom0's page frames, and carry that over to the machine's. */
#include "pages/dom0.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/scope.h"
#include "input/window.h"

enum { STRETCH = 1 << 18, WORDS = STRETCH / 64 };

/* Is the page in the dump? */
static bool has_data(const struct source *source, pfn_t frame)
{
	uint64_t word = 0;

	source->format->pages(source, frame, frame + 1, true, &word);
	return word & 1;
}

/* Set the bits of those that are dom0's own RAM, and in the dump. */
static void find_own(const struct decider *decider, struct decision *stretch)
{
	const struct source *source = decider->xen->reader->source;
	pfn_t frame;

	memset(stretch->words, 0, WORDS * sizeof(*stretch->words));
	for (pfn_t pfn = stretch->first; pfn < stretch->end; pfn++)
		if (xen_machine(decider->xen, pfn, &frame) && has_data(source, frame))
			bits_set(stretch->words, pfn - stretch->first, pfn - stretch->first + 1);
}

/* Clear the machine's page frames of those that dom0 left out. */
static void carry_over(struct decider *decider, const struct decision *stretch,
		       const uint64_t *before, struct decision *decision)
{
	pfn_t frame;

	for (size_t i = 0; i < WORDS; i++) {
		for (uint64_t gone = before[i] & ~stretch->words[i]; gone; gone &= gone - 1) {
			pfn_t pfn = stretch->first + i * 64 + (unsigned)__builtin_ctzll(gone);
			if (xen_machine(decider->xen, pfn, &frame) && frame >= decision->first &&
			    frame < decision->end)
				bits_clear(decision->words, frame - decision->first,
					   frame - decision->first + 1);
		}
	}
}

static void count_all(struct decision *decision, const struct decision *stretch)
{
	for (unsigned kind = 0; kind < PAGE_KINDS; kind++)
		decision->excluded[kind] += stretch->excluded[kind];
	decision->found_free += stretch->found_free;
	decision->percpu += stretch->percpu;
	doubts_add(&decision->doubts, &stretch->doubts);
}

err_t dom0_decide(struct decider *decider, struct decision *decision)
{
	FREE_AT_END uint64_t *words = malloc(WORDS * sizeof(*words));
	FREE_AT_END uint64_t *before = malloc(WORDS * sizeof(*before));
	pfn_t end = decider->map ? decider->xen->dom0_end : 0;
	struct carry carry = { 0 };

	if (!words || !before)
		return fail(ERR_NOMEM, "no memory for two bitmaps of %d pages", STRETCH);
	if (decider->leave_domains)
		decision->excluded[PAGE_DOMAIN] += xen_leave_domains(
			decider->xen, decision->first, decision->end, decision->words);
	for (pfn_t first = 0; first < end; first += STRETCH) {
		struct decision stretch = { .first = first, .words = words,
					    .end = min_u64(first + STRETCH, end) };
		find_own(decider, &stretch);
		memcpy(before, words, WORDS * sizeof(*words));
		TRY(decide_range(decider, &carry, &stretch));
		carry_over(decider, &stretch, before, decision);
		if (!decision->first)
			count_all(decision, &stretch);
	}
	return OK;
}
