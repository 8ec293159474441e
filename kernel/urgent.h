// SPDX-License-Identifier: GPL-2.0-only
/* urgent.h - the pages that matter most where not all fit.
 * Their lists are of fixed size, whatever the machine. */
#ifndef KERNEL_URGENT_H
#define KERNEL_URGENT_H

#include "kernel/frames.h"
#include "kernel/startup_pages.h"

enum urgency {
	URGENT_BEGIN, /* without these no debugger begins: page tables that lead to the kernel's
			 image, the banner in it that tells whether a vmlinux belongs to it, what
			 vmcoreinfo names and what that points to, and what opening.h and
			 startup.h tell, each with its page tables, also where a debugger that does
			 not ask them finds its way without */
	URGENT_LISTS, /* tasks and their mm_structs, process ids, the log */
	URGENT_STACKS, /* of tasks */
	URGENT_DATA,  /* variables of the image, modules */
	NOT_URGENT,
	URGENT_SMALL, /* what it may only read: those it set while booting pack to nearly nothing
			 and are URGENT_DATA, strings and code are NOT_URGENT */
	URGENCIES
};

struct urgent {
	struct frames frames[URGENCIES]; /* may have pages in common; NOT_URGENT has none */
};

/* Find them. What is not found is not urgent, so this cannot fail; the memory's readers are used.
 * `limit` is the highest pfn of the dump, plus 1; of `startup` there may be none. */
void urgent_find(struct urgent *, struct memory *, const struct facts *, pfn_t limit,
		 const struct startup_pages *startup);

/* Of a page that packs to `size` of page_size bytes; never URGENT_SMALL. */
enum urgency urgent_rank(const struct urgent *, pfn_t, uint64_t size, uint64_t page_size);

#endif
