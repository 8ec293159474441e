// SPDX-License-Identifier: GPL-2.0-only
/* kallsyms.h - the symbols a kernel keeps of itself, out of its memory (kernel/kallsyms.c there).
 * Read as a stream: whoever asks gets one walk over all of them, in memory that does not depend on
 * how many there are. Where the tables lie is told by vmcoreinfo since 6.0 (5fd8fea935a1); before,
 * they are found by their looks. */
#ifndef KERNEL_KALLSYMS_H
#define KERNEL_KALLSYMS_H

#include "base/initials.h"
#include "facts/asks.h"
#include "kernel/constants.h"
#include "kernel/memory.h"

enum {
	KALLSYMS_NAME_BYTES = 512, /* KSYM_NAME_LEN; the longest, since 6.1: b8a94bfb3395 */
	KALLSYMS_TOKENS = 256,
	KALLSYMS_MOST = 1 << 24,   /* symbols; kernels have some 100,000 */
};

/* How addresses are written. */
enum kallsyms_form {
	KALLSYMS_ABSOLUTE, /* words; the only form until 4.6 (2213e9a66bb8), a choice until 6.10 */
	KALLSYMS_PERCPU,   /* 32 bits: negative ones from the base down, others as they are; 4.6 -
			      6.14 of x86_64 (01157ddc58dc took it away) */
	KALLSYMS_BASE,     /* 32 bits above a base */
	KALLSYMS_PLACE,    /* 32 bits, signed, from the place where each stands; 7.0 */
	KALLSYMS_FORMS,
};

struct kallsyms {
	struct memory *memory; /* lent */
	vaddr_t names, token_table, token_index, addresses;
	uint64_t base;         /* kallsyms_relative_base */
	uint32_t count;
	enum kallsyms_form form;
	bool long_names;       /* a length may take two bytes (6.1, 73bbb94466fd) */
};

/* Find the tables and prove them: what the facts say of _stext, or of another symbol every kernel
 * has, must stand there. ERR_NOFACT: nothing tells where they are. ERR_CORRUPT, ERR_IO: what is
 * there is no such table. ERR_NOMEM. Nothing is to be closed. */
err_t kallsyms_open(struct kallsyms *, struct memory *, const struct facts *);

/* One symbol. The name is lent until the next. */
struct kernel_symbol {
	const char *name;
	char type; /* as nm writes it: T t D d B b ... */
	vaddr_t at;
};

/* What somebody does with each. */
typedef void kallsyms_visit(void *argument, const struct kernel_symbol *);

/* Who looks at them. */
struct kallsyms_visitor {
	kallsyms_visit *visit;
	void *argument;
	const struct initials *wanted; /* lent; names that begin otherwise need not be shown */
	uint32_t seen;                 /* set by the walk: so many names, shown or not */
};

/* Show those that are wanted, in the order they stand, which is mostly by address. All of the
 * tables is read. ERR_CORRUPT, ERR_IO: they are damaged, or not all in the dump; what came before
 * was shown. ERR_NOMEM. */
err_t kallsyms_walk(const struct kallsyms *, struct kallsyms_visitor *);

/* Answer all that is asked by the name of a symbol. As kallsyms_walk(). */
err_t kallsyms_answer(const struct kallsyms *, struct asks *);

/* Where the table of addresses may stand, if it is not told: the places and forms to be tried. */
struct kallsyms_places {
	struct {
		vaddr_t addresses, base_at; /* base_at 0: the forms need none */
		unsigned forms;             /* a bit each */
	} at[3];
	unsigned count;
};

/* Look for the tables in the image: sets names, count, tokens. ERR_NOFACT: there are none
 * among its constants, or they stand in another order than in 5.0 - 6.1 and since 6.4. */
err_t kallsyms_search(struct kallsyms *, const struct constants *, struct kallsyms_places *ret);

#endif
