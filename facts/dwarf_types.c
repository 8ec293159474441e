// SPDX-License-Identifier: GPL-2.0-only
/* dwarf_types.c - struct types, told by debug information. A type's id is where its DIE stands; of
 * an array of several dimensions, the inner ones have the number of the dimension on top. */
#include "facts/dwarf_types.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "facts/dies.h"

enum { ROOM_FIRST = 1 << 16, ROOM_MOST = 1 << 23, DIMENSION_SHIFT = 56, DIMENSIONS_MOST = 8 };

/* A name, and the first definition of it. */
struct dwarf_entry {
	const char *name; /* lent by libdw; NULL: an empty slot */
	uint64_t at;
	uint32_t hash;
	uint16_t tag;
	bool external;    /* a variable that all files see */
};

/* --- names --- */

static uint32_t hash_of(const char *name, unsigned tag)
{
	uint32_t hash = 2166136261u ^ tag;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	return hash;
}

/* The slot that has the name, or the empty one where it belongs. */
static struct dwarf_entry *slot_of(const struct dwarf_types *types, const char *name, unsigned tag)
{
	uint32_t hash = hash_of(name, tag), mask = types->room - 1;

	for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
		struct dwarf_entry *entry = &types->entry[i];
		if (!entry->name || (entry->hash == hash && entry->tag == tag &&
				     !strcmp(entry->name, name)))
			return entry;
	}
}

static err_t grow(struct dwarf_types *types)
{
	struct dwarf_types larger = { .room = types->room ? 2 * types->room : ROOM_FIRST };

	if (larger.room > ROOM_MOST)
		return fail(ERR_CORRUPT, "%s: more than %u names", types->name, types->entries);
	larger.entry = calloc(larger.room, sizeof(*larger.entry));
	if (!larger.entry)
		return fail(ERR_NOMEM, "%s: no memory for %u names", types->name, larger.room);
	for (uint32_t i = 0; i < types->room; i++)
		if (types->entry[i].name)
			*slot_of(&larger, types->entry[i].name, types->entry[i].tag) =
				types->entry[i];
	free(types->entry);
	types->entry = larger.entry;
	types->room = larger.room;
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

static err_t note(struct dwarf_types *types, Dwarf_Die *die)
{
	unsigned tag = (unsigned)dwarf_tag(die);
	const char *name;

	if (!is_definition(die, tag) || !(name = dwarf_diename(die)))
		return OK;
	if (2 * types->entries >= types->room)
		TRY(grow(types));
	struct dwarf_entry *entry = slot_of(types, name, tag);
	bool external = tag == DW_TAG_variable && dwarf_hasattr_integrate(die, DW_AT_external);
	if (entry->name && (entry->external || !external))
		return OK;
	types->entries += !entry->name;
	*entry = (struct dwarf_entry){ name, dwarf_dieoffset(die), hash_of(name, tag),
				       (uint16_t)tag, external };
	return OK;
}

static err_t note_unit(struct dwarf_types *types, Dwarf_Die *unit)
{
	Dwarf_Die die;

	if (dwarf_srclang(unit) == DIE_LANGUAGE_RUST || dwarf_child(unit, &die))
		return OK;
	do {
		TRY(note(types, &die));
	} while (dwarf_siblingof(&die, &die) == 0);
	return OK;
}

static err_t note_all(struct dwarf_types *types)
{
	Dwarf_Off at = 0, next;
	Dwarf_Die unit;
	size_t header;
	int more;

	TRY(grow(types));
	while ((more = dwarf_nextcu(types->dwarf, at, &next, &header, NULL, NULL, NULL)) == 0) {
		if (dwarf_offdie(types->dwarf, at + header, &unit))
			TRY(note_unit(types, &unit));
		at = next;
	}
	return more > 0 ? OK : fail(ERR_CORRUPT, "%s: debug information at %#" PRIx64 ": %s",
				    types->name, (uint64_t)at, dwarf_errmsg(-1));
}

/* --- types --- */

static uint64_t type_id(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Die type;

	if (!dwarf_attr_integrate(die, DW_AT_type, &attribute) ||
	    !dwarf_formref_die(&attribute, &type))
		return 0;
	return dwarf_dieoffset(&type);
}

static void describe_array(Dwarf_Die *die, uint64_t id, struct type *ret)
{
	unsigned dimension = (unsigned)(id >> DIMENSION_SHIFT), dimensions = 0;

	if (!die_elements(die, dimension, &ret->elements, &dimensions))
		ret->elements = 0;
	ret->kind = TYPE_ARRAY;
	ret->name = "";
	ret->bytes = 0;
	ret->of = dimension + 1 < dimensions && dimension < DIMENSIONS_MOST
			  ? id + (UINT64_C(1) << DIMENSION_SHIFT) : type_id(die);
}

static const struct {
	int tag;
	enum type_kind kind;
} kinds[] = {
	{ DW_TAG_base_type, TYPE_NUMBER },      { DW_TAG_pointer_type, TYPE_POINTER },
	{ DW_TAG_structure_type, TYPE_STRUCT }, { DW_TAG_union_type, TYPE_UNION },
	{ DW_TAG_enumeration_type, TYPE_ENUM }, { DW_TAG_typedef, TYPE_ALIAS },
	{ DW_TAG_const_type, TYPE_ALIAS },      { DW_TAG_volatile_type, TYPE_ALIAS },
	{ DW_TAG_restrict_type, TYPE_ALIAS },   { DW_TAG_atomic_type, TYPE_ALIAS },
	{ 0, TYPE_OTHER },
};

static void describe(const struct dwarf_types *types, Dwarf_Die *die, uint64_t id, struct type *ret)
{
	const char *name = dwarf_diename(die);
	int64_t bytes = dwarf_bytesize(die);
	uint64_t encoding = 0;
	size_t i = 0;

	*ret = (struct type){ .id = id, .name = name ? name : "",
			      .bytes = bytes > 0 ? (uint64_t)bytes : 0 };
	if (dwarf_tag(die) == DW_TAG_array_type) {
		describe_array(die, id, ret);
		return;
	}
	while (kinds[i].tag && kinds[i].tag != dwarf_tag(die))
		i++;
	ret->kind = kinds[i].kind;
	if (ret->kind == TYPE_POINTER || ret->kind == TYPE_ALIAS)
		ret->of = type_id(die);
	if (ret->kind == TYPE_POINTER)
		ret->bytes = types->word_bytes;
	ret->is_signed = die_number(die, DW_AT_encoding, &encoding) &&
			 (encoding == DW_ATE_signed || encoding == DW_ATE_signed_char);
}

/* --- the door --- */

static bool find_tag(struct types *door, unsigned tag, const char *name, struct type *ret)
{
	struct dwarf_types *types = (struct dwarf_types *)door;
	const struct dwarf_entry *entry = slot_of(types, name, tag);
	Dwarf_Die die;

	if (!entry->name || !dwarf_offdie(types->dwarf, entry->at, &die))
		return false;
	describe(types, &die, entry->at, ret);
	return true;
}

static bool find(struct types *door, enum type_kind kind, const char *name, struct type *ret)
{
	static const unsigned tags[] = {
		[TYPE_STRUCT] = DW_TAG_structure_type, [TYPE_UNION] = DW_TAG_union_type,
		[TYPE_ENUM] = DW_TAG_enumeration_type, [TYPE_NUMBER] = DW_TAG_base_type,
		[TYPE_ALIAS] = DW_TAG_typedef,
	};

	return (size_t)kind < sizeof(tags) / sizeof(tags[0]) && tags[kind] &&
	       find_tag(door, tags[kind], name, ret);
}

/* What is only declared in one file is defined in another. */
static bool get(struct types *door, uint64_t id, struct type *ret)
{
	struct dwarf_types *types = (struct dwarf_types *)door;
	uint64_t at = id & ((UINT64_C(1) << DIMENSION_SHIFT) - 1);
	Dwarf_Die die;

	if (!id) {
		*ret = (struct type){ .kind = TYPE_VOID, .name = "void" };
		return true;
	}
	if (!dwarf_offdie(types->dwarf, at, &die))
		return false;
	describe(types, &die, id, ret);
	if (dwarf_hasattr(&die, DW_AT_declaration) &&
	    !find_tag(door, (unsigned)dwarf_tag(&die), ret->name, ret))
		ret->kind = TYPE_OTHER;
	return true;
}

static bool describe_member(Dwarf_Die *die, bool in_union, struct member *ret)
{
	const char *name = dwarf_diename(die);
	uint64_t bits = 0, bit_offset, offset;
	bool by_bits = die_number(die, DW_AT_data_bit_offset, &bit_offset);

	if (!by_bits && (!die_member_offset(die, in_union, &offset) || offset > UINT64_MAX / 8))
		return false;
	die_number(die, DW_AT_bit_size, &bits);
	*ret = (struct member){ .name = name ? name : "", .type = type_id(die),
				.bit_offset = by_bits ? bit_offset : offset * 8,
				.bits = bits <= 64 ? (unsigned)bits : 64,
				.place = dwarf_dieoffset(die) };
	return true;
}

static bool next_member(struct types *door, const struct type *whole, struct member *at)
{
	struct dwarf_types *types = (struct dwarf_types *)door;
	bool in_union = whole->kind == TYPE_UNION;
	Dwarf_Die die;

	if (!dwarf_offdie(types->dwarf, at->place ? at->place : whole->id, &die))
		return false;
	int more = at->place ? dwarf_siblingof(&die, &die) : dwarf_child(&die, &die);
	for (; more == 0; more = dwarf_siblingof(&die, &die))
		if (dwarf_tag(&die) == DW_TAG_member && describe_member(&die, in_union, at))
			return true;
	return false;
}

static bool enumerator_in(Dwarf_Die *enumeration, const char *name, uint64_t *ret)
{
	Dwarf_Die die;

	if (dwarf_child(enumeration, &die))
		return false;
	do {
		const char *its = dwarf_diename(&die);
		if (its && !strcmp(its, name))
			return die_number(&die, DW_AT_const_value, ret);
	} while (dwarf_siblingof(&die, &die) == 0);
	return false;
}

/* Of enums with a name; the others are not noted. */
static bool enumerator(struct types *door, const char *name, uint64_t *ret)
{
	struct dwarf_types *types = (struct dwarf_types *)door;
	Dwarf_Die die;

	for (uint32_t i = 0; i < types->room; i++)
		if (types->entry[i].name && types->entry[i].tag == DW_TAG_enumeration_type &&
		    dwarf_offdie(types->dwarf, types->entry[i].at, &die) &&
		    enumerator_in(&die, name, ret))
			return true;
	return false;
}

static bool variable(struct types *door, const char *name, struct type *ret)
{
	struct dwarf_types *types = (struct dwarf_types *)door;
	const struct dwarf_entry *entry = slot_of(types, name, DW_TAG_variable);
	Dwarf_Die die;

	if (!entry->name || !dwarf_offdie(types->dwarf, entry->at, &die))
		return false;
	return get(door, type_id(&die), ret);
}

/* --- the whole --- */

err_t dwarf_types_open(struct dwarf_types *types, struct Elf *elf, const char *name,
		       uint8_t word_bytes)
{
	*types = (struct dwarf_types){
		.types = { "debug information", find, get, next_member, enumerator, variable },
		.name = name, .word_bytes = word_bytes,
		.dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL),
	};
	if (!types->dwarf)
		return fail(ERR_CORRUPT, "%s: no debug information: %s", name, dwarf_errmsg(-1));
	err_t result = note_all(types);
	if (result != OK)
		dwarf_types_close(types);
	return result;
}

void dwarf_types_close(struct dwarf_types *types)
{
	if (types->dwarf)
		dwarf_end(types->dwarf);
	free(types->entry);
	*types = (struct dwarf_types){ 0 };
}
