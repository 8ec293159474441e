// SPDX-License-Identifier: GPL-2.0-only
/* needs.h - what must be known of a kernel to tell its pages apart, and what is kept where it is
 * not. A kind that cannot be told is never dropped; somebody says so. */
#ifndef PAGES_NEEDS_H
#define PAGES_NEEDS_H

#include "facts/facts.h"
#include "pages/page.h"

struct need {
	const char *kept;   /* what stays in the dump where it is not met, for people */
	unsigned kinds;     /* the kinds of pages that this is about, a bit each */
	bool all;           /* no page of these kinds can be told; else only some cannot */
	const char *facts;  /* what would have to be known, for people */
	bool (*met)(const struct facts *);
};

/* The first need (NULL) or the one behind it that is not met and is about one of `kinds`; NULL:
 * there is no more. */
const struct need *needs_unmet(const struct facts *, unsigned kinds, const struct need *behind);

/* The kinds of which no page can be told. */
unsigned needs_unknown(const struct facts *);

#endif
