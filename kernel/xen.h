// SPDX-License-Identifier: GPL-2.0-only
/* xen.h - a dump of the Xen hypervisor: whose memory is what, and where that of dom0 lies. The page
 * frames of the dump are the machine's. dom0 is a Linux that has page frames of its own, and a
 * table, in its memory, from these to the machine's (p2m); its page tables hold the machine's. All
 * of this is in the hypervisor's public headers (xen/include/public/kexec.h, arch-x86/xen.h). */
#ifndef KERNEL_XEN_H
#define KERNEL_XEN_H

#include "kernel/memory.h"

/* Versions of the hypervisor as one number that compares. */
enum { XEN_MINOR_BITS = 16 };
#define XEN_VERSION(major, minor) ((uint32_t)(major) << XEN_MINOR_BITS | (uint32_t)(minor))

/* Where count_info of a page tells whether it is free or offlined, and that it is broken (0: not
 * known; such pages are offlined as well). */
struct xen_states {
	unsigned shift;
	uint64_t broken;
};

struct xen {
	bool here;            /* it is such a dump; false: all below is zeros */
	uint32_t version;
	bool image_known;
	paddr_t image;        /* where the hypervisor's image lies */
	bool p2m_known;
	paddr_t p2m;          /* its top: machine addresses of tables of tables */
	struct reader *reader; /* for the p2m; owned by whoever set it */
	pfn_t leaf_of, leaf;  /* the part of it met last: pfns from leaf_of on; leaf 0: none */
	pfn_t dom0_end;       /* one past the last page frame of dom0; 0: not known */

	/* Set by xen_open_hypervisor(). */
	struct facts facts;   /* of the hypervisor */
	struct space space;
	struct memory memory;
	vaddr_t frames;       /* struct page_info of machine frame 0 */
	uint64_t info_bytes, count_at, owner_at;
	struct xen_states states;
	uint32_t dom0;        /* how page_info tells that dom0 owns a page */
	uint32_t own[2];      /* or one of the hypervisor's own domains; 0: not known */
	bool old;             /* before Xen 4 */
	pfn_t heap_end;       /* old: of the hypervisor's heap */
	pfn_t map_end;        /* old: of the bitmap of what is in use, */
	vaddr_t map;          /* which is here */
};

/* Read the note "Xen" that the hypervisor writes when it crashes, of any version. ERR_CORRUPT: it
 * is too short. */
err_t xen_read_note(const struct target *, const uint8_t *desc, size_t bytes, struct xen *ret);

/* The machine's page frame of one of dom0's. False: it has none, or it is not RAM of its own. */
bool xen_machine(struct xen *, pfn_t pfn, pfn_t *ret);

/* Find out how many page frames dom0 has: its p2m ends there. ERR_CORRUPT: it cannot be read. */
err_t xen_measure_dom0(struct xen *);

/* Learn from xen->facts, which the caller has set, how the hypervisor keeps track of pages, up to
 * frame `end`, and which are dom0's. `tables` and `bytes` are lent. ERR_NOFACT, ERR_CORRUPT: what
 * is missing or wrong. */
err_t xen_open_hypervisor(struct xen *, const struct arch *, pfn_t end, struct reader *tables,
			  struct reader *bytes);

/* Clear in `words`, whose bit 0 is machine frame `first`, those below `end` that are neither the
 * hypervisor's nor dom0's: of other domains, free, or without a struct page_info. Returns how many
 * these were. */
uint64_t xen_leave_domains(struct xen *, pfn_t first, pfn_t end, uint64_t *words);

#endif
