// SPDX-License-Identifier: GPL-2.0-only
/* selfcheck.h - the kernel counts its free pages; do we find as many? */
#ifndef PAGES_SELFCHECK_H
#define PAGES_SELFCHECK_H

#include "pages/decide.h"

/* What the zones of the whole machine count as free in their lists of blocks. False: the facts do
 * not tell where, or a zone cannot be read. */
bool selfcheck_counted(struct decider *, uint64_t *ret);

/* Do two numbers of pages differ by more than 2 % of what was counted? */
bool selfcheck_differs(uint64_t found, uint64_t counted);

#endif
