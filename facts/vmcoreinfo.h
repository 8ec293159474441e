// SPDX-License-Identifier: GPL-2.0-only
/* vmcoreinfo.h - the text a kernel leaves about itself, and makedumpfile -g writes. */
#ifndef FACTS_VMCOREINFO_H
#define FACTS_VMCOREINFO_H

#include <stdio.h>

#include "facts/facts.h"

/* Take every fact the text knows and `facts` does not. The text ends at `bytes` or at a NUL, may be
 * cut off anywhere, and of two lines for one fact the first wins. `source` names it in messages and
 * must live as long as the facts. ERR_CORRUPT: a number that is none. */
err_t vmcoreinfo_read(struct facts *, const char *text, size_t bytes, const char *source);

/* Is it what a kernel writes, or -g? ERR_CORRUPT: it has no OSRELEASE, or no possible PAGESIZE. */
err_t vmcoreinfo_check(const struct facts *, const char *source);

/* The same where either line may be missing. ERR_CORRUPT: it has a PAGESIZE, no possible one. */
err_t vmcoreinfo_check_part(const struct facts *, const char *source);

/* Write what is known and belongs into such a file, in the order that other makedumpfiles use.
 * Whether that worked, ferror() tells. */
void vmcoreinfo_write(const struct facts *, FILE *);

/* The same of facts about the Xen hypervisor. */
void vmcoreinfo_write_xen(const struct facts *, FILE *);

/* Write the line of one fact that is known. */
void vmcoreinfo_write_fact(const struct facts *, enum fact_id, FILE *);

#endif
