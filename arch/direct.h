// SPDX-License-Identifier: GPL-2.0-only
/* direct.h - mips64 and loongarch64: machines with windows of addresses that are physical ones, and
 * tables that software walks, so that entries of tables hold addresses of such a window. */
#ifndef ARCH_DIRECT_H
#define ARCH_DIRECT_H

#include "arch/arch.h"

/* How many levels the tables from the root on have: entries lead from one table to the next, also
 * empty ones, which lead to tables of nothing. `address` is what an entry leads to, false where it
 * leads to no table. */
err_t direct_levels(const struct space *, const struct source *,
		    bool (*address)(uint64_t entry, paddr_t *ret), unsigned *ret);

#endif
