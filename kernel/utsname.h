// SPDX-License-Identifier: GPL-2.0-only
/* utsname.h - the kernel's own idea of who it is. */
#ifndef KERNEL_UTSNAME_H
#define KERNEL_UTSNAME_H

#include "kernel/memory.h"

enum { RELEASE_FIELD = 2, MACHINE_FIELD = 4 }; /* of struct new_utsname */

/* Where struct new_utsname stands. ERR_NOFACT: the facts do not tell. */
err_t utsname_find(const struct facts *, vaddr_t *ret);

/* Where its field with the release stands. */
err_t utsname_release(const struct facts *, vaddr_t *ret);

/* Is the release that the facts tell at this physical address? */
bool utsname_is_release(struct reader *, const struct facts *, paddr_t);

#endif
