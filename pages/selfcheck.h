// SPDX-License-Identifier: GPL-2.0-only
/* selfcheck.h - what the kernel counts, and what its own types say: does it agree with ours? */
#ifndef PAGES_SELFCHECK_H
#define PAGES_SELFCHECK_H

#include "pages/decide.h"

/* What the zones of the whole machine count as free in their lists of blocks. False: the facts do
 * not tell where, or a zone cannot be read. */
bool selfcheck_counted(struct decider *, uint64_t *ret);

/* Do two numbers of pages differ by more than 2 % of what was counted? */
bool selfcheck_differs(uint64_t found, uint64_t counted);


/* Struct pages looked at by two sets of rules: ours, and ours with all that the kernel's own types
 * (BTF) tell put in the place of what the dump, or a file that was given, said. */
struct sample {
	uint64_t pages;                  /* that were looked at */
	uint64_t ours[PAGE_KINDS];       /* of them by our rules, of kinds that are wanted */
	uint64_t different[PAGE_KINDS];  /* of a kind by one set of rules alone */
	unsigned doubtful;               /* kinds with more than 2 % of those, a bit each */
};

/* Take one, spread over the whole memory; of no page if both sets are the same. `itself` is what
 * the types alone tell. False: they do not tell enough to say anything. */
bool selfcheck_sample(struct decider *, const struct facts *itself, struct sample *ret);

/* Page frames that the page array covers, and that the zones say are present, as far as the page
 * array was looked at. False: the facts do not tell. */
bool selfcheck_covered(struct decider *, const struct facts *itself, uint64_t *covered,
		       uint64_t *present);

#endif
