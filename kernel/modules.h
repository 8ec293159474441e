// SPDX-License-Identifier: GPL-2.0-only
/* modules.h - the modules a kernel has loaded: their names, symbols and types, out of its memory
 * (kernel/module/, kernel/bpf/btf.c). All by one struct types that knows struct module. */
#ifndef KERNEL_MODULES_H
#define KERNEL_MODULES_H

#include "facts/types.h"
#include "kernel/memory.h"

enum { MODULE_NAME_BYTES = 64 }; /* more than MODULE_NAME_LEN ever was */

/* A loaded module. Its symbol table is an ELF one, with addresses as they are in memory. */
struct kernel_module {
	char name[MODULE_NAME_BYTES];
	vaddr_t at;                  /* of its struct module */
	vaddr_t symbols, names;      /* the table, and the texts of its names */
	uint64_t count;
};

/* Where the kernel keeps them. */
struct module_lists {
	struct memory *memory;       /* lent */
	struct types *types;         /* the kernel's; lent */
	vaddr_t modules;             /* SYMBOL(modules) */
	vaddr_t btf_modules;         /* SYMBOL(btf_modules), since 5.11 (36e68442d1af); 0: none */
};

/* Find a loaded module by name; dashes are underscores. ERR_NOFACT: there is none, or the types do
 * not tell. ERR_CORRUPT, ERR_IO: the list cannot be followed. */
err_t module_find(const struct module_lists *, const char *name, struct kernel_module *ret);

/* The address of a symbol of it. ERR_NOFACT: it has none of that name. */
err_t module_symbol(const struct module_lists *, const struct kernel_module *, const char *name,
		    vaddr_t *ret);

/* Where its BTF lies. ERR_NOFACT: it has none. */
err_t module_btf(const struct module_lists *, const struct kernel_module *, vaddr_t *start,
		 vaddr_t *end);

#endif
