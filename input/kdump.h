// SPDX-License-Identifier: GPL-2.0-only
/* kdump.h - kdump-compressed files as input (diskdump_mod.h): of makedumpfile, any version since
 * 2007, and of QEMU; of any machine, whole or one part of a split set.
 * kdump.c reads the headers, kdump_pages.c the pages. */
#ifndef INPUT_KDUMP_H
#define INPUT_KDUMP_H

#include "input/ranks.h"

extern const struct input_format kdump_format;

/* The file as its headers tell. Const once open. */
struct kdump {
	pfn_t max_mapnr;
	uint64_t bitmap_at[2], bitmap_bytes; /* 1st and 2nd; bytes of each */
	uint64_t descriptors_at;
	pfn_t start, end;    /* page frames with descriptors: all, or those of a split part */
	struct ranks ranks;  /* of the 2nd bitmap */
	uint64_t rank_start; /* its bits before `start`, which have no descriptor here */
};

/* Index the 2nd bitmap, and look at all descriptors for pages that are missing. source->kdump and
 * target are set. ERR_CORRUPT: the bitmaps are cut off. */
err_t kdump_index(struct source *);

/* lend() and pages() of struct input_format. What pages() cannot read is not there. */
err_t kdump_lend(struct reader *, paddr_t at, const uint8_t **ret, size_t *size);
void kdump_pages_in(const struct source *, pfn_t first, pfn_t end, bool data, uint64_t *words);

#endif
