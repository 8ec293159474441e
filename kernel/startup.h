// SPDX-License-Identifier: GPL-2.0-only
/* startup.h - what crash and drgn read of a dead kernel before their first prompt, and to list its
 * tasks and its log: is it there?
 * Where it stands is told by the kernel's own symbols and types (kallsyms, BTF), so no vmlinux is
 * needed; if there is one, it may help. Read through a dump's memory this proves the dump; read
 * through the input's, with somebody told what is touched, it names the pages that must not get
 * lost. */
#ifndef KERNEL_STARTUP_H
#define KERNEL_STARTUP_H

#include "kernel/btf.h"
#include "kernel/kallsyms.h"

enum startup_state {
	STARTUP_THERE,
	STARTUP_MISSING, /* all or a part of it */
	STARTUP_UNKNOWN, /* nothing tells where it is; this kernel may have none */
};

struct startup_thing {
	const char *name;  /* "tasks" */
	const char *unit;  /* of what `count` counts; NULL: nothing is counted */
	enum startup_state state;
	uint64_t count;    /* so many were found */
	char why[ERR_TEXT_BYTES]; /* why it is not there, or what was not told */
};

enum { STARTUP_THINGS = 11, STARTUP_SYMBOLS = 8, STARTUP_TYPES = 6, STARTUP_BYTES = 4096,
       STARTUP_EXPORTED = 2 };

/* What a vmlinux tells of the dump's kernel. */
struct startup_help {
	struct types *types;             /* count before BTF; lent. NULL: not told */
	vaddr_t symbol[STARTUP_SYMBOLS]; /* where kallsyms does not tell; 0: not told */
};

struct startup {
	/* Set by the caller, the rest zeros. */
	struct memory *memory;     /* lent, as the facts are */
	const struct facts *facts;
	pfn_t limit;               /* highest pfn of the dump, plus 1 */
	uint64_t entries_most;     /* see no more of the lists of a thing; 0: all, and more than a
				      kernel can have is a fault */
	void (*begins)(void *argument, unsigned thing); /* told which thing comes next; NULL */
	void *argument;
	const struct startup_help *help; /* lent; NULL: there is none */

	/* What was found, in the order it was looked for. */
	struct startup_thing thing[STARTUP_THINGS];

	/* What the kernel's own types alone tell. */
	struct facts itself;

	/* Private. */
	struct facts told;
	struct btf btf;
	bool has_btf;
	struct types *types;             /* BTF or the help's; NULL: not known */
	vaddr_t symbol[STARTUP_SYMBOLS]; /* 0: not told */
	struct type type[STARTUP_TYPES]; /* bytes 0: not told */
	uint64_t entries;                /* of the thing at hand */
	struct {
		uint64_t bytes, tasks, signal, thread_head, thread_node;
	} task; /* bytes 0: not yet looked up */
	struct {
		uint64_t bytes, curr, idle;
	} queue; /* likewise */
	struct {
		uint64_t bytes;
		uint64_t symbol_bytes; /* of what it exports, each; 0: not told */
		struct {
			uint64_t at, count;
		} exported[STARTUP_EXPORTED]; /* offsets in it: a pointer, and how many */
	} module;
	uint8_t bytes[STARTUP_BYTES];
};

/* Look at everything. ERR_NOMEM, ERR_UNSUPPORTED, ERR_STOPPED: it could not be looked at; what is
 * missing is told by the things. Lists are followed to a ceiling, and not in circles. */
err_t startup_look(struct startup *);

/* What symbol is asked for under a number below STARTUP_SYMBOLS. */
const char *startup_symbol(unsigned symbol);

/* What the things are called, by their number. */
const char *startup_name(unsigned thing);

/* Is it one that a debugger with the kernel's vmlinux does not read? */
bool startup_in_vmlinux(unsigned thing);

/* Is it one of which there is the more the more the machine does, as of tasks? */
bool startup_may_be_long(unsigned thing);

#endif
