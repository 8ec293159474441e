// SPDX-License-Identifier: GPL-2.0-only
/* cpus.h - what a hypervisor's notes tell about the CPUs of a dump: the page tables they used, and
 * the kernel that handled their interrupts. */
#ifndef KERNEL_CPUS_H
#define KERNEL_CPUS_H

#include "kernel/memory.h"

/* A walk over the page tables that CPUs used; begin with source, arch and root = CPU_ROOTS. */
struct cpus {
	const struct source *source;
	const struct arch *arch;
	size_t at;     /* in the notes */
	unsigned root; /* of state.root, the next; CPU_ROOTS: another CPU's */
	struct cpu_state state;
};

/* Make `space`, which setup() filled, that of the next tables. False: there are no more. */
bool cpus_next(struct cpus *, struct space *);

/* Where the first handler of its interrupts is; 0: it cannot be read, or is in no kernel. */
vaddr_t cpus_handler(const struct cpus *, const struct space *, struct reader *tables,
		     struct reader *bytes);

/* How far a kernel, whose facts tell addresses as linked, was moved, and where its image lies: the
 * facts HEX_KERNELOFFSET and those of arch->place(). ERR_NOFACT: no CPU ran this kernel, or the
 * facts do not tell enough. */
err_t cpus_place(const struct source *, const struct arch *, const struct facts *linked,
		 struct facts *ret);

/* Where the image of a kernel lies whose facts tell its addresses as they are, and what kind of
 * page tables it has: the facts of arch->place() that are not known.
 * ERR_NOFACT: as cpus_place(). */
err_t cpus_locate(const struct source *, const struct arch *, struct facts *);

#endif
