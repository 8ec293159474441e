// SPDX-License-Identifier: GPL-2.0-only
/* discontig.c - DISCONTIGMEM: one page array per node. Gone from Linux since 5.14. */
#include <stdlib.h>

#include "kernel/models.h"
#include "kernel/nodes.h"

static bool fits(const struct facts *facts, const struct memory *memory)
{
	bool array = fact_known(facts, SYMBOL_NODE_DATA) && fact_known(facts, LENGTH_NODE_DATA);
	bool list =
		fact_known(facts, SYMBOL_PGDAT_LIST) &&
	    (fact_known(facts, OFFSET_PGLIST_DATA_NEXT) || fact_known(facts, LENGTH_PGDAT_LIST));

	(void)memory;
	return (array || list) && fact_known(facts, SIZE_PGLIST_DATA) &&
	       fact_known(facts, OFFSET_PGLIST_DATA_MEM_MAP) &&
	       fact_known(facts, OFFSET_PGLIST_DATA_START_PFN) &&
	       fact_known(facts, OFFSET_PGLIST_DATA_SPANNED);
}

static err_t read_node(struct memmap *map, const struct facts *facts, vaddr_t pgdat,
		       struct stretch *ret)
{
	struct memory *memory = map->memory;
	uint64_t start, spanned;

	TRY(memory_word(memory, pgdat + facts->value[OFFSET_PGLIST_DATA_START_PFN], &start));
	TRY(memory_word(memory, pgdat + facts->value[OFFSET_PGLIST_DATA_SPANNED], &spanned));
	TRY(memory_word(memory, pgdat + facts->value[OFFSET_PGLIST_DATA_MEM_MAP], &ret->at));
	/* ia64 (CONFIG_VIRTUAL_MEM_MAP): one array for all, with holes where there is no memory. */
	if (fact_known(facts, SYMBOL_VMEM_MAP)) {
		TRY(memory_word(memory, facts->value[SYMBOL_VMEM_MAP], &ret->at));
		ret->at += start * map->page_size;
	}
	ret->first = min_u64(start, map->limit);
	ret->end = ret->first + min_u64(spanned, map->limit - ret->first);
	if (!memory_is_kernel(memory, ret->at))
		return fail(ERR_CORRUPT, "page array at %#" PRIx64 ", which is no kernel address",
			    ret->at);
	return OK;
}

static int by_first(const void *left, const void *right)
{
	const struct stretch *a = left, *b = right;

	return a->first < b->first ? -1 : a->first > b->first;
}

static err_t check_order(struct memmap *map)
{
	qsort(map->node, map->nodes, sizeof(*map->node), by_first);
	for (size_t i = 1; i < map->nodes; i++)
		if (map->node[i].first < map->node[i - 1].end)
			return fail(ERR_CORRUPT, "two nodes share pfn %#" PRIx64,
				    map->node[i].first);
	map->end = map->nodes ? map->node[map->nodes - 1].end : 0;
	return OK;
}

static err_t open_nodes(struct memmap *map, const struct facts *facts)
{
	vaddr_t pgdat;
	unsigned node;

	map->node = calloc(NODES_MOST, sizeof(*map->node));
	if (!map->node)
		return fail(ERR_NOMEM, "no memory for %d nodes", NODES_MOST);
	for (unsigned from = 0;; from = node + 1) {
		err_t result = nodes_next(map->memory, facts, from, &node, &pgdat);
		if (result == ERR_HOLE)
			break;
		TRY(result);
		struct stretch *stretch = &map->node[map->nodes];
		TRY(within(read_node(map, facts, pgdat, stretch), "node %u at %#" PRIx64, node,
			   pgdat));
		map->nodes += stretch->first < stretch->end;
	}
	return check_order(map);
}

static void find(struct memmap *map, pfn_t pfn, struct stretch *ret)
{
	*ret = (struct stretch){ 0, map->limit, 0 };
	for (size_t i = 0; i < map->nodes; i++) {
		const struct stretch *node = &map->node[i];
		if (pfn < node->first) {
			ret->end = node->first;
			return;
		}
		if (pfn < node->end) {
			*ret = *node;
			return;
		}
		ret->first = node->end;
	}
}

const struct memmap_model memmap_discontig = {
	.name = "DISCONTIGMEM", .fits = fits, .open = open_nodes, .find = find,
};
