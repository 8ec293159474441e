// SPDX-License-Identifier: GPL-2.0-only
/* memmap.c - choose the model, flat memory, and reading struct pages. */
#include "kernel/memmap.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/models.h"

static bool flat_fits(const struct facts *facts, const struct memory *memory)
{
	(void)memory;
	return fact_known(facts, SYMBOL_MEM_MAP);
}

static err_t flat_open(struct memmap *map, const struct facts *facts)
{
	vaddr_t symbol = facts->value[SYMBOL_MEM_MAP];

	TRY(within(memory_word(map->memory, symbol, &map->array), "mem_map at %#" PRIx64, symbol));
	if (!memory_is_kernel(map->memory, map->array))
		return fail(ERR_CORRUPT, "mem_map at %#" PRIx64 " points to %#" PRIx64
			    ", which is no kernel address", symbol, map->array);
	map->end = map->limit;
	return OK;
}

static void flat_find(struct memmap *map, pfn_t pfn, struct stretch *ret)
{
	pfn_t first = min_u64(map->memory->space->mem_map_pfn, map->limit);

	*ret = pfn < first ? (struct stretch){ 0, first, 0 }
			   : (struct stretch){ first, map->limit, map->array };
}

static const struct memmap_model flat = {
	.name = "FLATMEM", .fits = flat_fits, .open = flat_open, .find = flat_find,
};

/* Asked in this order: DISCONTIGMEM kernels also have a mem_map, some of them. */
static const struct memmap_model *const models[] = {
	&memmap_discontig, &memmap_sparse_extreme, &memmap_sparse, &flat,
};

static err_t check_struct_page(struct memmap *map, const struct facts *facts)
{
	uint64_t size;

	TRY(fact_need(facts, SIZE_PAGE, &size));
	if (size < 16 || size > STRUCT_PAGE_MOST)
		return fail(ERR_CORRUPT, "SIZE(page) is %" PRIu64 ", not between 16 and %d", size,
			    STRUCT_PAGE_MOST);
	map->page_size = (unsigned)size;
	return OK;
}

err_t memmap_open(struct memmap *map, struct memory *memory, const struct facts *facts, pfn_t limit)
{
	*map = (struct memmap){ .memory = memory, .limit = limit };
	TRY(within(check_struct_page(map, facts), "Can't distinguish the memory type"));
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]) && !map->model; i++)
		if (models[i]->fits(facts, memory))
			map->model = models[i];
	if (!map->model)
		return fail(ERR_NOFACT,
			    "Can't distinguish the memory type: vmcoreinfo tells neither "
			    "SYMBOL(mem_section) nor SYMBOL(node_data) nor SYMBOL(mem_map)");
	map->bounce = malloc((size_t)BLOCK_PAGES * map->page_size);
	if (!map->bounce)
		return fail(ERR_NOMEM, "no memory for %d struct pages", BLOCK_PAGES);
	err_t result = within(map->model->open(map, facts), "%s", map->model->name);
	if (result != OK)
		memmap_close(map);
	return result;
}

void memmap_close(struct memmap *map)
{
	free(map->bounce);
	free(map->node);
	map->bounce = NULL;
	map->node = NULL;
}

void memmap_find(struct memmap *map, pfn_t pfn, struct stretch *ret)
{
	if (pfn >= map->limit)
		*ret = (struct stretch){ map->limit, UINT64_MAX, 0 };
	else
		map->model->find(map, pfn, ret);
}

void memmap_lend_singly(struct memmap *map, vaddr_t at, unsigned count, const uint8_t **ret,
			uint64_t *readable)
{
	*ret = map->bounce;
	*readable = 0;
	for (unsigned i = 0; i < count; i++) {
		uint8_t *to = map->bounce + (size_t)i * map->page_size;
		if (memory_read(map->memory, at + (uint64_t)i * map->page_size, to,
				map->page_size) == OK)
			*readable |= UINT64_C(1) << i;
		else
			memset(to, 0, map->page_size);
	}
}

void memmap_lend(struct memmap *map, vaddr_t at, unsigned count, const uint8_t **ret,
		 uint64_t *readable)
{
	size_t wanted = (size_t)count * map->page_size, size = wanted;

	*readable = count == 64 ? ~UINT64_C(0) : (UINT64_C(1) << count) - 1;
	if (memory_lend(map->memory, at, ret, &size) == OK && size == wanted)
		return;
	*ret = map->bounce;
	if (memory_read(map->memory, at, map->bounce, wanted) != OK)
		memmap_lend_singly(map, at, count, ret, readable);
}
