// SPDX-License-Identifier: GPL-2.0-only
/* memory.h - the dead kernel's memory by its own addresses. One thread. */
#ifndef KERNEL_MEMORY_H
#define KERNEL_MEMORY_H

#include "arch/arch.h"

enum { MEMORY_STEPS = 8 };

/* A stretch of addresses whose translation is known: a page or huge page met before. */
struct step {
	vaddr_t start;
	paddr_t at;
	uint64_t bytes; /* 0: none */
};

struct memory {
	const struct space *space;
	struct reader *reader; /* for the bytes */
	struct reader *tables; /* for page tables, so that looking one up ends no loan of bytes */
	struct step step[MEMORY_STEPS];
	unsigned oldest;

	/* Told of all that is read, page tables too: who wants to know where it stands. NULL:
	 * nobody does. */
	void (*touched)(void *argument, paddr_t at, size_t size);
	void *toucher; /* its argument */
};

/* Translate, with the steps met last remembered. Answers as space_translate(). */
err_t memory_translate(struct memory *, vaddr_t, paddr_t *ret, uint64_t *run);

/* Lend up to *size bytes; *size becomes what lies in one piece. As reader_lend(). */
err_t memory_lend(struct memory *, vaddr_t, const uint8_t **ret, size_t *size);

/* Copy bytes, all or an error. ERR_HOLE, which carries no text, where there is no such memory. */
err_t memory_read(struct memory *, vaddr_t, void *bytes, size_t size);

/* The same where there must be some: instead of ERR_HOLE comes ERR_CORRUPT, with a sentence. */
err_t memory_need(struct memory *, vaddr_t, void *bytes, size_t size);

/* Read an unsigned long of the dumped kernel, as memory_need(). */
err_t memory_word(struct memory *, vaddr_t, uint64_t *ret);

/* Read an unsigned integer of 1, 2, 4 or 8 bytes, as memory_need(). */
err_t memory_number(struct memory *, vaddr_t, unsigned bytes, uint64_t *ret);

/* Can this be the address of data of the kernel? */
bool memory_is_kernel(const struct memory *, vaddr_t);

#endif
