// SPDX-License-Identifier: GPL-2.0-only
/* dwarf.c - walk the compilation units once and answer the asks by name.
 * Of a type that is defined in many units the first definition counts. Nothing here trusts the
 * file: chains of types and nested structs are followed to a depth, and all looking at members
 * together to a number, that no kernel comes near. */
#include "facts/dwarf.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <string.h>

#include "facts/answer.h"
#include "facts/dies.h"

enum { CHAIN_MOST = 32, NESTED_MOST = 8, MEMBERS_MOST = 1 << 22 };

struct walk {
	struct asks *asks;
	const char *file;
	unsigned members; /* looked at so far */
};

/* The type a DIE refers to, typedefs and qualifiers taken off when asked. */
static bool type_of(Dwarf_Die *die, bool bare, Dwarf_Die *ret)
{
	Dwarf_Attribute attribute;

	if (!dwarf_attr_integrate(die, DW_AT_type, &attribute) ||
	    !dwarf_formref_die(&attribute, ret))
		return false;
	for (int i = 0; bare && i < CHAIN_MOST; i++) {
		int tag = dwarf_tag(ret);
		if (tag != DW_TAG_typedef && tag != DW_TAG_const_type &&
		    tag != DW_TAG_volatile_type)
			return true;
		if (!dwarf_attr(ret, DW_AT_type, &attribute) || !dwarf_formref_die(&attribute, ret))
			return false;
	}
	return !bare;
}

/* Elements of an array, by its first dimension. False: no array, or one without a bound. */
static bool array_length(Dwarf_Die *owner, uint64_t *ret)
{
	Dwarf_Die array;

	return type_of(owner, true, &array) && dwarf_tag(&array) == DW_TAG_array_type &&
	       die_elements(&array, 0, ret, NULL);
}

struct found {
	Dwarf_Die die;
	uint64_t offset;
};

static bool find_member(struct walk *walk, Dwarf_Die *aggregate, struct piece wanted,
			bool into_named, unsigned depth, struct found *ret);

/* A member of another name: is the wanted one in it? */
static bool find_inside(struct walk *walk, Dwarf_Die *member, const char *name, struct piece wanted,
			bool into_named, unsigned depth, struct found *ret)
{
	Dwarf_Die type;

	if (depth == NESTED_MOST || (name && !into_named) || !type_of(member, false, &type))
		return false;
	int tag = dwarf_tag(&type);
	return (tag == DW_TAG_structure_type || tag == DW_TAG_union_type) &&
	       find_member(walk, &type, wanted, into_named, depth + 1, ret);
}

static bool find_member(struct walk *walk, Dwarf_Die *aggregate, struct piece wanted,
			bool into_named, unsigned depth, struct found *ret)
{
	bool in_union = dwarf_tag(aggregate) == DW_TAG_union_type;
	Dwarf_Die member;
	uint64_t offset;

	if (dwarf_child(aggregate, &member))
		return false;
	do {
		if (dwarf_tag(&member) != DW_TAG_member)
			continue;
		if (walk->members++ > MEMBERS_MOST)
			return false;
		const char *name = dwarf_diename(&member);
		if (!die_member_offset(&member, in_union, &offset))
			continue;
		if (name && piece_is(wanted, name)) {
			*ret = (struct found){ member, offset };
			return true;
		}
		if (find_inside(walk, &member, name, wanted, into_named, depth, ret)) {
			ret->offset += offset;
			return true;
		}
	} while (dwarf_siblingof(&member, &member) == 0);
	return false;
}

/* Of the struct itself, or of its anonymous structs and unions; else of its named ones (the
 * module.symtab that moved into module.core_kallsyms in 4.5, 8244062ef1e5). */
static bool member_of(struct walk *walk, Dwarf_Die *aggregate, struct piece wanted,
		      struct found *ret)
{
	return find_member(walk, aggregate, wanted, false, 0, ret) ||
	       find_member(walk, aggregate, wanted, true, 0, ret);
}

/* A definition, and who found it. */
struct definition {
	struct walk *walk;
	Dwarf_Die *type;
};

static bool answer_of(void *teller, struct asks *asks, const struct ask *ask)
{
	const struct definition *definition = teller;
	struct walk *walk = definition->walk;
	struct found member;
	uint64_t value;

	if (!member_of(walk, definition->type, ask->member, &member))
		return false;
	value = member.offset;
	if (ask->what == ASK_MEMBER_LENGTH && !array_length(&member.die, &value))
		return false;
	ask_answer(asks, ask, value, walk->file);
	return true;
}

/* The file that declares a typedef, for the asks under its name. */
static void see_file(struct walk *walk, Dwarf_Die *die, const char *name)
{
	const char *file;

	for (struct ask *ask = asks_find(walk->asks, name); ask;
	     ask = asks_more(walk->asks, ask, name))
		if (ask->what == ASK_FILE && (file = dwarf_decl_file(die)))
			fact_set_text(walk->asks->facts, ask->id, file, strlen(file), walk->file);
}

static void see_type(struct walk *walk, Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);
	bool is_typedef = dwarf_tag(die) == DW_TAG_typedef;
	Dwarf_Die type = *die;
	struct definition definition = { walk, &type };

	if (!name || !asks_find(walk->asks, name))
		return;
	if (is_typedef)
		see_file(walk, die, name);
	if (!answer_wants_type(walk->asks, name) || (is_typedef && !type_of(die, true, &type)))
		return;
	int64_t size = dwarf_bytesize(&type);
	if (size > 0)
		answer_definition(walk->asks, name, (uint64_t)size, walk->file, answer_of,
				  &definition);
}

static void see_variable(struct walk *walk, Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);
	uint64_t length;

	if (!name)
		return;
	for (struct ask *ask = asks_find(walk->asks, name); ask;
	     ask = asks_more(walk->asks, ask, name))
		if (ask->what == ASK_VARIABLE_LENGTH && array_length(die, &length))
			ask_answer(walk->asks, ask, length, walk->file);
}

static void see_enumerators(struct walk *walk, Dwarf_Die *enumeration)
{
	Dwarf_Die die;
	uint64_t value;

	if (dwarf_child(enumeration, &die))
		return;
	do {
		const char *name = dwarf_diename(&die);
		if (name && asks_find(walk->asks, name) &&
		    die_number(&die, DW_AT_const_value, &value))
			answer_enumerator(walk->asks, name, value, walk->file);
	} while (dwarf_siblingof(&die, &die) == 0);
}

static void see_unit(struct walk *walk, Dwarf_Die *unit)
{
	Dwarf_Die die;

	if (dwarf_srclang(unit) == DIE_LANGUAGE_RUST || dwarf_child(unit, &die))
		return;
	do {
		switch (dwarf_tag(&die)) {
		case DW_TAG_structure_type:
		case DW_TAG_typedef:
			see_type(walk, &die);
			break;
		case DW_TAG_variable:
			see_variable(walk, &die);
			break;
		case DW_TAG_enumeration_type:
			see_enumerators(walk, &die);
			break;
		default:
			break;
		}
	} while (dwarf_siblingof(&die, &die) == 0);
}

static err_t see_units(struct walk *walk, Dwarf *dwarf)
{
	Dwarf_Off at = 0, next;
	Dwarf_Die unit;
	size_t header;
	int more;

	for (; (more = dwarf_nextcu(dwarf, at, &next, &header, NULL, NULL, NULL)) == 0; at = next) {
		if (dwarf_offdie(dwarf, at + header, &unit))
			see_unit(walk, &unit);
		if (walk->members > MEMBERS_MOST)
			return fail(ERR_CORRUPT, "%s: the structs in its debug information nest "
				    "without end", walk->file);
	}
	if (more < 0)
		return fail(ERR_CORRUPT, "%s: debug information at %#" PRIx64 ": %s", walk->file,
			    (uint64_t)at, dwarf_errmsg(-1));
	return OK;
}

err_t dwarf_answer(struct Elf *elf, const char *name, struct asks *asks)
{
	struct walk walk = { .asks = asks, .file = name };
	Dwarf *dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);

	if (!dwarf)
		return fail(ERR_CORRUPT, "%s: no debug information: %s", name, dwarf_errmsg(-1));
	err_t result = see_units(&walk, dwarf);
	dwarf_end(dwarf);
	return result;
}
