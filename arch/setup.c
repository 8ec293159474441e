// SPDX-License-Identifier: GPL-2.0-only
/* setup.c - questions that several machines ask while they fill their space. */
#include "arch/arch.h"
#include "base/bytes.h"

bool space_choose_paging(struct space *space, const struct paging *shapes, size_t count,
			 unsigned levels)
{
	for (size_t i = 0; i < count; i++)
		if (shapes[i].bits[0] == space->target.page_shift && shapes[i].levels == levels)
			space->paging = &shapes[i];
	return space->paging != NULL;
}

bool space_leads_home(const struct space *space, const struct source *source, vaddr_t root)
{
	struct reader *reader = NULL;
	paddr_t found;
	uint64_t run;

	if (reader_create(source, &reader) != OK)
		return false;
	bool home = space_translate(space, reader, root, &found, &run) == OK &&
		    found == space->root;
	reader_destroy(reader);
	return home;
}

/* A word at an address, through the space as it is so far. */
static bool read_word(const struct space *space, const struct source *source, vaddr_t at,
		      uint64_t *ret)
{
	struct reader *reader = NULL;
	uint8_t bytes[8];
	paddr_t physical;
	uint64_t run;

	if (reader_create(source, &reader) != OK)
		return false;
	bool got = space_translate(space, reader, at, &physical, &run) == OK &&
		   run >= space->target.word_bytes &&
		   reader_read(reader, physical, bytes, space->target.word_bytes) == OK;
	reader_destroy(reader);
	if (got)
		*ret = get_word(&space->target, bytes);
	return got;
}

/* The list of areas is sorted; its form changed in 3.10 (f1c4069e1dc1), and it is gone since 6.9
 * (fd0a68a233fe), which exports the number instead. */
err_t space_vmalloc_start(const struct space *space, const struct facts *facts,
			  const struct source *source, vaddr_t *ret)
{
	uint64_t next = 0;

	if (fact_known(facts, NUMBER_VMALLOC_START)) {
		*ret = facts->value[NUMBER_VMALLOC_START];
		return OK;
	}
	if (fact_known(facts, SYMBOL_VMAP_AREA_LIST) && fact_known(facts, OFFSET_VMAP_AREA_LIST) &&
	    fact_known(facts, OFFSET_VMAP_AREA_VA_START) &&
	    read_word(space, source, facts->value[SYMBOL_VMAP_AREA_LIST], &next) &&
	    read_word(space, source, next - facts->value[OFFSET_VMAP_AREA_LIST] +
				     facts->value[OFFSET_VMAP_AREA_VA_START], ret))
		return OK;
	if (fact_known(facts, SYMBOL_VMLIST) && fact_known(facts, OFFSET_VM_STRUCT_ADDR) &&
	    read_word(space, source, facts->value[SYMBOL_VMLIST], &next) &&
	    read_word(space, source, next + facts->value[OFFSET_VM_STRUCT_ADDR], ret))
		return OK;
	return fail(ERR_NOFACT, "vmcoreinfo tells neither NUMBER(VMALLOC_START) nor "
		    "SYMBOL(vmap_area_list) nor SYMBOL(vmlist)");
}
