// SPDX-License-Identifier: GPL-2.0-only
/* fit.h - which pages a dump file has that has no room for all of them.
 * Pages have ranks; those of a lower rank go first. Of the pages of one rank those go first that
 * pack best: so the most pages fit, and what packs worst is program code, which vmlinux has too.
 * Order of calls: fit_measure() for every page, fit_choose() once, fit_takes() for every page in
 * the same order. What is taken depends on nothing else. */
#ifndef OUTPUT_FIT_H
#define OUTPUT_FIT_H

#include "base/types.h"

enum {
	FIT_RANKS = 5,
	FIT_STEPS = 256, /* sizes are told apart in steps of 1/256 of a page */
};

/* The pages of one rank. */
struct fit_rank {
	uint64_t bytes[FIT_STEPS]; /* they take, by packed size */
	unsigned whole;            /* steps below this one fit as a whole */
	uint64_t rest;             /* bytes left for pages of that step */
};

/* Begins as zeros but for page_bytes. */
struct fit {
	uint64_t page_bytes;
	struct fit_rank rank[FIT_RANKS];
};

/* A page takes so many bytes of data, at most page_bytes; 0: it needs none. */
void fit_measure(struct fit *, uint64_t size, unsigned rank);

/* There is room for so many bytes. */
void fit_choose(struct fit *, uint64_t room);

/* Is it one of those that fit? */
bool fit_takes(struct fit *, uint64_t size, unsigned rank);

#endif
