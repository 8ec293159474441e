// SPDX-License-Identifier: GPL-2.0-only
/* itself.h - what a kernel says of itself in its memory: symbols (kallsyms), then types (BTF). */
#ifndef KERNEL_ITSELF_H
#define KERNEL_ITSELF_H

#include "kernel/btf.h"
#include "kernel/kallsyms.h"

/* Answer what `facts` does not know, as far as there are such tables: types are answered also where
 * symbols are not. ERR_NOFACT: the kernel has no such tables, or they are not to be found;
 * ERR_CORRUPT, ERR_IO: they are damaged or not in the dump; ERR_NOMEM. What was answered stays. */
err_t itself_answer(struct memory *, struct facts *);

#endif
