// SPDX-License-Identifier: GPL-2.0-only
/* urgent.h - the pages without which a debugger cannot begin.
 * Their list is of fixed size, whatever the machine. */
#ifndef KERNEL_URGENT_H
#define KERNEL_URGENT_H

#include "kernel/startup_pages.h"

enum { URGENT_MOST = 256 };

enum urgency {
	URGENT_FIRST,  /* page tables that lead to the kernel's image, the banner in it that tells
			  whether a vmlinux belongs to it, what vmcoreinfo names, and what that
			  points to, each with its page tables; what crash takes apart; and the
			  pages of startup_pages.h that vmlinux does not have */
	URGENT_SECOND, /* its variables */
	NOT_URGENT,
	URGENT_SMALL,  /* what it may only read: those it set while booting pack to nearly nothing
			  and come second, strings and code do not */
};

/* Page frames [first, end), all alike. */
struct urgent_range {
	pfn_t first, end;
	enum urgency urgency;
};

struct urgent {
	struct urgent_range range[URGENT_MOST]; /* in no order; may overlap */
	unsigned ranges;
	const struct startup_pages *startup; /* lent; NULL: not told */
};

/* Find them in the image around _stext. What is not found is not urgent, so this cannot fail; the
 * memory's readers are used. The pages of startup, which may be NULL, are sorted, and stay lent. */
void urgent_find(struct urgent *, struct memory *, const struct facts *,
		 struct startup_pages *startup);

/* Of a page that packs to `size` of page_size bytes; never URGENT_SMALL. */
enum urgency urgent_rank(const struct urgent *, pfn_t, uint64_t size, uint64_t page_size);

#endif
