// SPDX-License-Identifier: GPL-2.0-only
/* machines_64.h - machines of 64 bits whose memory is not all in tables, for mkdump: ppc64, mips64,
 * loongarch64, ia64, sparc64. */
#ifndef TESTS_MAKE_MACHINES_64_H
#define TESTS_MAKE_MACHINES_64_H

#include "tests/make/kernel.h"

/* --- ppc64 --- */

/* Since 4.6 entries hold physical addresses, with a radix MMU valid and with the lower table's
 * size; before, virtual ones. */
static uint64_t ppc64_table(const struct kernel *kernel, uint64_t at, unsigned level)
{
	if (kernel->radix)
		return at | UINT64_C(1) << 63 | kernel->shape->bits[level - 1];
	if (kernel->version < V(4, 6, 0))
		return at + kernel->page_offset;
	return at | (kernel->version >= V(4, 17, 0) ? UINT64_C(1) << 63 : 0);
}

/* Present, a leaf, and dirty, accessed, readable, writable of the kernel. Before 4.6 the page frame
 * number begins higher up. */
static uint64_t ppc64_leaf(const struct kernel *kernel, uint64_t at, unsigned level)
{
	unsigned page = kernel->shape->page_shift;

	(void)level;
	if (kernel->version >= V(4, 6, 0))
		return at | UINT64_C(3) << 62 | 0x18e;
	if (page == 16)
		return at >> 16 << 30 | (kernel->version >= V(4, 5, 0) ? 0x3a2 : 0x3a1);
	return at >> 12 << (kernel->version >= V(4, 5, 0) ? 18 : 17) |
	       (kernel->version >= V(4, 5, 0) ? 0x3a2 : 0x3a1);
}

/* va_bits tell the era, as they do of the kernel. */
static const struct shape ppc64_shapes[] = {
	{ 16, 52, { 16, 8, 10, 10, 8 }, ppc64_table, ppc64_leaf, NULL },  /* hash, 4.17 */
	{ 16, 49, { 16, 8, 10, 7, 8 }, ppc64_table, ppc64_leaf, NULL },   /* 4.12 */
	{ 16, 46, { 16, 8, 10, 12 }, ppc64_table, ppc64_leaf, NULL },     /* 3.10 */
	{ 16, 47, { 16, 8, 5, 5, 12 }, ppc64_table, ppc64_leaf, NULL },   /* 4.6 */
	{ 16, 44, { 16, 12, 12, 4 }, ppc64_table, ppc64_leaf, NULL },
	{ 16, 53, { 16, 5, 9, 9, 13 }, ppc64_table, ppc64_leaf, NULL },   /* radix */
	{ 12, 53, { 12, 9, 9, 9, 13 }, ppc64_table, ppc64_leaf, NULL },
	{ 12, 46, { 12, 9, 7, 9, 9 }, ppc64_table, ppc64_leaf, NULL },    /* hash, 3.7 */
	{ 12, 44, { 12, 9, 7, 7, 9 }, ppc64_table, ppc64_leaf, NULL },
	{ 0 },
};

static void ppc64_lay_out(struct kernel *kernel)
{
	bool late = kernel->version >= V(5, 2, 0), small = kernel->shape->page_shift == 12;

	kernel->page_offset = kernel->direct_shift = kernel->image_shift = 0xc000000000000000;
	kernel->vmalloc = kernel->radix ? 0xc008000000000000 : !late ? 0xd000000000000000 :
			  small ? 0xc0003d0000000000 : 0xc008000000000000;
	kernel->vmemmap = late ? small && !kernel->radix ? 0xc0003f0000000000 : 0xc00c000000000000
			       : kernel->radix ? 0xc00a000000000000 : 0xf000000000000000;
	kernel->entries_swapped = !kernel->big && kernel->version >= V(4, 7, 0);
	by_default(&kernel->section_bits, 24);
	by_default(&kernel->physmem_bits, small ? 46 : kernel->version < V(3, 7, 0) ? 44 :
		   kernel->version < V(4, 19, 0) ? 46 : kernel->version < V(4, 20, 0) ? 47 : 51);
}

enum { BACKING_SHIFT = 20, BACKING_BYTES = 24, PSIZE = 5, PSIZE_BYTES = 48, PSIZES_AT = 0x100 };

/* vmemmap_list, mmu_vmemmap_psize, mmu_psize_defs[]; then struct vmemmap_backing, one after the
 * other: next, physical, virtual address. */
static void ppc64_tell(struct kernel *kernel)
{
	uint64_t at = take(kernel, page_size(kernel), page_size(kernel));

	kernel->backing_at = at;
	kernel->value[V_BACKING_LIST] = symbol(kernel, at);
	kernel->value[V_VMEMMAP_PSIZE] = symbol(kernel, at + 8);
	kernel->value[V_PSIZE_DEFS] = symbol(kernel, at + PSIZES_AT);
	kernel->value[V_BACKING_SIZE] = BACKING_BYTES;
	kernel->value[V_BACKING_NEXT] = 0;
	kernel->value[V_BACKING_PHYS] = 8;
	kernel->value[V_BACKING_VIRT] = 16;
	kernel->value[V_PSIZE_SIZE] = PSIZE_BYTES;
	kernel->value[V_PSIZE_SHIFT] = 0;
	kernel->value[V_RADIX] = kernel->radix;
	set_32(kernel, at + 8, PSIZE);
	set_32(kernel, at + PSIZES_AT + PSIZE * PSIZE_BYTES, BACKING_SHIFT);
	tell_vmalloc(kernel);
}

/* With a hash MMU the linear map and the page array are in no table. */
static bool ppc64_in_tables(const struct kernel *kernel, uint64_t vaddr)
{
	return kernel->radix || vaddr - kernel->page_offset >= UINT64_C(1) << 45;
}

/* A piece of memory for each MiB of the page array, the newest at the head of the list. */
static uint64_t ppc64_back(struct kernel *kernel, uint64_t vaddr, uint64_t bytes)
{
	const uint64_t piece = UINT64_C(1) << BACKING_SHIFT;
	uint64_t base = vaddr & ~(piece - 1), entry = kernel->backing_at + 0x400;

	if (kernel->radix)
		return 0;
	if (vaddr - base + bytes > piece)
		die("a page array of %#" PRIx64 " bytes is in no piece of one", bytes);
	for (uint64_t i = 0; i < kernel->backings; i++, entry += BACKING_BYTES)
		if (word_at(kernel, entry + 16) == base)
			return word_at(kernel, entry + 8) + (vaddr - base);
	set_word(kernel, entry, word_at(kernel, kernel->backing_at));
	set_word(kernel, entry + 8, take(kernel, piece, piece));
	set_word(kernel, entry + 16, base);
	set_word(kernel, kernel->backing_at, direct(kernel, entry));
	kernel->backings++;
	return word_at(kernel, entry + 8) + (vaddr - base);
}

/* --- mips64 and loongarch64 --- */

/* Entries of tables hold addresses of the window that all memory is seen in. */
static uint64_t window_table(const struct kernel *kernel, uint64_t at, unsigned level)
{
	(void)level;
	return at + kernel->direct_shift;
}

static uint64_t window_empty(const struct kernel *kernel, unsigned level)
{
	return level > 1 ? window_table(kernel, kernel->nothing[level - 1], level) : 0;
}

/* Present, (no read,) write, accessed, modified, (huge,) special; with no_execute the two for
 * reading and executing; global, valid, dirty, and cached coherently (5). */
static uint64_t mips64_leaf(const struct kernel *kernel, uint64_t at, unsigned level)
{
	unsigned software = kernel->no_execute ? 4 : 5, hardware = software + 2 +
			    (kernel->no_execute ? 2 : 0), page = kernel->shape->page_shift;
	uint64_t low = kernel->no_execute ? 0xf : 0x1d;

	return low | (level > 1 ? UINT64_C(1) << software : 0) | UINT64_C(7) << hardware |
	       UINT64_C(5) << (hardware + 3) | at >> page << (hardware + 6 + page - 12);
}

static const struct shape mips64_shapes[] = {
	{ 12, 40, { 12, 9, 9, 10 }, window_table, mips64_leaf, window_empty },
	{ 12, 48, { 12, 9, 9, 9, 9 }, window_table, mips64_leaf, window_empty },
	{ 14, 48, { 14, 11, 11, 12 }, window_table, mips64_leaf, window_empty },
	{ 16, 42, { 16, 13, 13 }, window_table, mips64_leaf, window_empty },
	{ 16, 55, { 16, 13, 13, 13 }, window_table, mips64_leaf, window_empty },
	{ 0 },
};

/* The image is seen in the 32-bit window, everything else in the large one. */
static void mips64_lay_out(struct kernel *kernel)
{
	kernel->page_offset = kernel->direct_shift = 0x9800000000000000;
	kernel->image_shift = 0xffffffff80000000;
	kernel->vmalloc = 0xc000000000000000;
	by_default(&kernel->section_bits, 28);
	by_default(&kernel->physmem_bits, 48);
}

static void nothing_to_tell(struct kernel *kernel)
{
	(void)kernel;
}

static bool mips64_in_tables(const struct kernel *kernel, uint64_t vaddr)
{
	return vaddr >= kernel->vmalloc && vaddr < kernel->image_shift;
}

/* Valid, dirty, coherent, global (huge above the lowest level, and global higher up), present,
 * writable, modified; not executable. */
static uint64_t loongarch64_leaf(const struct kernel *kernel, uint64_t at, unsigned level)
{
	(void)kernel;
	return at | 0x3d3 | (level > 1 ? 1 << 12 : 0) | UINT64_C(1) << 62;
}

static const struct shape loongarch64_shapes[] = {
	{ 14, 47, { 14, 11, 11, 11 }, window_table, loongarch64_leaf, window_empty },
	{ 14, 36, { 14, 11, 11 }, window_table, loongarch64_leaf, window_empty },
	{ 12, 39, { 12, 9, 9, 9 }, window_table, loongarch64_leaf, window_empty },
	{ 12, 48, { 12, 9, 9, 9, 9 }, window_table, loongarch64_leaf, window_empty },
	{ 16, 42, { 16, 13, 13 }, window_table, loongarch64_leaf, window_empty },
	{ 16, 55, { 16, 13, 13, 13 }, window_table, loongarch64_leaf, window_empty },
	{ 0 },
};

static void loongarch64_lay_out(struct kernel *kernel)
{
	uint64_t half = UINT64_C(1) << (kernel->va_bits - 1);

	kernel->page_offset = kernel->direct_shift = kernel->image_shift = 0x9000000000000000;
	kernel->vmalloc = -2 * half;
	kernel->vmemmap = -half;
	by_default(&kernel->section_bits, 29);
	by_default(&kernel->physmem_bits, 48);
}

static bool loongarch64_in_tables(const struct kernel *kernel, uint64_t vaddr)
{
	return vaddr >= kernel->vmalloc;
}

/* --- ia64 --- */

static uint64_t ia64_table(const struct kernel *kernel, uint64_t at, unsigned level)
{
	(void)kernel, (void)level;
	return at;
}

/* Present, accessed, dirty, readable and writable by the kernel. */
static uint64_t ia64_leaf(const struct kernel *kernel, uint64_t at, unsigned level)
{
	(void)kernel, (void)level;
	return at | 0x10000000000661;
}

static const struct shape ia64_shapes[] = {
	{ 14, 47, { 14, 11, 11, 11 }, ia64_table, ia64_leaf, NULL },
	{ 14, 58, { 14, 11, 11, 11, 11 }, ia64_table, ia64_leaf, NULL },
	{ 12, 39, { 12, 9, 9, 9 }, ia64_table, ia64_leaf, NULL },
	{ 16, 55, { 16, 13, 13, 13 }, ia64_table, ia64_leaf, NULL },
	{ 0 },
};

/* The image in region 5, vmalloc behind it, and at the region's end the page array. */
static void ia64_lay_out(struct kernel *kernel)
{
	kernel->page_offset = kernel->direct_shift = 0xe000000000000000;
	kernel->image_shift = 0xa000000100000000 - kernel->at / (64 << 20) * (64 << 20);
	kernel->vmalloc = 0xa000000200000000;
	kernel->vmemmap = 0xa000000400000000;
	by_default(&kernel->section_bits, 30);
	by_default(&kernel->physmem_bits, 50);
}

static void ia64_tell(struct kernel *kernel)
{
	kernel->value[kernel->levels == 4 ? V_LEVELS_4 : V_LEVELS_3] = 1;
}

static bool ia64_in_tables(const struct kernel *kernel, uint64_t vaddr)
{
	return vaddr >= kernel->vmalloc && vaddr < 0xc000000000000000;
}

/* --- sparc64 --- */

static uint64_t sparc64_table(const struct kernel *kernel, uint64_t at, unsigned level)
{
	(void)kernel, (void)level;
	return at;
}

/* Valid, cached, privileged, writable, present, as sun4v has them; above the lowest level a huge
 * page. */
static uint64_t sparc64_leaf(const struct kernel *kernel, uint64_t at, unsigned level)
{
	(void)kernel;
	return at | UINT64_C(1) << 63 | 0x770 | (level > 1 ? UINT64_C(1) << 56 : 0);
}

static const struct shape sparc64_shapes[] = {
	{ 13, 53, { 13, 10, 10, 10, 10 }, sparc64_table, sparc64_leaf, NULL },
	{ 13, 43, { 13, 10, 10, 10 }, sparc64_table, sparc64_leaf, NULL },
	{ 0 },
};

/* The image is low, and pinned. */
static void sparc64_lay_out(struct kernel *kernel)
{
	kernel->page_offset = 0xfff8000000000000;
	kernel->direct_shift = kernel->page_offset;
	kernel->image_shift = 0x400000 - kernel->at / (4 << 20) * (4 << 20);
	kernel->vmalloc = 0x100000000;
	kernel->vmemmap = 0x8000000000000;
	by_default(&kernel->section_bits, 30);
	by_default(&kernel->physmem_bits, kernel->version < V(3, 8, 13) ? 49 : 53);
}

static bool sparc64_in_tables(const struct kernel *kernel, uint64_t vaddr)
{
	return vaddr >= kernel->vmalloc;
}

#endif
