// SPDX-License-Identifier: GPL-2.0-only
/* xen.h - a machine with Xen, for mkdump. The kernel of the recipe is dom0: its page frame n is the
 * machine's frame first + (n ^ 1), so that neighbours never lie in order. The hypervisor is below:
 *
 *     image    page table, variables; struct domain of dom0, of another; two more tables
 *     +24K     top and list of the p2m, then its pages
 *     +1020K   struct domain of dom_io
 *     +1M      bitmap of what is in use (before Xen 4)
 *     +2M      frame table, mapped as one huge page */
#ifndef TESTS_MAKE_XEN_H
#define TESTS_MAKE_XEN_H

#include "tests/make/core.h"

enum {
	XEN_IMAGE = 4 << 20, XEN_VARIABLES = PAGE, XEN_DOM0 = 2 * PAGE, XEN_DOMU = 3 * PAGE,
	XEN_L3 = 4 * PAGE, XEN_L2 = 5 * PAGE, XEN_P2M = 6 * PAGE, XEN_MAP = 1 << 20,
	XEN_FRAMES = 2 << 20, XEN_DOM_IO = XEN_MAP - PAGE, XEN_INFO = 32, XEN_HEAP_END = 16 << 20,
};

static const uint64_t xen_direct = 0xffff830000000000;

/* Where an era has its image and its frame table, and the state in count_info. */
static const struct xen_era {
	uint64_t until, image, frames;
	unsigned state;
} xen_eras[] = {
	{ 0x300, 0xffff828000000000, 0xffff82f600000000, 0 }, /* the owner is an address */
	{ 0x304, 0xffff828000000000, 0xffff82f600000000, 0 },
	{ 0x400, 0xffff828c80000000, 0xffff82f600000000, 0 },
	{ 0x403, 0xffff82c480000000, 0xffff82f600000000, 55 },
	{ 0x411, 0xffff82d080000000, 0xffff82e000000000, 55 },
	{ 0x412, 0xffff82d040000000, 0xffff82e000000000, 54 },
	{ ~0ull, 0xffff82d040000000, 0xffff82e000000000, 58 },
};

static const struct xen_era *xen_era(const struct kernel *kernel)
{
	const struct xen_era *era = xen_eras;

	while (kernel->xen_version >= era->until)
		era++;
	return era;
}

static void xen_word(struct kernel *kernel, uint64_t at, uint64_t value)
{
	put_64(false, machine_bytes(kernel, at), value);
}

/* --- pages --- */

/* frames FIRST COUNT KIND: what machine frames are used for */
static const struct xen_kind {
	const char *name;
	int state;         /* since 4: -1: in use */
	uint64_t count;    /* the rest of count_info */
	bool in_map;       /* before 4 */
	uint64_t owner_at; /* of the struct domain; 0: none */
} xen_kinds[] = {
	{ "dom0", -1, UINT64_C(1) << 63 | 1, true, XEN_DOM0 },
	{ "domU", -1, UINT64_C(1) << 63 | 1, true, XEN_DOMU },
	{ "io", -1, UINT64_C(1) << 63 | 1, true, XEN_DOM_IO },
	{ "heap", -1, UINT64_C(3) << 62 | 1, true, 0 },
	{ "anonymous", -1, UINT64_C(1) << 63 | 1, true, 0 },
	{ "reserved", -1, 0, true, 0 },
	{ "free", 3, 0, false, 0 },
	{ "scrub", 3, UINT64_C(1) << 63, false, 0 }, /* free, with what was in it */
	{ "offlined", 2, UINT64_C(1) << 63, false, XEN_DOM0 },
	{ "unused", -1, 0, true, XEN_DOM0 }, /* before 4: owned, and not used */
};

static uint32_t xen_pickle(const struct kernel *kernel, uint64_t domain_at)
{
	uint64_t at = XEN_IMAGE + domain_at;

	if (!domain_at)
		return 0;
	return (uint32_t)(kernel->xen_version < 0x304 ? xen_direct + at : at / PAGE);
}

static void xen_frame(struct kernel *kernel, uint64_t frame, const struct xen_kind *kind)
{
	uint64_t at = XEN_IMAGE + XEN_FRAMES + frame * XEN_INFO, count = kind->count;
	uint8_t *map = machine_bytes(kernel, XEN_IMAGE + XEN_MAP + frame / 8);

	if (kind->state >= 0)
		count |= (uint64_t)kind->state << xen_era(kernel)->state;
	xen_word(kernel, at + 8, count);
	put_32(false, machine_bytes(kernel, at + 24), xen_pickle(kernel, kind->owner_at));
	*map = (uint8_t)(*map & ~(1u << frame % 8)) | (uint8_t)(kind->in_map << frame % 8);
}

static void xen_frames(struct kernel *kernel, uint64_t first, uint64_t count, const char *name)
{
	const struct xen_kind *kind = xen_kinds;

	while (strcmp(kind->name, name))
		if (++kind == xen_kinds + sizeof(xen_kinds) / sizeof(xen_kinds[0]))
			die("there is no kind of frame \"%s\"", name);
	for (uint64_t frame = first; frame < first + count; frame++)
		xen_frame(kernel, frame, kind);
}

/* --- the hypervisor --- */

static void xen_p2m(struct kernel *kernel)
{
	uint64_t top = XEN_IMAGE + XEN_P2M, list = top + PAGE, leaf = list + PAGE;

	xen_word(kernel, top, list / PAGE);
	for (uint64_t pfn = 0; pfn < kernel->xen_pages; pfn++) {
		xen_word(kernel, list + pfn / 512 * 8, leaf / PAGE + pfn / 512);
		xen_word(kernel, leaf + pfn * 8, machine_at(kernel, pfn * PAGE) / PAGE);
	}
}

/* The frame table is the one thing that is in no mapping of everything. */
static void xen_tables(struct kernel *kernel)
{
	uint64_t at = xen_era(kernel)->frames;

	xen_word(kernel, XEN_IMAGE + (at >> 39 & 511) * 8, (XEN_IMAGE + XEN_L3) | 0x63);
	xen_word(kernel, XEN_IMAGE + XEN_L3 + (at >> 30 & 511) * 8, (XEN_IMAGE + XEN_L2) | 0x63);
	xen_word(kernel, XEN_IMAGE + XEN_L2 + (at >> 21 & 511) * 8,
		 (XEN_IMAGE + XEN_FRAMES) | 0xe3);
}

static void xen_domains(struct kernel *kernel)
{
	uint64_t variables = XEN_IMAGE + XEN_VARIABLES;

	xen_word(kernel, variables, xen_direct + XEN_IMAGE + XEN_DOMU);
	xen_word(kernel, variables + 8, xen_era(kernel)->frames);
	xen_word(kernel, variables + 16, xen_direct + XEN_IMAGE + XEN_MAP);
	xen_word(kernel, variables + 24, 0x10000);
	xen_word(kernel, variables + 32, XEN_HEAP_END);
	xen_word(kernel, variables + 40, xen_direct + XEN_IMAGE + XEN_DOM_IO);
	xen_word(kernel, XEN_IMAGE + XEN_DOMU, 0xabcd0001); /* 16 bits are the id */
	xen_word(kernel, XEN_IMAGE + XEN_DOMU + 136, xen_direct + XEN_IMAGE + XEN_DOM0);
	xen_word(kernel, XEN_IMAGE + XEN_DOM0, 0xabcd0000);
}

/* --- notes --- */

static void xen_add_note(struct recipe *recipe, const char *name, uint32_t type, const void *desc,
			 size_t bytes)
{
	uint8_t *copy = malloc(bytes + 1);

	if (recipe->notes == NOTES || !copy)
		die("more than %d notes", NOTES);
	memcpy(copy, desc, bytes);
	recipe->note[recipe->notes] = (struct note){ "", type, copy, bytes };
	snprintf(recipe->note[recipe->notes++].name, sizeof(recipe->note->name), "%s", name);
}

static void xen_notes(struct recipe *recipe, uint64_t words, bool untold)
{
	const struct kernel *kernel = &recipe->kernel;
	uint8_t desc[10 * 8] = { 0 };
	uint64_t p2m = (XEN_IMAGE + XEN_P2M) / PAGE, at = xen_era(kernel)->image;
	char text[1024];

	put_64(false, desc, kernel->xen_version >> 8);
	put_64(false, desc + 8, kernel->xen_version & 0xff);
	put_64(false, desc + 64, words > 9 ? XEN_IMAGE : p2m);
	put_64(false, desc + 72, p2m);
	if (words)
		xen_add_note(recipe, "Xen", 0x1000001, desc, min_u64(words, 10) * 8);
	if (untold)
		return;
	size_t size = (size_t)snprintf(text, sizeof(text),
		"PAGESIZE=4096\nSYMBOL(domain_list)=%" PRIx64 "\nSYMBOL(pgd_l4)=%" PRIx64 "\n"
		"SYMBOL(alloc_bitmap)=%" PRIx64 "\nSYMBOL(max_page)=%" PRIx64 "\n"
		"SYMBOL(xenheap_phys_end)=%" PRIx64 "\nSIZE(page_info)=%u\nSIZE(domain)=4096\n"
		"OFFSET(page_info.count_info)=8\nOFFSET(page_info._domain)=24\n"
		"OFFSET(domain.domain_id)=0\nOFFSET(domain.next_in_list)=136\n"
		"SYMBOL(dom_io)=%" PRIx64 "\n",
		at + XEN_VARIABLES, at, at + XEN_VARIABLES + 16, at + XEN_VARIABLES + 24,
		at + XEN_VARIABLES + 32, XEN_INFO, at + XEN_VARIABLES + 40);
	if (kernel->xen_version < 0x400)
		size += (size_t)snprintf(text + size, sizeof(text) - size,
					 "SYMBOL(frame_table)=%" PRIx64 "\n",
					 at + XEN_VARIABLES + 8);
	xen_add_note(recipe, "VMCOREINFO_XEN", 0, text, size);
}


/* What a recipe says of Xen; the segments are there, the kernel is not. */
static void xen_make(struct recipe *recipe, uint64_t words, bool untold)
{
	struct kernel *kernel = &recipe->kernel;
	uint64_t end = 0;

	kernel->small_pages = true; /* a huge page of dom0 lies in pieces */
	for (size_t i = 0; i < recipe->loads; i++)
		end = max_u64(end, recipe->load[i].paddr + recipe->load[i].memory_bytes);
	xen_p2m(kernel);
	xen_tables(kernel);
	xen_domains(kernel);
	xen_frames(kernel, 0, end / PAGE, "reserved");
	xen_frames(kernel, kernel->xen_first, kernel->xen_pages, "dom0");
	xen_notes(recipe, words, untold);
}

/* Bytes that tell their frame. */
static void xen_fill(struct kernel *kernel, uint64_t first, uint64_t count)
{
	for (uint64_t frame = first; frame < first + count; frame++)
		for (unsigned i = 0; i < PAGE; i += 4)
			put_32(false, machine_bytes(kernel, frame * PAGE + i),
			       (uint32_t)(frame * 0x9e3779b1 + i));
}

#endif
