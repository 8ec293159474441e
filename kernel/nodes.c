// SPDX-License-Identifier: GPL-2.0-only
/* nodes.c - node_online_map, and the four ways a kernel finds the pglist_data of a node. */
#include "kernel/nodes.h"

#include "base/bytes.h"

/* Where the mask of online nodes lies: debug information only tells of the array it is in. */
static bool find_online_map(const struct facts *facts, vaddr_t *ret)
{
	if (!fact_known(facts, SIZE_NODEMASK_T))
		return false;
	*ret = fact_or(facts, SYMBOL_NODE_ONLINE_MAP, 0);
	if (!*ret && fact_known(facts, SYMBOL_NODE_STATES) && fact_known(facts, NUMBER_N_ONLINE))
		*ret = facts->value[SYMBOL_NODE_STATES] +
		       facts->value[NUMBER_N_ONLINE] * facts->value[SIZE_NODEMASK_T];
	return *ret;
}

/* Is the node online? Bit n of an array of unsigned long. */
static err_t is_online(struct memory *memory, const struct facts *facts, unsigned node, bool *ret)
{
	const struct target *target = &memory->space->target;
	unsigned bits = target->word_bytes * 8u;
	vaddr_t map;
	uint64_t word;

	if (!find_online_map(facts, &map)) {
		*ret = node == 0;
		return OK;
	}
	*ret = false;
	if (node / 8 >= facts->value[SIZE_NODEMASK_T])
		return OK;
	vaddr_t at = map + node / bits * target->word_bytes;
	TRY(within(memory_word(memory, at, &word), "node_online_map at %#" PRIx64, at));
	*ret = word >> node % bits & 1;
	return OK;
}

/* Word `node` of an array of pointers, if it is one of the kernel's. */
static bool from_array(struct memory *memory, vaddr_t array, unsigned node, vaddr_t *ret)
{
	vaddr_t at = array + (vaddr_t)node * memory->space->target.word_bytes;

	return memory_word(memory, at, ret) == OK && memory_is_kernel(memory, *ret);
}

/* Until 2.6.16 the nodes were a list. */
static bool from_list(struct memory *memory, const struct facts *facts, unsigned node, vaddr_t *ret)
{
	if (!fact_known(facts, OFFSET_PGLIST_DATA_NEXT) ||
	    !from_array(memory, facts->value[SYMBOL_PGDAT_LIST], 0, ret))
		return false;
	for (; node; node--)
		if (!from_array(memory, *ret + facts->value[OFFSET_PGLIST_DATA_NEXT], 0, ret))
			return false;
	return true;
}

static err_t find_pgdat(struct memory *memory, const struct facts *facts, unsigned node,
			vaddr_t *ret)
{
	if (fact_known(facts, SYMBOL_NODE_DATA) && fact_known(facts, LENGTH_NODE_DATA) &&
	    node < facts->value[LENGTH_NODE_DATA] &&
	    from_array(memory, facts->value[SYMBOL_NODE_DATA], node, ret))
		return OK;
	if (fact_known(facts, SYMBOL_PGDAT_LIST)) {
		if (from_list(memory, facts, node, ret))
			return OK;
		if (node < fact_or(facts, LENGTH_PGDAT_LIST, 1) &&
		    from_array(memory, facts->value[SYMBOL_PGDAT_LIST], node, ret))
			return OK;
	}
	if (node == 0 && fact_known(facts, SYMBOL_CONTIG_PAGE_DATA)) {
		*ret = facts->value[SYMBOL_CONTIG_PAGE_DATA];
		return OK;
	}
	return fail(ERR_CORRUPT, "node %u is online, but its pglist_data is nowhere", node);
}

err_t nodes_next(struct memory *memory, const struct facts *facts, unsigned from, unsigned *node,
		 vaddr_t *pgdat)
{
	for (; from < NODES_MOST; from++) {
		bool online;
		TRY(is_online(memory, facts, from, &online));
		if (!online)
			continue;
		*node = from;
		return find_pgdat(memory, facts, from, pgdat);
	}
	return ERR_HOLE;
}
