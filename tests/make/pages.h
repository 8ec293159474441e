// SPDX-License-Identifier: GPL-2.0-only
/* pages.h - what a page is used for, said the way its kernel says it in struct page; for mkdump.
 * A kind is a line in a table; compound pages and free blocks are put together era by era. */
#ifndef TESTS_MAKE_PAGES_H
#define TESTS_MAKE_PAGES_H

#include "tests/make/kernel.h"

/* What page.mapping says: address of a struct address_space, with a mark in the low bits. */
enum mapping { MAPS_NOTHING = 0, MAPS_FILE = 0x500000, MAPS_ANON = 0x600001, MAPS_KSM = 0x600003,
	       MAPS_MOVABLE = 0x600002, MAPS_ODD = 3 };

struct kind {
	const char *name, *flags;
	enum mapping mapping;
	char type;   /* a mark in _mapcount: the letters of type_mark() */
	int dtor;    /* of a compound page, from 4.5 on */
};

static const struct kind kinds[] = {
	{ "data", "", MAPS_NOTHING, 0, 1 },
	{ "zero", "", MAPS_NOTHING, 0, 1 },
	{ "noise", "", MAPS_NOTHING, 0, 1 }, /* data that no compressor makes smaller */
	{ "reserved", "reserved", MAPS_NOTHING, 0, 1 },
	{ "cache", "lru uptodate referenced", MAPS_FILE, 0, 1 },
	{ "cacheprivate", "lru uptodate private", MAPS_FILE, 0, 1 },
	{ "shmem", "lru uptodate swapbacked", MAPS_FILE, 0, 1 },
	{ "shmemswap", "uptodate swapcache swapbacked", MAPS_NOTHING, 0, 1 },
	{ "anon", "lru uptodate swapbacked", MAPS_ANON, 0, 3 },
	{ "anonlone", "uptodate swapbacked", MAPS_ANON, 0, 3 }, /* on no LRU list just now */
	{ "swapcache", "lru uptodate swapcache swapbacked", MAPS_ANON, 0, 3 },
	{ "ksm", "lru uptodate swapbacked", MAPS_KSM, 0, 3 },
	{ "thp", "lru uptodate swapbacked", MAPS_ANON, 0, 3 },
	{ "hugetlb", "uptodate", MAPS_FILE, 'h', 2 },
	{ "movable", "", MAPS_MOVABLE, 0, 1 },
	{ "slab", "slab", MAPS_ODD, 's', 1 }, /* has something else where page.mapping is */
	{ "poison", "hwpoison", MAPS_NOTHING, 0, 1 },
	{ "offline", "", MAPS_NOTHING, 'o', 1 },
	{ "unaccepted", "", MAPS_NOTHING, 'u', 1 },
	{ "free", "buddy", MAPS_NOTHING, 'b', 0 },
};

static uint32_t type_mark(const struct page_types *types, char letter)
{
	uint32_t mark = letter == 'b' ? types->buddy : letter == 'o' ? types->offline
			: letter == 'h' ? types->hugetlb : letter == 's' ? types->slab
			: letter == 'u' ? types->unaccepted : 0;

	return mark ? mark : 0xffffffff;
}

static uint64_t flag_mask(const struct kernel *kernel, const char *names)
{
	uint64_t mask = 0;

	for (; *names; names += strcspn(names, " "), names += *names == ' ') {
		uint64_t bit = flag_number(kernel, names, strcspn(names, " "));
		mask |= bit == NOTHING ? 0 : UINT64_C(1) << bit; /* this era has none such */
	}
	return mask;
}

/* Content that tells the page; noise fills it. */
static void fill_page(struct kernel *kernel, uint64_t pfn, const char *kind)
{
	uint64_t state = pfn + 1;

	if (strcmp(kind, "zero") == 0)
		return;
	uint64_t bytes = page_size(kernel);
	for (uint64_t at = 0; at < bytes; at += strcmp(kind, "noise") ? bytes / 2 : 8) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		set_64(kernel, pfn * bytes + at, state);
	}
}

/* One struct page as nobody's: flags, counts. */
static void set_page(struct kernel *kernel, uint64_t pfn, uint64_t flags, uint64_t mapping,
		     uint32_t mapcount)
{
	uint64_t at = page_paddr(kernel, pfn);

	for (unsigned i = 0; i < kernel->page->size; i += 8)
		set_64(kernel, at + i, 0);
	set_word(kernel, at + kernel->page->flags, flags);
	set_word(kernel, at + kernel->page->mapping, mapping > 4 ?
	       kernel->page_offset + mapping : mapping);
	set_32(kernel, at + kernel->page->mapcount, mapcount);
	set_32(kernel, at + kernel->page->count, 1);
}

/* The pages behind a head, each era in its own way. */
static void set_tails(struct kernel *kernel, uint64_t head, unsigned order, const struct kind *kind)
{
	const struct page_layout *page = kernel->page;
	uint64_t first = page_paddr(kernel, head + 1), size = UINT64_C(1) << order;
	bool hugetlb = strcmp(kind->name, "hugetlb") == 0;

	for (uint64_t pfn = head + 1; pfn < head + size; pfn++) {
		uint64_t at = page_paddr(kernel, pfn);
		set_page(kernel, pfn, page->head == NO ? flag_mask(kernel, "tail") : 0, 0, ~0u);
		if (page->head == NO) /* first_page, in the same word as private */
			set_word(kernel, at + page->private, page_vaddr(kernel, head));
		else if (kernel->version >= V(7, 1, 0)) /* all ones from bit order + 6 up */
			set_word(kernel, at + page->head, (~UINT64_C(0) << order) * page->size | 1);
		else
			set_word(kernel, at + page->head, page_vaddr(kernel, head) | 1);
	}
	if (page->head == NO) {
		uint64_t dtor = kernel->value[V_FREE_HUGE] + (hugetlb ? 0 : 64);
		set_word(kernel, first + page->lru, dtor);
		set_word(kernel, first + page->lru + word_bytes(kernel), order);
	} else if (page->dtor == NO) {
		uint64_t flags = word_at(kernel, first + page->flags) | order;
		if (hugetlb && kernel->version < V(6, 9, 0))
			flags |= UINT64_C(1) << flag(kernel, "active");
		set_word(kernel, first + page->flags, flags);
	} else {
		/* of each the lowest byte */
		unsigned low = kernel->big ? page->order - page->dtor - 1u : 0;
		*bytes_at(kernel, first + page->dtor + low) = (uint8_t)kind->dtor;
		*bytes_at(kernel, first + page->order + low) = (uint8_t)order;
	}
}

/* Put a free block at the end of its list. */
static void link_free(struct kernel *kernel, uint64_t pfn, unsigned order)
{
	unsigned node = 0;

	while (node + 1 < NODES && kernel->node[node].end <= pfn)
		node++;
	uint64_t zone = kernel->zone_at[node];
	uint64_t page_at = page_paddr(kernel, pfn) + kernel->page->lru;
	uint64_t page = page_vaddr(kernel, pfn) + kernel->page->lru;
	uint64_t lists = kernel->version < V(2, 6, 24) ? 1 : LISTS;
	uint64_t list = AREAS_AT + order * AREA_BYTES + pfn / 1024 % lists * 2 * word_bytes(kernel);
	uint64_t head = kernel->nodes ? direct(kernel, zone + list) : symbol(kernel, zone + list);
	uint64_t last = word_at(kernel, zone + list + word_bytes(kernel));
	uint64_t last_at = zone + list;

	for (uint64_t at = head; at != last;) { /* find the physical place of the last entry */
		at = word_at(kernel, last_at);
		const struct array *array = kernel->array;
		while (at < array->vaddr ||
		       at >= array->vaddr + (array->end - array->first) * kernel->page->size)
			array++;
		last_at = array->paddr + (at - array->vaddr);
	}
	set_word(kernel, page_at, head);
	set_word(kernel, page_at + word_bytes(kernel), last);
	set_word(kernel, last_at, page);
	set_word(kernel, zone + list + word_bytes(kernel), page);
	set_word(kernel, zone + 64, word_at(kernel, zone + 64) + (UINT64_C(1) << order));
	uint64_t count = zone + AREAS_AT + (order + 1) * AREA_BYTES - word_bytes(kernel);
	set_word(kernel, count, word_at(kernel, count) + kernel->count_free);
}

static void set_free(struct kernel *kernel, uint64_t pfn, unsigned order, uint32_t mapcount)
{
	uint64_t flags = flag_mask(kernel, kernel->version < V(2, 6, 17) ? "private" : "buddy");

	for (uint64_t i = 0; i >> order == 0; i++)
		set_page(kernel, pfn + i, 0, 0, ~0u);
	set_page(kernel, pfn, flags, 0, mapcount);
	set_word(kernel, page_paddr(kernel, pfn) + kernel->page->private, order);
	link_free(kernel, pfn, order);
}

/* One page, or one block of pages. */
static void set_block(struct kernel *kernel, uint64_t pfn, int order, const struct kind *kind)
{
	uint64_t flags = flag_mask(kernel, kind->flags);
	uint32_t mapcount = type_mark(kernel->types, kind->type);

	if (strcmp(kind->name, "free") == 0) {
		set_free(kernel, pfn, order < 0 ? 0 : (unsigned)order, mapcount);
		return;
	}
	set_page(kernel, pfn, flags, kind->mapping, mapcount);
	if (flags & flag_mask(kernel, "private"))
		set_word(kernel, page_paddr(kernel, pfn) + kernel->page->private,
		       direct(kernel, 0x700000));
	if (order < 1)
		return;
	set_page(kernel, pfn, flags | flag_mask(kernel, "head"), kind->mapping, mapcount);
	set_tails(kernel, pfn, (unsigned)order, kind);
}

/* +FLAG -FLAG mapping=N mapcount=N private=N: changes to the (first) struct page of each block */
static void modify(struct kernel *kernel, uint64_t pfn, const char *change)
{
	uint64_t at = page_paddr(kernel, pfn), flags = word_at(kernel, at + kernel->page->flags);

	if (*change == '+' || *change == '-') {
		uint64_t mask = flag_mask(kernel, change + 1);
		if (!mask)
			die("this kernel has no flag \"%s\"", change + 1);
		set_word(kernel, at + kernel->page->flags,
		       *change == '+' ? flags | mask : flags & ~mask);
	} else if (strncmp(change, "mapping=", 8) == 0) {
		set_word(kernel, at + kernel->page->mapping, number(change + 8));
	} else if (strncmp(change, "mapcount=", 9) == 0) {
		set_32(kernel, at + kernel->page->mapcount, number(change + 9));
	} else if (strncmp(change, "private=", 8) == 0) {
		set_word(kernel, at + kernel->page->private, number(change + 8));
	} else {
		die("a page has no \"%s\"", change);
	}
}

#endif
