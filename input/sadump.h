// SPDX-License-Identifier: GPL-2.0-only
/* sadump.h - dumps written by the firmware of Fujitsu's machines, with x86_64 or i386.
 *
 *   a partition        partition header           a block each; all integers are little endian
 *   disk 1 of a set    partition header, disk set header
 *   its other disks    partition header, their share of the data
 *   a media backup     media header, partition header
 *
 *   all go on with     dump header, sub header (CPUs), RAM bitmap, bitmap of the pages with data,
 *                      data: a block for each of these pages
 *
 * A page of RAM without data was all zeros. sadump.c reads the headers, sadump_pages.c the pages.
 */
#ifndef INPUT_SADUMP_H
#define INPUT_SADUMP_H

#include "input/ranks.h"

enum {
	SADUMP_BLOCK = 4096,    /* a page of x86; the format has room for others, no machine has */
	SADUMP_DISKS = 16,
	SADUMP_STATE = 1024,    /* bytes of what a CPU saved when it went into SMM */
	SADUMP_NOTE = 0,        /* type of the notes "SADUMP": a 64-bit APIC id, then that state */
};

extern const struct input_format sadump_format;

/* A file of the dump; the bytes [start, end) of the whole are its own from file_at on. */
struct disk {
	const char *name;
	int fd; /* owned but for the first, which is the source's */
	uint64_t start, end, file_at;
};

/* Const once open; but for `moved`. */
struct sadump {
	const char *kind;     /* single partition, diskset, media backup */
	uint32_t version;     /* of the dump header */
	struct disk disk[SADUMP_DISKS];
	unsigned disks;
	pfn_t max_mapnr;
	struct file_bits ram; /* the pages that exist */
	struct ranks ranks;   /* of the bitmap of those with data */
	uint64_t data_at;
	struct moved {
		paddr_t start, end, to; /* start == end: nothing */
	} moved; /* memory that a crash kernel saved elsewhere before it used the place itself */
};

/* Make segments and extents of the RAM bitmap, and index the other one. ERR_CORRUPT: the bitmaps or
 * the data are cut off; ERR_UNSUPPORTED: RAM lies in more pieces than any machine has. */
err_t sadump_index(struct source *);

/* lend() of struct input_format. */
err_t sadump_lend(struct reader *, paddr_t at, const uint8_t **ret, size_t *size);

/* Bytes [at, at + size) of a dump of several files, as file_some(). */
size_t sadump_some(const struct source *, uint64_t at, uint8_t *bytes, size_t size);

/* From now on read [start, end) at `to`, unless all is zeros there. Before any other reader is
 * made. ERR_NOMEM, ERR_IO. */
err_t sadump_move(struct source *, struct moved);

#endif
