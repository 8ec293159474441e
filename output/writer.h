// SPDX-License-Identifier: GPL-2.0-only
/* writer.h - a dump file in the making, whatever its format.
 * Layout first, bytes second: begin fixes what is known beforehand, plan fixes every offset, then
 * windows come in ascending order, each with its bitmaps and its pages; finish ends it. */
#ifndef OUTPUT_WRITER_H
#define OUTPUT_WRITER_H

#include "output/pack.h"
#include "output/sink.h"

/* What the headers say. Everything is lent and const while the writer lives. */
struct dump_facts {
	struct target target;
	const uint8_t *uts; /* UTS_FIELDS * UTS_FIELD bytes; NULL: not known */
	uint64_t timestamp; /* seconds; 0: not known */
	uint64_t phys_base;
	unsigned level, cpus;
	bool without_vmemmap; /* struct pages were left out, too (-e) */
	pfn_t max_mapnr; /* one past the highest page frame */
	const struct codec *codec; /* NULL: raw */
	const uint8_t *notes;
	size_t notes_bytes;
	size_t vmcoreinfo_at, vmcoreinfo_bytes; /* inside the notes; 0, 0: none */
};

struct kdump_writer {
	const struct dump_facts *facts;
	struct sink *sink;
	uint64_t bitmap_at[2], bitmap_bytes; /* 1st and 2nd bitmap; bytes of each */
	uint64_t descriptors_at, data_at;    /* where the next ones go */
	uint64_t zero_at;                    /* the shared page of zeros; 0: none */
	uint8_t *descriptors;                /* not yet written; owned */
	size_t descriptors_used;
	uint8_t *piece; /* of a bitmap, on its way out; owned */
	bool begun;     /* the header is in the file */
};

/* ERR_NOMEM. */
err_t kdump_create(struct kdump_writer *, const struct dump_facts *, struct sink *);
void kdump_destroy(struct kdump_writer *);

/* Headers and notes, and with them every offset, for a dump of `pages` pages. */
err_t kdump_plan(struct kdump_writer *, uint64_t pages);

/* A piece of the 1st or 2nd (index 0, 1) bitmap, for page frames [first, end). first % 64 == 0. May
 * be written again. */
err_t kdump_bitmap(struct kdump_writer *, unsigned index, pfn_t first, pfn_t end,
		   const uint64_t *words);

/* The next pages in order. Data first: a descriptor in the file always points to data that is
 * there. */
err_t kdump_pages(struct kdump_writer *, const struct packed *);

/* Everything that is still in hand. */
err_t kdump_finish(struct kdump_writer *);

/* Say in the header that the dump ends before its end. For after a failure; does what it can. */
err_t kdump_mark_incomplete(struct kdump_writer *);

#endif
