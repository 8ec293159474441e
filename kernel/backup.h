// SPDX-License-Identifier: GPL-2.0-only
/* backup.h - the first 640 KiB of memory, which a crash kernel of x86 uses itself: before it
 * starts, what was there is copied into the memory reserved for it. Where to, says the ELF core
 * header that kexec made for it. */
#ifndef KERNEL_BACKUP_H
#define KERNEL_BACKUP_H

#include "kernel/memory.h"

/* Memory [start, start + bytes) was copied to `saved`. */
struct backup {
	paddr_t start, saved;
	uint64_t bytes;
};

/* Ask the kernel for it. ERR_NOFACT: the facts do not tell (they are of a vmlinux). ERR_HOLE: no
 * crash kernel is loaded, or none that needs a copy. ERR_CORRUPT: what is there makes no sense. */
err_t backup_find(struct memory *, const struct facts *, struct backup *ret);

#endif
