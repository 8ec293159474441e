// SPDX-License-Identifier: GPL-2.0-only
/* direct.h - mips64 and loongarch64: machines with windows of addresses that are physical ones, and
 * tables that software walks, so that entries of tables hold addresses of such a window. */
#ifndef ARCH_DIRECT_H
#define ARCH_DIRECT_H

#include "arch/arch.h"

/* What an entry leads to; false: to no table. */
typedef bool direct_address(uint64_t entry, paddr_t *ret);

/* Take the one of `count` shapes that the tables from the root on have: entries lead from one table
 * to the next, also empty ones, which lead to tables of nothing. ERR_UNSUPPORTED: they have none of
 * these; ERR_CORRUPT: a table is not in the dump. */
err_t direct_find_paging(struct space *, const struct source *, direct_address *,
			 const struct paging *, size_t count);

#endif
