// SPDX-License-Identifier: GPL-2.0-only
/* opening.h - what crash reads before its first prompt, beside what startup.h looks at: variables
 * by their names, memory of each CPU and its stacks, nodes, zones and sections, process ids. And
 * what it asks next: the stacks of all tasks, modules.
 * Asked only when a dump has no room for all pages. All is told by the kernel's own symbols and
 * types (kallsyms, BTF); of a kernel that has none, or not these, less is found. */
#ifndef KERNEL_OPENING_H
#define KERNEL_OPENING_H

#include "kernel/btf.h"

enum { OPENING_NAMES = 80, OPENING_MEMBERS = 24, OPENING_SIZES = 8 };

/* What becomes of a debugger without it. */
enum opening_use {
	OPENING_BEGIN,  /* it does not begin, or not without a warning */
	OPENING_LIST,   /* it cannot list tasks, with the size of each */
	OPENING_STACK,  /* it does not know where a task is: its stack */
	OPENING_MODULE, /* it does not know the symbols of a module */
};

struct opening {
	/* Set by the caller, the rest zeros. */
	struct memory *memory; /* lent */
	struct facts facts;    /* what is known; becomes more */
	pfn_t limit;           /* highest pfn of the dump, plus 1 */

	/* Told where it stands, in no order, and also more than once: bytes [at, at + bytes), of
	 * which some may not be mapped. */
	void (*found)(void *argument, vaddr_t at, uint64_t bytes, enum opening_use);
	void *argument;

	/* Private. */
	vaddr_t at[OPENING_NAMES]; /* of the symbols; 0: not told */
	struct btf btf;
	struct {
		bool known;
		uint64_t at, bytes; /* in its struct; 0 bytes: not told */
	} member[OPENING_MEMBERS];
	uint64_t size[OPENING_SIZES]; /* of types; 0: not told */
	uint64_t nodes;        /* so many were seen of the tree of process ids, */
	uint64_t entries;      /* of a list, */
	uint64_t counters;     /* of CPUs, */
	uint64_t module_bytes; /* of modules */
};

/* Find as much of it as can be found; whatever is not cannot be helped. Lists and trees are
 * followed to a ceiling. */
void opening_find(struct opening *);

#endif
