// SPDX-License-Identifier: GPL-2.0-only
/* memmap.h - where the struct page of a page frame lies.
 * A kernel lays out its page array in one of four ways. Nothing here grows with the machine but the
 * node table of DISCONTIGMEM (24 bytes a node, at most NODES_MOST of nodes.h); sections are looked
 * up when asked. */
#ifndef KERNEL_MEMMAP_H
#define KERNEL_MEMMAP_H

#include "kernel/memory.h"

enum { STRUCT_PAGE_MOST = 512, BLOCK_PAGES = 64 };

/* Page frames [first, end) whose struct pages stand in one array; at 0: they have none. */
struct stretch {
	pfn_t first, end;
	vaddr_t at; /* of the struct page of `first` */
};

struct memmap;

/* One way of laying it out. */
struct memmap_model {
	const char *name; /* as -D prints it */

	/* Do the facts tell of this one? */
	bool (*fits)(const struct facts *, const struct memory *);

	/* Fill the memmap. ERR_CORRUPT: what lies there is not a page array. */
	err_t (*open)(struct memmap *, const struct facts *);

	/* The stretch that holds a pfn below the memmap's limit. */
	void (*find)(struct memmap *, pfn_t, struct stretch *ret);
};

struct memmap {
	struct memory *memory;
	const struct memmap_model *model;
	unsigned page_size; /* SIZE(page) */
	pfn_t limit;        /* highest pfn of the dump, plus 1 */
	pfn_t end;          /* one past the last pfn that has a struct page; 0: none has */

	vaddr_t array; /* FLATMEM: of pfn 0; SPARSEMEM: of the sections or their roots */
	unsigned section_pages_shift, section_size,
	    sections_per_root;	   /* SPARSEMEM; per_root 0: no roots */
	unsigned map_at;           /* OFFSET(mem_section.section_mem_map) */
	uint64_t sections;         /* that limit and MAX_PHYSMEM_BITS allow */
	uint64_t broken;           /* of these, so many without a possible page array */
	uint64_t first_broken;
	struct stretch *node;      /* DISCONTIGMEM: sorted; owned */
	size_t nodes;
	uint8_t *bounce;           /* BLOCK_PAGES struct pages put together; owned */
};

/* Find out which model and check that it holds. `limit` is the highest pfn of the dump, plus 1.
 * ERR_NOFACT: a fact is missing, named in the sentence. ERR_CORRUPT: contradicts the memory. */
err_t memmap_open(struct memmap *, struct memory *, const struct facts *, pfn_t limit);
void memmap_close(struct memmap *);

/* The stretch around a pfn. Unreadable sections count as having no struct pages. */
void memmap_find(struct memmap *, pfn_t, struct stretch *ret);

/* Lend up to BLOCK_PAGES struct pages that stand at `at`. Bit i of *readable tells whether the i-th
 * is there; one that is not reads as zeros. Good until the next call. After use ask
 * reader_faulted() of the memory's reader. */
void memmap_lend(struct memmap *, vaddr_t at, unsigned count, const uint8_t **ret,
		 uint64_t *readable);

/* The same, each struct page read by itself: after a fault, to find out which ones are bad. */
void memmap_lend_singly(struct memmap *, vaddr_t at, unsigned count, const uint8_t **ret,
			uint64_t *readable);

#endif
