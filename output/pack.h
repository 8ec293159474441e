// SPDX-License-Identifier: GPL-2.0-only
/* pack.h - pages in, packed pages out, in the order they went in.
 *
 * Pages are handed over one by one and packed in batches; a batch comes back whole, its data in one
 * piece, ready to be written. The calling thread packs, and others with it if there are more than
 * one; nobody can tell the difference. Order of calls: push until full, pull one, push again; at
 * the end flush, and pull while busy. */
#ifndef OUTPUT_PACK_H
#define OUTPUT_PACK_H

#include "codec/codec.h"
#include "input/source.h"
#include "pages/scrub.h"

struct packer;

/* Const while the packer lives. */
struct packing {
	const struct source *source;
	const struct codec *codec; /* NULL: pages stay raw */
	const struct scrub *scrub; /* what is overwritten before anything else; NULL: nothing */
	bool share_zero;           /* pages of zeros get no data of their own */
	unsigned threads;          /* the caller's among them; 0 is 1 */
	size_t batch_bytes;        /* page data in one batch; at least one page */
};

enum packed_as { PACKED_RAW, PACKED_SMALLER, PACKED_ZERO, PACKED_ABSENT };

struct packed_page {
	pfn_t pfn;
	uint32_t size; /* bytes of data; 0 for zero and absent pages */
	uint8_t as;    /* enum packed_as; absent: the dump cannot be read there */
};

/* A batch, lent until the next push or pull. */
struct packed {
	const struct packed_page *page;
	unsigned pages;
	const uint8_t *data; /* of all its pages, one behind the other */
	size_t bytes;
};

/* Memory one thread needs, for choosing their number. */
size_t packer_bytes_per_thread(const struct packing *);

/* ERR_NOMEM: no memory or no thread. `packing` is copied. */
err_t packer_create(const struct packing *, struct packer **ret);
void packer_destroy(struct packer *);

/* Only while packer_full() is false. */
bool packer_full(const struct packer *);
void packer_push(struct packer *, pfn_t);

/* Hand over what was pushed since the last full batch. */
void packer_flush(struct packer *);

/* Is there a batch that was handed over and not pulled? */
bool packer_busy(const struct packer *);

/* The oldest such batch, waiting for it if need be. Whatever went wrong while packing it comes out
 * here; the packer can then only be destroyed. */
err_t packer_pull(struct packer *, struct packed *ret);

#endif
