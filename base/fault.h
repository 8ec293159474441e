// SPDX-License-Identifier: GPL-2.0-only
/* fault.h - survive SIGBUS on mapped input.
 * A dump is read where it lies, through mappings. When the disk under it fails, or a page of the
 * dead machine's memory is poisoned, touching the mapping raises SIGBUS. The handler puts a page of
 * zeros in place of the one that cannot be read and counts it in the area, and the code that was
 * reading goes on; whoever used the bytes asks fault_count() afterwards and calls the page
 * unreadable. */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

/* One mapping of the calling thread that may fault. Owned by the caller, who fills start and bytes
 * (bytes 0: not mapped now) and keeps it alive until fault_leave(). Only that thread may touch it.
 */
struct fault_area {
	volatile uintptr_t start;
	volatile size_t bytes;
	volatile sig_atomic_t count; /* pages replaced by zeros so far */
	struct fault_area *next;
};

/* Install the handler. Once, before the first fault_enter(). */
void fault_setup(void);

/* From now on faults of this thread inside the area are survived. */
void fault_enter(struct fault_area *);

/* Undo fault_enter(); same thread. */
void fault_leave(struct fault_area *);

#endif
