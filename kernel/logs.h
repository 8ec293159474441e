// SPDX-License-Identifier: GPL-2.0-only
/* logs.h - inside of dmesg.c: the two log formats that need a file of their own, and what they
 * print with. */
#ifndef KERNEL_LOGS_H
#define KERNEL_LOGS_H

#include "kernel/dmesg.h"

/* One record of the log. */
struct log_line {
	uint64_t nanoseconds;
	bool has_caller;
	uint32_t caller; /* CPU (bit 31 set) or thread that logged it */
	vaddr_t text;
	uint64_t bytes;
};

/* Print a record: "[    1.234567] [      T1] text", bytes that are no text as \xHH, every further
 * line of it indented to where the text begins. */
err_t log_line(struct dmesg *, const struct log_line *);

/* Pass over something that cannot be read. ERR_CORRUPT: too much was. */
err_t log_lost(struct dmesg *, vaddr_t);

/* log_ring.c: the ring of descriptors of 5.10. */
err_t log_ring_print(struct dmesg *);

/* log_records.c: the ring of records of 3.5 - 5.9. */
err_t log_records_print(struct dmesg *);

#endif
