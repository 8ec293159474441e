// SPDX-License-Identifier: GPL-2.0-only
/* constants.h - what the kernel may only read of itself: its symbols and types are there. */
#ifndef KERNEL_CONSTANTS_H
#define KERNEL_CONSTANTS_H

#include "facts/facts.h"

/* Addresses [from, to) of the image, from a page's start. */
struct constants {
	vaddr_t from, to;
};

/* Where the constants are: behind the start of the code, and before data. The linker scripts of all
 * machines put .rodata there; where data is, the names of the system tell, which are data (struct
 * uts_namespace init_uts_ns; struct new_utsname system_utsname until 2.6.18). If the facts do not
 * tell it, or something else, it is CONSTANTS_MOST. ERR_NOFACT: they do not tell where the code
 * is. */
err_t constants_find(const struct facts *, struct constants *ret);

enum { CONSTANTS_MOST = 128 << 20 }; /* bytes; some 50 of a debug kernel */

#endif
