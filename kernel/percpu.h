// SPDX-License-Identifier: GPL-2.0-only
/* percpu.h - variables of which each CPU has its own: which CPUs are online, their APIC ids, and
 * the notes they wrote when the kernel crashed. For facts of a vmlinux; vmcoreinfo tells none of
 * this. */
#ifndef KERNEL_PERCPU_H
#define KERNEL_PERCPU_H

#include "kernel/memory.h"

enum { CPU_NUMBERS = 8192, CRASH_NOTE_MOST = 1024 };

/* The number of the first CPU from `cpu` on that is online; CPU_NUMBERS: there is none. ERR_NOFACT:
 * the facts do not tell. ERR_CORRUPT: the mask cannot be read. */
err_t percpu_online(struct memory *, const struct facts *, unsigned cpu, unsigned *ret);

/* The lower 16 bits of the APIC id of a CPU. ERR_NOFACT, ERR_CORRUPT. */
err_t percpu_apic_id(struct memory *, const struct facts *, unsigned cpu, uint64_t *ret);

/* Copy the note CORE, of type NT_PRSTATUS, with which a CPU saved its registers; *size becomes its
 * length. ERR_HOLE: it wrote none. ERR_NOFACT, ERR_CORRUPT. */
err_t percpu_crash_note(struct memory *, const struct facts *, unsigned cpu,
			uint8_t ret[CRASH_NOTE_MOST], size_t *size);

#endif
