// SPDX-License-Identifier: GPL-2.0-only
/* names.h - the names of the dump's kernel: symbols out of its memory or a vmlinux, types out of a
 * vmlinux or its BTF, and those of its modules. */
#ifndef JOBS_NAMES_H
#define JOBS_NAMES_H

#include "facts/dwarf.h"
#include "facts/vmlinux.h"
#include "kernel/btf.h"
#include "kernel/modules.h"
#include "makedumpfile.h"
#include "pages/erase.h"

enum { MODULES_HELD = 16 };

/* A symbol of the kernel itself. */
struct wanted_symbol {
	const char *name; /* lent */
	vaddr_t at;       /* 0: there is none */
	bool function;    /* it is one, as far as can be told */
};

struct held_module {
	const char *name; /* as it is asked for; lent */
	bool loaded;
	struct kernel_module module;
	struct btf btf;
	bool has_btf;
};

struct kernel_names {
	struct names door; /* first: what others hold */
	struct dump *dump;
	struct wanted_symbol *wanted; /* owned */
	unsigned symbols, room;
	struct types *types;          /* the kernel's; NULL: not known */
	struct btf btf;
	bool has_btf;
	struct vmlinux vmlinux;       /* -x, and the file with its debug information */
	struct vmlinux debug;
	bool has_vmlinux, has_debug;
	struct dwarf dwarf;
	bool has_dwarf;
	struct module_lists lists;
	struct held_module held[MODULES_HELD];
	unsigned modules;
};

/* Begin with no symbols; names_want() those that will be asked for, then names_load(), and the door
 * is open. The struct must stay where it is. ERR_NOMEM. Symbols or types that nobody tells are no
 * error: asking then finds none. `why` becomes what was not to be had, or empty. */
void names_init(struct kernel_names *, struct dump *);
err_t names_want(struct kernel_names *, const char *name);
err_t names_load(struct kernel_names *, struct kept_text *why);

/* Was everything that was asked for read? ERR_IO: a part of the vmlinux could not be. */
err_t names_check(const struct kernel_names *);
void names_free(struct kernel_names *);

#endif
