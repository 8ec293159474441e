// SPDX-License-Identifier: GPL-2.0-only
/* nodes.h - the NUMA nodes of the dead kernel. */
#ifndef KERNEL_NODES_H
#define KERNEL_NODES_H

#include "kernel/memory.h"

enum { NODES_MOST = 8192 };

/* The next online node with a number >= from, and its struct pglist_data. ERR_HOLE: there is no
 * more. A kernel that does not tell which nodes are online has node 0. */
err_t nodes_next(struct memory *, const struct facts *, unsigned from, unsigned *node,
		 vaddr_t *pgdat);

#endif
