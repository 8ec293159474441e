// SPDX-License-Identifier: GPL-2.0-only
/* startup_pages.h - the page frames that startup.h reads, and which of them stay in a dump.
 * Order of calls: find; then, for each try, forget, see for every window, lose for every page lost
 * later, and at the end lost. */
#ifndef KERNEL_STARTUP_PAGES_H
#define KERNEL_STARTUP_PAGES_H

#include "kernel/memory.h"

/* Neighbouring page frames [first, end) of one thing. */
struct startup_range {
	pfn_t first, end;
	uint64_t seen;  /* of these: in windows that were shown */
	uint64_t lost;  /* not in the dump */
	pfn_t first_lost;
	unsigned thing; /* as startup.h counts them */
};

/* A list of fixed size, whatever the machine: what comes first matters most, and of more tasks or
 * modules than there is room for the rest is not watched. */
enum { STARTUP_RANGES = 4096 };

struct startup_pages {
	struct startup_range range[STARTUP_RANGES]; /* those of several things overlap */
	unsigned ranges;

	/* Private. */
	unsigned thing, last, page_shift;
};

/* Find them in the memory, whose readers are used; `limit` is as in struct startup. On the way
 * there *itself becomes what the kernel's own types tell. What cannot be read cannot get lost, so
 * only ERR_NOMEM and what stops everything are failures. */
err_t startup_pages_find(struct startup_pages *, struct memory *, const struct facts *,
			 pfn_t limit, struct facts *itself);

/* Nothing was seen, and nothing is lost, yet. */
void startup_pages_forget(struct startup_pages *);

/* A window of page frames [first, end), bit 0 of `words` being `first`: those whose bit is clear
 * are not in the dump. One of zeros reads as zeros all the same, and is not lost. */
void startup_pages_see(struct startup_pages *, struct reader *, pfn_t first, pfn_t end,
		       const uint64_t *words);

/* A page that was to be in the dump is not. */
void startup_pages_lose(struct startup_pages *, pfn_t);

/* All that is lost, for people, written to and returned from `text`: "kallsyms (3 pages, the first
 * is pfn 0x1234), log (...)". NULL: nothing is. */
const char *startup_pages_lost(const struct startup_pages *, char *text, size_t size);

#endif
