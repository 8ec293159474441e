// SPDX-License-Identifier: GPL-2.0-only
/* dwarf_names.c - a table of names, by hash. */
#include "facts/dwarf_names.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 1 << 16, ROOM_MOST = 1 << 23 };

/* A name, and the first definition of it. */
struct dwarf_entry {
	const char *name; /* lent by libdw; NULL: an empty slot */
	uint64_t at;
	uint32_t hash;
	uint16_t tag;
	bool external;    /* a variable that all files see */
};

static uint32_t hash_of(const char *name, unsigned tag)
{
	uint32_t hash = 2166136261u ^ tag;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	return hash;
}

/* The slot that has the name, or the empty one where it belongs. */
static struct dwarf_entry *slot_of(const struct dwarf_names *names, const char *name, unsigned tag)
{
	uint32_t hash = hash_of(name, tag), mask = names->room - 1;

	for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
		struct dwarf_entry *entry = &names->entry[i];
		if (!entry->name || (entry->hash == hash && entry->tag == tag &&
				     !strcmp(entry->name, name)))
			return entry;
	}
}

static err_t grow(struct dwarf_names *names)
{
	struct dwarf_names larger = { .room = names->room ? 2 * names->room : ROOM_FIRST };

	if (larger.room > ROOM_MOST)
		return fail(ERR_CORRUPT, "more than %u names", names->entries);
	larger.entry = calloc(larger.room, sizeof(*larger.entry));
	if (!larger.entry)
		return fail(ERR_NOMEM, "no memory for %u names", larger.room);
	for (uint32_t i = 0; i < names->room; i++)
		if (names->entry[i].name)
			*slot_of(&larger, names->entry[i].name, names->entry[i].tag) =
				names->entry[i];
	free(names->entry);
	names->entry = larger.entry;
	names->room = larger.room;
	return OK;
}

/* What is only declared is passed over. */
static bool is_definition(Dwarf_Die *die, unsigned tag)
{
	switch (tag) {
	case DW_TAG_variable:
		return dwarf_hasattr(die, DW_AT_location);
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_enumeration_type:
		return !dwarf_hasattr(die, DW_AT_declaration);
	case DW_TAG_typedef:
	case DW_TAG_base_type:
		return true;
	default:
		return false;
	}
}

err_t dwarf_names_note(struct dwarf_names *names, Dwarf_Die *die)
{
	unsigned tag = (unsigned)dwarf_tag(die);
	const char *name;

	if (!is_definition(die, tag) || !(name = dwarf_diename(die)))
		return OK;
	if (2 * names->entries >= names->room)
		TRY(grow(names));
	struct dwarf_entry *entry = slot_of(names, name, tag);
	bool external = tag == DW_TAG_variable && dwarf_hasattr_integrate(die, DW_AT_external);
	if (entry->name && (entry->external || !external))
		return OK;
	names->entries += !entry->name;
	*entry = (struct dwarf_entry){ name, dwarf_dieoffset(die), hash_of(name, tag),
				       (uint16_t)tag, external };
	return OK;
}

uint64_t dwarf_names_find(const struct dwarf_names *names, unsigned tag, const char *name)
{
	return names->room ? slot_of(names, name, tag)->at : 0;
}

void dwarf_names_free(struct dwarf_names *names)
{
	free(names->entry);
	*names = (struct dwarf_names){ 0 };
}
