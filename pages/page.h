// SPDX-License-Identifier: GPL-2.0-only
/* page.h - the kinds of pages a dump may leave out, and the dump levels that name them. */
#ifndef PAGES_PAGE_H
#define PAGES_PAGE_H

enum page_kind {
	PAGE_CACHE,	    /* page cache without private data */
	PAGE_CACHE_PRIVATE, /* page cache with private data (buffers of a filesystem) */
	PAGE_USER,	    /* anonymous memory of processes, and huge pages */
	PAGE_FREE, /* nobody's: in the buddy allocator, or not yet accepted from the hypervisor */
	PAGE_HWPOISON, /* broken memory: whatever the level, it must not be read */
	PAGE_OFFLINE,  /* given back to the hypervisor: whatever the level */
	PAGE_EXTENSION, /* an extension says so, and no rule took it */
	PAGE_DOMAIN,    /* with Xen, and -X: neither the hypervisor's nor dom0's */
	PAGE_KINDS
};

/* Bits of the dump level (-d). */
enum { LEVEL_ZERO = 1, LEVEL_CACHE = 2, LEVEL_CACHE_PRIVATE = 4, LEVEL_USER = 8, LEVEL_FREE = 16,
       LEVEL_MOST = 31 };

#endif
