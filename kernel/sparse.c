// SPDX-License-Identifier: GPL-2.0-only
/* sparse.c - SPARSEMEM: memory in sections of SECTION_SIZE_BITS, each with a page array of its own.
 * The sections stand in one array, or (EXTREME) in pages that an array of roots points to. A
 * section's word section_mem_map is the address of its page array, minus what the array would begin
 * at for pfn 0, with flags in the lowest bits (include/linux/mmzone.h). */
#include "base/bytes.h"
#include "kernel/models.h"

enum {
	SECTION_PRESENT = 1,
	/* Flags use up to six bits (the sixth since 6.15); page arrays are aligned to far more. */
	SECTION_FLAGS = 0x3f,
	SECTION_SIZE_MOST = 128,  /* of a struct mem_section: it has 8 to 32 bytes */
	SECTIONS_SHIFT_MOST = 30, /* log2 of the sections of a machine: riscv64 comes to 29 */
	BROKEN_MOST = 1 << 16,    /* looks at a table that find nothing, and then it is none */
};

/* The sizes of sections: what the dump says, else the machine's. */
static err_t geometry(const struct memory *memory, const struct facts *facts,
		      unsigned *section_bits, unsigned *physmem_bits)
{
	const struct space *space = memory->space;
	uint64_t section = fact_or(facts, NUMBER_SECTION_SIZE_BITS, space->section_bits);
	uint64_t physmem = fact_or(facts, NUMBER_MAX_PHYSMEM_BITS, space->physmem_bits);

	if (section <= space->target.page_shift || section > 40 || physmem < section ||
	    physmem > 60 || physmem - section > SECTIONS_SHIFT_MOST)
		return fail(ERR_CORRUPT,
			    "SECTION_SIZE_BITS %" PRIu64 " and MAX_PHYSMEM_BITS %" PRIu64
			    " do not fit each other or pages of %" PRIu64 " bytes",
			    section, physmem, page_bytes(&space->target));
	*section_bits = (unsigned)section;
	*physmem_bits = (unsigned)physmem;
	return OK;
}

static bool is_sparse(const struct facts *facts)
{
	return fact_known(facts, SYMBOL_MEM_SECTION) && fact_known(facts, SIZE_MEM_SECTION) &&
	       fact_known(facts, OFFSET_MEM_SECTION_MAP);
}

/* EXTREME when the array has one entry per root: or is allocated at boot (4.15) and so without
 * length. */
static bool extreme_fits(const struct facts *facts, const struct memory *memory)
{
	unsigned section_bits = 0, physmem_bits = 0;

	if (!is_sparse(facts))
		return false;
	if (!fact_known(facts, LENGTH_MEM_SECTION))
		return true;
	if (geometry(memory, facts, &section_bits, &physmem_bits) != OK)
		return false;
	return facts->value[LENGTH_MEM_SECTION] ==
	       sections_roots(&memory->space->target, facts, section_bits, physmem_bits);
}

static bool static_fits(const struct facts *facts, const struct memory *memory)
{
	(void)memory;
	return is_sparse(facts);
}

/* Where the struct mem_section of a section lies. ERR_HOLE and other errors: it has none, nor has
 * any up to *end. */
static err_t section_address(struct memmap *map, uint64_t section, uint64_t *end, vaddr_t *ret)
{
	vaddr_t root = 0;

	*end = section + 1;
	if (!map->sections_per_root) {
		*ret = map->array + section * map->section_size;
		return OK;
	}
	uint64_t index = section / map->sections_per_root;
	vaddr_t at = map->array + index * map->memory->space->target.word_bytes;
	*end = (index + 1) * map->sections_per_root;
	TRY(within(memory_word(map->memory, at, &root), "root %" PRIu64 " of mem_section", index));
	if (!root)
		return ERR_HOLE;
	if (!memory_is_kernel(map->memory, root))
		return fail(ERR_CORRUPT, "root %" PRIu64 " of mem_section is %#" PRIx64
			    ", which is no kernel address", index, root);
	*end = section + 1;
	*ret = root + section % map->sections_per_root * map->section_size;
	return OK;
}

/* The page array of a section. ERR_HOLE: it is not present, nor is any up to *end. Other errors:
 * nobody can tell, up to there. */
static err_t section_pages(struct memmap *map, uint64_t section, uint64_t *end, vaddr_t *ret)
{
	vaddr_t at = 0, word = 0;

	TRY(section_address(map, section, end, &at));
	TRY(within(memory_word(map->memory, at + map->map_at, &word),
		   "sparse section %" PRIu64 " at %#" PRIx64, section, at));
	if (!(word & SECTION_PRESENT))
		return ERR_HOLE;
	*ret = as_word(&map->memory->space->target, (word & ~(uint64_t)SECTION_FLAGS) +
		       map->page_size * (section << map->section_pages_shift));
	if (!memory_is_kernel(map->memory, *ret))
		return fail(ERR_CORRUPT, "sparse section %" PRIu64 ": page array at %#" PRIx64
			    ", which is no kernel address", section, *ret);
	return OK;
}

/* What looking at every section of a table showed. */
struct survey {
	uint64_t good, broken, first_broken;
	pfn_t end; /* of the last section that is good or broken */
};

static struct survey look_at_all(struct memmap *map)
{
	struct survey survey = { 0 };
	uint64_t failed = 0;
	vaddr_t pages;

	for (uint64_t section = 0, next; section < map->sections; section = next) {
		err_t result = section_pages(map, section, &next, &pages);
		next = min_u64(next, map->sections);
		if (result == ERR_HOLE)
			continue;
		if (result == OK) {
			survey.good++;
		} else {
			if (!failed++)
				survey.first_broken = section;
			if (failed == BROKEN_MOST)
				next = map->sections;
			survey.broken += next - section;
		}
		survey.end = min_u64(next << map->section_pages_shift, map->limit);
	}
	return survey;
}

static bool flawless(const struct survey *survey)
{
	return survey->good && !survey->broken;
}

/* Memory may be smashed here and there: what is broken of such a table stays in the dump whole. */
static bool usable(const struct survey *survey)
{
	return survey->good && survey->good >= survey->broken;
}

static err_t accept(struct memmap *map, const struct survey *survey)
{
	vaddr_t pages;
	uint64_t end;

	if (usable(survey)) {
		map->end = survey->end;
		map->broken = survey->broken;
		map->first_broken = survey->first_broken;
		return OK;
	}
	if (!survey->broken)
		return fail(ERR_CORRUPT, "none of %" PRIu64 " sections at %#" PRIx64 " is present",
			    map->sections, map->array);
	section_pages(map, survey->first_broken, &end, &pages); /* again, for its sentence */
	return within(ERR_CORRUPT, "%" PRIu64 " sections at %#" PRIx64 " are good and %" PRIu64
		      " broken, the first", survey->good, map->array, survey->broken);
}

static err_t prepare(struct memmap *map, const struct facts *facts)
{
	unsigned section_bits = 0, physmem_bits = 0;
	unsigned page_shift = map->memory->space->target.page_shift;
	uint64_t size = facts->value[SIZE_MEM_SECTION], at = facts->value[OFFSET_MEM_SECTION_MAP];

	TRY(geometry(map->memory, facts, &section_bits, &physmem_bits));
	if (size < 4 || size > SECTION_SIZE_MOST || at > size - 4)
		return fail(ERR_CORRUPT, "SIZE(mem_section) %" PRIu64 " and "
			    "OFFSET(mem_section.section_mem_map) %" PRIu64 " do not fit", size, at);
	map->section_size = (unsigned)size;
	map->map_at = (unsigned)at;
	map->section_pages_shift = section_bits - page_shift;
	map->sections = min_u64(((map->limit - 1) >> map->section_pages_shift) + 1,
				UINT64_C(1) << (physmem_bits - section_bits));
	map->array = facts->value[SYMBOL_MEM_SECTION];
	return OK;
}

static err_t static_open(struct memmap *map, const struct facts *facts)
{
	TRY(prepare(map, facts));
	map->sections = min_u64(map->sections, fact_or(facts, LENGTH_MEM_SECTION, UINT64_MAX));
	struct survey survey = look_at_all(map);
	return accept(map, &survey);
}

/* Since 4.15 the roots are allocated at boot, and vmcoreinfo tells where; the first such kernels,
 * and debug information, tell the address of the variable that points there instead. The table
 * without a flaw is the right one. Debug information tells no length then, and the variable is
 * looked behind first: on some machines it can itself pass for a table. */
static err_t extreme_open(struct memmap *map, const struct facts *facts)
{
	vaddr_t told = facts->value[SYMBOL_MEM_SECTION];
	struct survey there = { 0 }, pointed = { 0 };

	TRY(prepare(map, facts));
	map->sections_per_root =
		(unsigned)sections_per_root(&map->memory->space->target, facts);
	if (fact_known(facts, LENGTH_MEM_SECTION))
		there = look_at_all(map);
	if (flawless(&there))
		return accept(map, &there);
	if (memory_word(map->memory, told, &map->array) == OK &&
	    memory_is_kernel(map->memory, map->array))
		pointed = look_at_all(map);
	if (flawless(&pointed) || (usable(&pointed) && !usable(&there)))
		return accept(map, &pointed);
	map->array = told;
	if (!fact_known(facts, LENGTH_MEM_SECTION))
		there = look_at_all(map);
	return within(accept(map, &there), "Can't get the address of mem_section, neither there "
		      "nor where that points");
}

static void sparse_find(struct memmap *map, pfn_t pfn, struct stretch *ret)
{
	uint64_t section = pfn >> map->section_pages_shift, end;

	if (section >= map->sections) {
		*ret = (struct stretch){ map->sections << map->section_pages_shift, map->limit, 0 };
		return;
	}
	*ret = (struct stretch){ .first = section << map->section_pages_shift };
	if (section_pages(map, section, &end, &ret->at) != OK)
		ret->at = 0;
	ret->end = min_u64(end, map->sections) << map->section_pages_shift;
}

const struct memmap_model memmap_sparse = {
	.name = "SPARSEMEM", .fits = static_fits, .open = static_open, .find = sparse_find,
};

const struct memmap_model memmap_sparse_extreme = {
	.name = "SPARSEMEM_EX", .fits = extreme_fits, .open = extreme_open, .find = sparse_find,
};
