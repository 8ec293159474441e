// SPDX-License-Identifier: GPL-2.0-only
/* kdump.h - kdump-compressed files as input (diskdump_mod.h): of makedumpfile, any version since
 * 2007, and of QEMU; of any machine, whole or one part of a split set.
 * kdump.c reads the headers, kdump_pages.c the pages, split.c other parts. */
#ifndef INPUT_KDUMP_H
#define INPUT_KDUMP_H

#include "input/ranks.h"

extern const struct input_format kdump_format;

/* The file as its headers tell. Const once open. */
struct kdump {
	uint32_t version;    /* of the header */
	bool split;          /* it is one part of a split set */
	bool incomplete;     /* its header says so, or its end is cut off */
	pfn_t max_mapnr;
	struct file_bits bitmap[2]; /* 1st and 2nd, of equal size */
	uint64_t descriptors_at;
	pfn_t start, end;    /* page frames with descriptors: all, or those of a split part */
	pfn_t origin;        /* what has to be added to all of these to get page frames of memory */
	struct ranks ranks;  /* of the 2nd bitmap */
	uint64_t unread;     /* page frames whose bits could not be read while walking; the only
				thing here that changes, in the main thread */
	uint64_t rank_start; /* its bits before `start`, which have no descriptor here */
};

enum { KDUMP_HEADER_BYTES = 464 }; /* of the main header; the larger shape */

/* Read the main header, its incomplete bit off: all parts of a split dump have the same. */
err_t kdump_identity(const struct source *, uint8_t ret[KDUMP_HEADER_BYTES]);

/* Index the 2nd bitmap, and look at all descriptors for pages that are missing. source->kdump and
 * target are set. ERR_CORRUPT: the bitmaps are cut off. */
err_t kdump_index(struct source *);

enum { KDUMP_CODEC_BITS = 6 }; /* flags of codecs are below 1 << 6 */

/* The kept pages, counted by how the file has them. */
struct kdump_counts {
	uint64_t elsewhere; /* in other parts of the split set */
	uint64_t missing;   /* without data, though they should have some here */
	uint64_t damaged;   /* with a descriptor that makes no sense */
	uint64_t zero;      /* that share the page of zeros */
	uint64_t raw, packed[KDUMP_CODEC_BITS]; /* other ones; packed: by the bit of the flag */
};

/* Count them in one pass over the descriptors, in memory of fixed size. What cannot be read is
 * missing. */
void kdump_count(struct reader *, struct kdump_counts *);

/* What of the layout makes no sense, though every page may be readable. */
struct kdump_oddities {
	uint64_t strays;   /* pages kept that the 1st bitmap says do not exist */
	pfn_t first_stray;
	uint64_t overlaps; /* descriptors whose data begins in what is no data, or in that of the
			      one before */
	uint64_t first_overlap; /* its number, counted from 0 */
};

/* Look for oddities in one pass over bitmaps and descriptors, in memory of fixed size. In
 * kdump_odd.c. */
void kdump_find_oddities(const struct source *, struct kdump_oddities *ret);

/* lend() and pages() of struct input_format. What pages() cannot read is not there. */
struct unpacked; /* what a reader remembers; NULL until it needs it */
void unpacked_destroy(struct unpacked *);
err_t kdump_lend(struct reader *, paddr_t at, const uint8_t **ret, size_t *size);
void kdump_pages_in(const struct source *, pfn_t first, pfn_t end, bool data, uint64_t *words);

#endif
