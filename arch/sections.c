// SPDX-License-Identifier: GPL-2.0-only
/* sections.c - how large the sections of SPARSEMEM are in kernels that do not tell. */
#include "arch/arch.h"

uint64_t sections_per_root(const struct target *target, const struct facts *facts)
{
	uint64_t size = fact_or(facts, SIZE_MEM_SECTION, 0), page = page_bytes(target);

	return size && size <= page ? page / size : 1;
}

uint64_t sections_roots(const struct target *target, const struct facts *facts,
			unsigned section_bits, unsigned physmem_bits)
{
	uint64_t sections = UINT64_C(1) << (physmem_bits - section_bits),
		 roots = sections_per_root(target, facts);

	return (sections + roots - 1) / roots;
}

void space_choose_sections(struct space *space, const struct facts *facts,
			   const struct section_sizes *sizes, size_t count)
{
	uint64_t length = fact_or(facts, LENGTH_MEM_SECTION, 0);
	size_t chosen = 0;

	for (size_t i = count; i-- > 0;) {
		uint64_t physmem = fact_or(facts, NUMBER_MAX_PHYSMEM_BITS, sizes[i].physmem_bits);
		if (physmem >= sizes[i].section_bits && physmem < 64 &&
		    sections_roots(&space->target, facts, sizes[i].section_bits,
				   (unsigned)physmem) == length)
			chosen = i;
	}
	space->section_bits = sizes[chosen].section_bits;
	space->physmem_bits = sizes[chosen].physmem_bits;
}
