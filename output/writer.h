// SPDX-License-Identifier: GPL-2.0-only
/* writer.h - a dump file in the making.
 * Layout first, bytes second: begin writes what is known beforehand, the bitmaps come as pages are
 * decided, plan fixes every offset, then come the pages; finish ends it. */
#ifndef OUTPUT_WRITER_H
#define OUTPUT_WRITER_H

#include "output/pack.h"
#include "output/sink.h"

/* What the headers say. Everything is lent and const while the writer lives. */
struct dump_facts {
	struct target target;
	const uint8_t *uts; /* UTS_FIELDS * UTS_FIELD bytes; NULL: not known */
	uint64_t timestamp; /* seconds; 0: not known */
	uint64_t timestamp_us; /* and microseconds */
	uint32_t status;    /* bits that the header has in any case */
	uint64_t phys_base;
	unsigned level, cpus;
	bool without_vmemmap; /* struct pages were left out, too (-e) */
	pfn_t max_mapnr; /* one past the highest page frame */
	pfn_t first_pfn; /* that the bitmaps begin with, a multiple of 64; none is below */
	const struct codec *codec; /* NULL: raw */
	const uint8_t *notes;
	size_t notes_bytes;
	size_t vmcoreinfo_at, vmcoreinfo_bytes; /* inside the notes; 0, 0: none */
	const uint8_t *eraseinfo; /* text for the end of the file; read by kdump_finish() */
	size_t eraseinfo_bytes;
};

/* One writer writes one file, or the parts of a split dump one after the other. */
struct kdump_writer {
	const struct dump_facts *facts;
	struct sink *sink; /* of the part at hand; lent */
	bool split;        /* the part at hand has the page frames [first, end) */
	pfn_t first, end;
	uint64_t bitmap_at[2], bitmap_bytes; /* 1st and 2nd bitmap; bytes of each */
	uint64_t table_at, table_bytes;      /* the descriptors; bytes: 0: not planned yet */
	uint64_t descriptors_at, data_at;    /* where the next ones go; 0: not planned yet */
	uint64_t zero_at;                    /* the shared page of zeros; 0: none */
	uint8_t *descriptors;                /* not yet written; owned */
	size_t descriptors_used;
	uint8_t *piece; /* of a bitmap, on its way out; owned */
	uint64_t eraseinfo_at; /* 0: not written */
	bool marked; /* the header of the part at hand says that it is incomplete */
};

/* Get memory and fix where headers and bitmaps lie. ERR_NOMEM. */
err_t kdump_create(struct kdump_writer *, const struct dump_facts *);
void kdump_destroy(struct kdump_writer *);

/* Make this sink the one at hand and write headers and notes to it. A file is marked as incomplete
 * until kdump_finish(). */
err_t kdump_begin(struct kdump_writer *, struct sink *);

/* A piece of the 1st or 2nd (index 0, 1) bitmap, for page frames [first, end). first % 64 == 0. May
 * be written again. */
err_t kdump_bitmap(struct kdump_writer *, struct sink *, unsigned index, pfn_t first, pfn_t end,
		   const uint64_t *words);

/* The dump has so many pages, all parts together: with that every offset is fixed. Makes this sink,
 * which has its headers, the one at hand; kdump_pages() go to it. With `split` it is the part that
 * has [first, end) of them. */
err_t kdump_plan(struct kdump_writer *, struct sink *, uint64_t pages, bool split, pfn_t first,
		 pfn_t end);

/* The least that a dump of so many pages takes in one file: with a codec, and with shared zero
 * pages, their data counts as nothing. */
uint64_t kdump_least_bytes(const struct kdump_writer *, uint64_t pages);

/* The next pages in order. Data first: a descriptor in the file always points to data that is
 * there. After ERR_NOSPACE the pages that fitted have theirs. */
err_t kdump_pages(struct kdump_writer *, const struct packed *);

/* The next pages in order have no data in this file: their descriptors are zeros, which readers
 * take for pages that are missing. */
err_t kdump_missing(struct kdump_writer *, unsigned pages);

/* After ERR_NOSPACE: the bytes of page data that the part can have if it is begun anew, with all of
 * its descriptors. 0: nothing would be gained. */
uint64_t kdump_room(const struct kdump_writer *);

/* Give all pages of the part back, as if kdump_plan() had just been called. ERR_IO: the output
 * cannot be cut, and all is as it was. */
err_t kdump_begin_again(struct kdump_writer *);

/* Everything of the part that is still in hand, and the eraseinfo. */
err_t kdump_flush(struct kdump_writer *);

/* The same; and when all that is on the disk, the mark goes. */
err_t kdump_finish(struct kdump_writer *);

/* Make this sink, a part that was begun, the one at hand; nothing of it is in hand. */
void kdump_take_up(struct kdump_writer *, struct sink *);

/* Say in the header of the part that it ends before its end, and bring the descriptors of what is
 * there to the file, at the cost of data where space is short. ERR_HOLE: nothing is there that
 * could be opened; then the sink is hopeless. */
err_t kdump_mark_incomplete(struct kdump_writer *);

#endif
