// SPDX-License-Identifier: GPL-2.0-only
/* dmesg.h - the dead kernel's log as text.
 * Nothing in memory grows with the log: it is read and handed on in pieces of DMESG_PIECE bytes.
 * What it can cost is bounded, too: a log buffer has at most 2^31 bytes (LOG_BUF_LEN_MAX), and none
 * of them is printed twice. */
#ifndef KERNEL_DMESG_H
#define KERNEL_DMESG_H

#include "kernel/memory.h"

enum { DMESG_PIECE = 8192 };

struct dmesg {
	/* Set by the caller. */
	struct memory *memory;
	const struct facts *facts;
	bool since_clear; /* only what was logged after the last `dmesg --clear` */

	/* Takes the text, piece by piece in order. What it returns but OK ends the log. */
	err_t (*write)(void *to, const char *text, size_t bytes);
	void *to;

	/* Text on its way out; zeros at the start. */
	size_t used;
	char text[DMESG_PIECE];

	/* Pieces of the log that are not in the dump, and were passed over. */
	uint64_t lost;
	vaddr_t first_lost;
};

/* Print the log. ERR_NOFACT: the dump does not tell where it is. ERR_CORRUPT: the log contradicts
 * itself, or parts of it are missing; the sentence tells which. In either case all text that could
 * be had has been handed to write(). What write() returned, when that was not OK. */
err_t dmesg_print(struct dmesg *);

#endif
