// SPDX-License-Identifier: GPL-2.0-only
/* machine_list.h - the machines of mkdump: how their page tables and address spaces are made. */
#ifndef TESTS_MAKE_MACHINE_LIST_H
#define TESTS_MAKE_MACHINE_LIST_H

#include "tests/make/kernel.h"
#include "tests/make/machines_32.h"
#include "tests/make/machines_64.h"

/* --- x86_64 --- */

static uint64_t x86_64_table(const struct kernel *kernel, uint64_t at, unsigned level)
{
	(void)level;
	return machine_at(kernel, at) | kernel->sme | 0x63;
}

static uint64_t x86_64_leaf(const struct kernel *kernel, uint64_t at, unsigned level)
{
	return machine_at(kernel, at) | kernel->sme | (level > 1 ? 0xe3 : 0x63);
}

static const struct shape x86_64_shapes[] = {
	{ 12, 48, { 12, 9, 9, 9, 9 }, x86_64_table, x86_64_leaf, NULL },
	{ 12, 57, { 12, 9, 9, 9, 9, 9 }, x86_64_table, x86_64_leaf, NULL },
	{ 0 },
};

static void x86_64_lay_out(struct kernel *kernel)
{
	const struct space_era *space = ERA_OF(space_eras, kernel->version);

	kernel->page_offset = kernel->five_levels ? space->page_offset_57 : space->page_offset;
	kernel->vmemmap = kernel->five_levels ? space->vmemmap_57 : space->vmemmap;
	kernel->direct_shift = kernel->page_offset;
	kernel->image_shift = 0xffffffff80000000 - kernel->phys_base;
	by_default(&kernel->section_bits, 27);
	by_default(&kernel->physmem_bits, kernel->five_levels ? 52 : space->physmem_bits);
}

static void x86_64_tell(struct kernel *kernel)
{
	kernel->value[V_PHYS_BASE_AT] = symbol(kernel, kernel->at + 8);
	kernel->value[V_PHYS_BASE] = kernel->phys_base;
	kernel->value[V_TOP_PGD] = kernel->value[V_PGD];
	kernel->value[V_OFFSET] = kernel->offset;
	kernel->value[V_LA57] = kernel->five_levels;
	kernel->value[V_SME] = kernel->sme;
}

/* --- arm64 --- */

/* Where a descriptor has an address of more than 48 bits: with 64K pages 51:48 in bits 15:12, with
 * LPA2 51:50 in bits 9:8. */
static uint64_t arm64_address(const struct kernel *kernel, uint64_t at)
{
	if (kernel->shape->page_shift == 16)
		return (at & UINT64_C(0xffffffffffff)) | at >> 48 << 12;
	return (at & UINT64_C(0x3ffffffffffff)) | at >> 50 << 8;
}

/* Descriptors: valid, table or page; APTable; privileged and unprivileged execute-never,
 * contiguous, access flag. Bits 9:8 (shareability) are address with LPA2, and zero then. */
static uint64_t arm64_table(const struct kernel *kernel, uint64_t at, unsigned level)
{
	(void)level;
	return arm64_address(kernel, at) | 3 | UINT64_C(3) << 61;
}

static uint64_t arm64_leaf(const struct kernel *kernel, uint64_t at, unsigned level)
{
	bool lpa2 = kernel->shape->page_shift < 16 && kernel->va_bits == 52;

	at = arm64_address(kernel, at);
	return at | (level > 1 ? 1 : 3) | UINT64_C(0x7) << 52 | 0x400 | (lpa2 ? 0 : 0x300);
}

static const struct shape arm64_shapes[] = {
	{ 12, 48, { 12, 9, 9, 9, 9 }, arm64_table, arm64_leaf, NULL },
	{ 12, 39, { 12, 9, 9, 9 }, arm64_table, arm64_leaf, NULL },
	{ 12, 52, { 12, 9, 9, 9, 9, 4 }, arm64_table, arm64_leaf, NULL },
	{ 14, 47, { 14, 11, 11, 11 }, arm64_table, arm64_leaf, NULL },
	{ 14, 36, { 14, 11, 11 }, arm64_table, arm64_leaf, NULL },
	{ 14, 48, { 14, 11, 11, 11, 1 }, arm64_table, arm64_leaf, NULL },
	{ 14, 52, { 14, 11, 11, 11, 5 }, arm64_table, arm64_leaf, NULL },
	{ 16, 48, { 16, 13, 13, 6 }, arm64_table, arm64_leaf, NULL },
	{ 16, 42, { 16, 13, 13 }, arm64_table, arm64_leaf, NULL },
	{ 16, 52, { 16, 13, 13, 10 }, arm64_table, arm64_leaf, NULL },
	{ 0 },
};

/* Since 5.4 the linear map is the lower half and the image lies in the upper one. */
static void arm64_lay_out(struct kernel *kernel)
{
	uint64_t va = kernel->va_bits, least = min_u64(va, 48), page = kernel->shape->page_shift;
	uint64_t image, size = UINT64_C(1) << (least - page + 6);

	if (kernel->version >= V(5, 4, 0)) {
		kernel->page_offset = -(UINT64_C(1) << kernel->actual_bits);
		image = -(UINT64_C(1) << (least - 1)) + (256 << 20);
		kernel->vmemmap = -size;
	} else {
		kernel->page_offset = -(UINT64_C(1) << (va - 1));
		image = -(UINT64_C(1) << va) + (128 << 20);
		kernel->vmemmap = kernel->page_offset - size / 2;
	}
	kernel->vmemmap -= (kernel->phys_base >> page) * kernel->page->size;
	kernel->direct_shift = kernel->page_offset - kernel->phys_base;
	kernel->image_shift = image + kernel->offset - kernel->phys_base;
	by_default(&kernel->section_bits,
		   kernel->version < V(5, 12, 0) ? 30 : page == 16 ? 29 : 27);
	by_default(&kernel->physmem_bits, va == 52 ? 52 : 48);
}

/* A kernel built for 52 bits that runs with 48 tells where its linear map would begin with 52. */
static void arm64_tell(struct kernel *kernel)
{
	uint64_t bias = kernel->version < V(5, 4, 0) ? 0 : (UINT64_C(1) << kernel->va_bits) -
			(UINT64_C(1) << kernel->actual_bits);

	kernel->value[V_VA_BITS] = kernel->va_bits;
	kernel->value[V_T1SZ] = 64 - kernel->actual_bits;
	kernel->value[V_KIMAGE] = kernel->image_shift;
	kernel->value[V_PHYS_OFFSET] = kernel->phys_base - bias;
	kernel->value[V_PACMASK] = 0;
	kernel->value[V_OFFSET] = kernel->offset;
}

/* --- riscv64 --- */

static uint64_t riscv64_table(const struct kernel *kernel, uint64_t at, unsigned level)
{
	(void)kernel, (void)level;
	return at >> 12 << 10 | 1;
}

/* Dirty, accessed, global, writable, readable; no cache (Svpbmt). */
static uint64_t riscv64_leaf(const struct kernel *kernel, uint64_t at, unsigned level)
{
	(void)kernel, (void)level;
	return at >> 12 << 10 | 0xe7 | UINT64_C(1) << 61;
}

static const struct shape riscv64_shapes[] = {
	{ 12, 39, { 12, 9, 9, 9 }, riscv64_table, riscv64_leaf, NULL },
	{ 12, 48, { 12, 9, 9, 9, 9 }, riscv64_table, riscv64_leaf, NULL },
	{ 12, 57, { 12, 9, 9, 9, 9, 9 }, riscv64_table, riscv64_leaf, NULL },
	{ 0 },
};

static const struct {
	uint64_t va_bits, page_offset, vmemmap;
} riscv64_spaces[] = {
	{ 39, 0xffffffd800000000, 0xffffffc700000000 },
	{ 48, 0xffffaf8000000000, 0xffff8d8000000000 },
	{ 57, 0xff60000000000000, 0xff1c000000000000 },
};

static void riscv64_lay_out(struct kernel *kernel)
{
	size_t i = 0;

	while (riscv64_spaces[i].va_bits != kernel->va_bits)
		i++;
	kernel->page_offset = riscv64_spaces[i].page_offset;
	kernel->vmemmap = riscv64_spaces[i].vmemmap -
			  (kernel->phys_base >> 12) * kernel->page->size;
	kernel->direct_shift = kernel->page_offset - kernel->phys_base;
	kernel->image_shift = 0xffffffff80000000 - kernel->phys_base;
	by_default(&kernel->section_bits, 27);
	by_default(&kernel->physmem_bits, 56);
}

static void riscv64_tell(struct kernel *kernel)
{
	kernel->value[V_VA_BITS] = kernel->va_bits;
	kernel->value[V_PAGE_OFFSET] = kernel->page_offset;
	kernel->value[V_LINK_ADDR] = 0xffffffff80000000;
	kernel->value[V_KERNEL_PA] = kernel->image_shift;
	kernel->value[V_RAM_BASE] = kernel->phys_base;
}

/* --- s390x --- */

/* Region entries: type and length; segment entries have type 0, and page tables are half a page. */
static uint64_t s390x_table(const struct kernel *kernel, uint64_t at, unsigned level)
{
	(void)kernel;
	return level > 2 ? at | (level - 2) << 2 | 3 : at;
}

/* Large ones: the bit for it, and software's dirty and young. */
static uint64_t s390x_leaf(const struct kernel *kernel, uint64_t at, unsigned level)
{
	(void)kernel;
	return level == 1 ? at : at | (level - 2) << 2 | 0x400 | 0xc000;
}

static uint64_t s390x_empty(const struct kernel *kernel, unsigned level)
{
	(void)kernel;
	return level == 1 ? 0x400 : 0x20 | (level - 2) << 2;
}

static const struct shape s390x_shapes[] = {
	{ 12, 42, { 12, 8, 11, 11 }, s390x_table, s390x_leaf, s390x_empty },
	{ 12, 53, { 12, 8, 11, 11, 11 }, s390x_table, s390x_leaf, s390x_empty },
	{ 0 },
};

/* Memory is mapped where it lies, and until 6.10 the image with it. */
static void s390x_lay_out(struct kernel *kernel)
{
	kernel->page_offset = kernel->direct_shift = kernel->image_shift = 0;
	kernel->vmemmap = kernel->va_bits == 42 ? 0x37200000000 : 0x10000000000000;
	if (kernel->version >= V(6, 10, 0))
		kernel->image_shift = 0x3ffe0000000 + kernel->offset - kernel->at;
	by_default(&kernel->section_bits, 28);
	by_default(&kernel->physmem_bits, 46);
}

static void s390x_tell(struct kernel *kernel)
{
	kernel->value[V_OFFSET] = kernel->offset;
	if (kernel->version < V(6, 10, 0))
		return;
	kernel->value[V_OFFSET] = kernel->at + kernel->image_shift;
	kernel->value[V_OFFSET_PHYS] = kernel->at;
}

static const struct machine machines[] = {
	{ "x86_64", "x86_64", EM_X86_64, false, x86_64_shapes, x86_64_lay_out, x86_64_tell },
	{ "arm64", "aarch64", EM_AARCH64, false, arm64_shapes, arm64_lay_out, arm64_tell },
	{ "riscv64", "riscv64", EM_RISCV, false, riscv64_shapes, riscv64_lay_out, riscv64_tell },
	{ "s390x", "s390x", EM_S390, true, s390x_shapes, s390x_lay_out, s390x_tell },
	{ "x86", "i686", EM_386, false, x86_shapes, x86_lay_out, x86_tell, .word_bytes = 4 },
	{ "arm", "armv7l", EM_ARM, false, arm_shapes, arm_lay_out, arm_tell, .word_bytes = 4 },
	{ "ppc64", "ppc64", EM_PPC64, true, ppc64_shapes, ppc64_lay_out, ppc64_tell,
	  .in_tables = ppc64_in_tables, .back = ppc64_back },
	{ "ppc64le", "ppc64le", EM_PPC64, false, ppc64_shapes, ppc64_lay_out, ppc64_tell,
	  .in_tables = ppc64_in_tables, .back = ppc64_back },
	{ "mips64", "mips64", EM_MIPS, true, mips64_shapes, mips64_lay_out, nothing_to_tell,
	  .nothing_tables = true, .in_tables = mips64_in_tables },
	{ "mips64el", "mips64", EM_MIPS, false, mips64_shapes, mips64_lay_out, nothing_to_tell,
	  .nothing_tables = true, .in_tables = mips64_in_tables },
	{ "loongarch64", "loongarch64", 258, false, loongarch64_shapes, loongarch64_lay_out,
	  nothing_to_tell, .nothing_tables = true, .in_tables = loongarch64_in_tables },
	{ "ppc", "ppc", EM_PPC, true, ppc_shapes, ppc_lay_out, tell_vmalloc, .word_bytes = 4,
	  .in_tables = ppc_in_tables },
	{ "ia64", "ia64", EM_IA_64, false, ia64_shapes, ia64_lay_out, ia64_tell,
	  .in_tables = ia64_in_tables },
	{ "sparc64", "sparc64", EM_SPARCV9, true, sparc64_shapes, sparc64_lay_out,
	  nothing_to_tell, .in_tables = sparc64_in_tables },
};

static const struct machine *find_machine(const char *name)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (strcmp(name, machines[i].name) == 0)
			return &machines[i];
	return NULL;
}

#endif
