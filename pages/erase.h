// SPDX-License-Identifier: GPL-2.0-only
/* erase.h - from the commands of --config to the bytes of memory they mean. */
#ifndef PAGES_ERASE_H
#define PAGES_ERASE_H

#include "facts/types.h"
#include "kernel/memory.h"
#include "pages/conf.h"
#include "pages/scrub.h"

/* Who knows the names of a kernel. `module`: whose; NULL: the kernel's own. */
struct names {
	/* Is such a module loaded? */
	bool (*module)(struct names *, const char *module);

	/* The address of a variable, where it is in memory: of the module, else of the kernel. */
	bool (*symbol)(struct names *, const char *module, const char *name, vaddr_t *ret);

	/* The types; NULL: not known. Lent for as long as the names live. */
	struct types *(*types)(struct names *, const char *module);
};

/* Hears what could not be done: once for each command and reason to skip it. */
typedef void erase_tell(void *argument, const struct conf_command *, const char *text);

/* Find everything the commands name and add it to the scrub, which is not sealed yet. What the
 * kernel does not have is skipped and told. Lists that are broken end there, and are told.
 * ERR_NOMEM, ERR_UNSUPPORTED: too much to be erased; nothing may be written then. */
err_t erase_find(const struct conf *, struct names *, struct memory *, struct scrub *, erase_tell *,
		 void *argument);

/* Add `bytes` of memory at an address to the item begun last, page by page: neighbours in virtual
 * memory need not be in physical memory. What is not mapped is passed over. `space`: another than
 * the kernel's own, or NULL. */
err_t erase_range(struct memory *, const struct space *space, vaddr_t at, uint64_t bytes,
		  uint8_t fill, struct scrub *);

#endif
