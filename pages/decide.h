// SPDX-License-Identifier: GPL-2.0-only
/* decide.h - which pages of a range of page frames stay in the dump.
 * One range after the other, in ascending order: a free block or a huge page that reaches over the
 * end of a range is carried into the next. Deciding a range again from the same carry gives the
 * same. */
#ifndef PAGES_DECIDE_H
#define PAGES_DECIDE_H

#include "kernel/memmap.h"
#include "kernel/xen.h"
#include "pages/classify.h"

/* What is left of a block that began in an earlier range. */
struct carry {
	pfn_t end; /* one past its last page; 0: nothing */
	enum page_kind kind;
};

/* What the kernel's structures say that cannot be. The pages concerned stay in the dump. */
struct doubts {
	uint64_t unreadable; /* pages whose struct page cannot be read */
	pfn_t first_unreadable;
	uint64_t blocks;     /* free blocks of an order no kernel has */
	pfn_t first_block;
	uint64_t lists;      /* free lists, or all of a node's, that are broken */
	char first_list[192]; /* which one, and where */
};

/* Add the doubts of a later range. */
void doubts_add(struct doubts *, const struct doubts *later);

/* The decision for [first, end): `words` comes in with the pages that have data, bit 0 being pfn
 * `first`, and goes out without those left out. first is a multiple of 64. */
struct decision {
	pfn_t first, end;
	uint64_t *words; /* the caller's */
	uint64_t excluded[PAGE_KINDS];
	uint64_t found_free; /* in blocks that struct pages tell of, in the dump or not */
	uint64_t percpu; /* of the free pages: on lists of single CPUs */
	struct doubts doubts;
};

/* What somebody else says of a page. */
enum page_verdict { PAGE_UNDECIDED, PAGE_KEEP, PAGE_DROP };

/* Asked about each page whose struct page is looked at; those that a block covers are not. The same
 * page may be asked about again, and the answer must be the same. */
typedef enum page_verdict page_judge(void *argument, pfn_t, const uint8_t *struct_page);

/* How to decide. Everything is lent. */
struct decider {
	struct memmap *map; /* NULL: nothing is known, every page stays */
	const struct rules *rules;
	const struct facts *facts;
	struct xen *xen; /* ranges are of the machine's page frames, map is dom0's; NULL: there is
			    no Xen */
	bool leave_domains; /* leave out what is neither the hypervisor's nor dom0's */
	unsigned wanted; /* kinds, as classify() takes them */
	bool by_page;    /* look at struct pages */
	bool by_lists;   /* and find free pages by the free lists */
	bool percpu_wanted; /* free pages on lists of single CPUs, too, at a level with free ones */
	bool by_percpu;
	page_judge *judge; /* NULL: nobody else is asked. Keeping wins over every rule; dropping
			      comes after all of them */
	void *judge_of;    /* its argument */
};

/* What a level asks for on this kernel, as far as its pages can be told. */
void decider_set_level(struct decider *, unsigned level);

err_t decide(struct decider *, struct carry *, struct decision *);

/* The same, for page frames of the kernel whatever those of the machine are: of dom0.h. */
err_t decide_range(struct decider *, struct carry *, struct decision *);

#endif
