// SPDX-License-Identifier: GPL-2.0-only
/* dies.c - numbers, offsets and bounds out of one DIE. */
#include "facts/dies.h"

#include <dwarf.h>

bool die_number(Dwarf_Die *die, unsigned name, uint64_t *ret)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;

	if (!dwarf_attr(die, name, &attribute) || dwarf_formudata(&attribute, &value))
		return false;
	*ret = value;
	return true;
}

bool die_member_offset(Dwarf_Die *member, bool in_union, uint64_t *ret)
{
	Dwarf_Attribute attribute;
	Dwarf_Op *op;
	size_t ops;
	Dwarf_Word value;

	if (!dwarf_attr(member, DW_AT_data_member_location, &attribute)) {
		*ret = 0;
		return in_union;
	}
	if (dwarf_formudata(&attribute, &value) == 0) {
		*ret = value;
		return true;
	}
	if (dwarf_getlocation(&attribute, &op, &ops) || ops != 1 || op->atom != DW_OP_plus_uconst)
		return false;
	*ret = op->number;
	return true;
}

static bool range_elements(Dwarf_Die *range, uint64_t *ret)
{
	uint64_t bound;

	if (die_number(range, DW_AT_count, ret))
		return true;
	if (!die_number(range, DW_AT_upper_bound, &bound) || bound >= INT64_MAX)
		return false;
	*ret = bound + 1;
	return true;
}

bool die_elements(Dwarf_Die *array, unsigned dimension, uint64_t *ret, unsigned *dimensions)
{
	unsigned at = 0;
	bool found = false;
	Dwarf_Die range;

	if (!dwarf_child(array, &range)) {
		do {
			if (dwarf_tag(&range) == DW_TAG_subrange_type && at++ == dimension)
				found = range_elements(&range, ret);
		} while (dwarf_siblingof(&range, &range) == 0);
	}
	if (dimensions)
		*dimensions = at;
	return found;
}
