// SPDX-License-Identifier: GPL-2.0-only
/* machines_32.h - machines of 32 bits: i386, arm, ppc; for mkdump. */
#ifndef TESTS_MAKE_MACHINES_32_H
#define TESTS_MAKE_MACHINES_32_H

#include "tests/make/kernel.h"

/* A linear map that reaches all memory and has the image in it, and vmalloc somewhere behind. */
static void lowmem_lay_out(struct kernel *kernel, uint64_t page_offset)
{
	kernel->page_offset = page_offset;
	kernel->vmalloc = page_offset + 0x38000000;
	kernel->direct_shift = kernel->image_shift = page_offset - kernel->phys_base;
}

/* --- i386: x86 --- */

/* Present, writable, accessed, dirty, and (a leaf above the lowest level) large and global. */
static uint64_t x86_table(const struct kernel *kernel, uint64_t at, unsigned level)
{
	(void)kernel;
	return at | (level == 3 ? 1 : 0x63); /* the four entries at the top have no such bits */
}

/* 4 MiB above 4 GiB: bits 39:32 of the address in bits 20:13. */
static uint64_t x86_leaf(const struct kernel *kernel, uint64_t at, unsigned level)
{
	bool pae = kernel->shape->va_bits == 33;

	if (pae)
		return at | (level > 1 ? 0x1e3 : 0x163) | UINT64_C(1) << 63;
	return (at & 0xffffffff) | (level > 1 ? at >> 32 << 13 | 0x1e3 : 0x163);
}

/* va_bits 33 stands for PAE, whose addresses have no more than the others. */
static const struct shape x86_shapes[] = {
	{ 12, 32, { 12, 10, 10 }, x86_table, x86_leaf, NULL, 4, 0 },
	{ 12, 33, { 12, 9, 9, 2 }, x86_table, x86_leaf, NULL, 8, 0 },
	{ 0 },
};

static void x86_lay_out(struct kernel *kernel)
{
	bool pae = kernel->shape->va_bits == 33;

	lowmem_lay_out(kernel, kernel->offset ? kernel->offset : 0xc0000000);
	by_default(&kernel->section_bits, pae ? kernel->version < V(2, 6, 26) ? 30 : 29 : 26);
	by_default(&kernel->physmem_bits, pae ? 36 : 32);
}

static void x86_tell(struct kernel *kernel)
{
	if (kernel->shape->va_bits == 33)
		kernel->value[V_PAE] = 1;
}

/* --- arm --- */

/* Short descriptors: a coarse table, domain 0; a small page or a section, of normal memory; of the
 * supersection recipes say themselves. */
static uint64_t arm_table(const struct kernel *kernel, uint64_t at, unsigned level)
{
	(void)level;
	return at | (kernel->shape->va_bits == 33 ? 3 : 1);
}

static uint64_t arm_leaf(const struct kernel *kernel, uint64_t at, unsigned level)
{
	if (kernel->shape->va_bits == 33)
		return at | (level > 1 ? 1 : 3) | 0x70c | UINT64_C(1) << 54;
	return at | (level > 1 ? 0x11c0e : 0x45e);
}

/* va_bits 33 stands for LPAE. */
static const struct shape arm_shapes[] = {
	{ 12, 32, { 12, 8, 12 }, arm_table, arm_leaf, NULL, 4, 0 },
	{ 12, 33, { 12, 9, 9, 2 }, arm_table, arm_leaf, NULL, 8, 0 },
	{ 0 },
};

static void arm_lay_out(struct kernel *kernel)
{
	lowmem_lay_out(kernel, kernel->offset ? kernel->offset : 0xc0000000);
	kernel->first_pfn = kernel->phys_base >> 12;
	by_default(&kernel->section_bits, 28);
	by_default(&kernel->physmem_bits, kernel->shape->va_bits == 33 ? 36 : 32);
}

static void arm_tell(struct kernel *kernel)
{
	if (kernel->shape->va_bits == 33)
		kernel->value[V_LPAE] = 1;
}

/* --- ppc --- */

/* Entries of the upper table: the lower one's physical address, and that it is there. */
static uint64_t ppc_table(const struct kernel *kernel, uint64_t at, unsigned level)
{
	(void)level;
	return (kernel->shape->entry_bytes == 8 ? at + kernel->direct_shift : at) | 0x400;
}

/* Present, in the hash table, accessed, dirty, writable. */
static uint64_t ppc_leaf(const struct kernel *kernel, uint64_t at, unsigned level)
{
	(void)kernel, (void)level;
	return at | 0x593;
}

/* va_bits 33 stands for lower entries of 8 bytes. */
static const struct shape ppc_shapes[] = {
	{ 12, 32, { 12, 10, 10 }, ppc_table, ppc_leaf, NULL, 4, 0 },
	{ 12, 33, { 12, 9, 11 }, ppc_table, ppc_leaf, NULL, 8, 4 },
	{ 0 },
};

static void ppc_lay_out(struct kernel *kernel)
{
	lowmem_lay_out(kernel, 0xc0000000);
	by_default(&kernel->section_bits, 24);
	by_default(&kernel->physmem_bits, 44);
}

static bool ppc_in_tables(const struct kernel *kernel, uint64_t vaddr)
{
	return vaddr >= kernel->vmalloc;
}

#endif
