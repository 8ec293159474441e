// SPDX-License-Identifier: GPL-2.0-only
/* dwarf.c - debug information as types.h asks for it, and one walk over it that answers all asks.
 * A type's id is where its DIE stands; of an array of several dimensions, the inner ones have the
 * number of the dimension on top. Of a type that is defined in many units the first definition
 * counts. Nothing here trusts the file: what is followed is followed to a depth and a number of
 * members (types.c), and of members no more are looked at while everything is walked than any
 * kernel comes near. */
#include "facts/dwarf.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <string.h>

#include "facts/answer.h"
#include "facts/dwarf_names.h"

enum { MEMBERS_MOST = 1 << 22, DIMENSION_SHIFT = 56, DIMENSIONS_MOST = 8 };

/* --- one type --- */

static const struct {
	int tag;
	enum type_kind kind;
} kinds[] = {
	{ DW_TAG_base_type,        TYPE_NUMBER },  { DW_TAG_pointer_type,  TYPE_POINTER },
	{ DW_TAG_array_type,       TYPE_ARRAY },   { DW_TAG_structure_type, TYPE_STRUCT },
	{ DW_TAG_union_type,       TYPE_UNION },   { DW_TAG_enumeration_type, TYPE_ENUM },
	{ DW_TAG_typedef,          TYPE_ALIAS },   { DW_TAG_const_type,    TYPE_ALIAS },
	{ DW_TAG_volatile_type,    TYPE_ALIAS },   { DW_TAG_restrict_type, TYPE_ALIAS },
	{ DW_TAG_atomic_type,      TYPE_ALIAS },
};

static enum type_kind kind_of(Dwarf_Die *die)
{
	int tag = dwarf_tag(die);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].tag == tag)
			return dwarf_hasattr(die, DW_AT_declaration) ? TYPE_OTHER : kinds[i].kind;
	return TYPE_OTHER;
}

static bool number(Dwarf_Die *die, unsigned name, uint64_t *ret)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;

	if (!dwarf_attr(die, name, &attribute) || dwarf_formudata(&attribute, &value))
		return false;
	*ret = value;
	return true;
}

/* The type a DIE refers to. False: none, which is void. */
static bool type_of(Dwarf_Die *die, Dwarf_Die *ret)
{
	Dwarf_Attribute attribute;

	return dwarf_attr_integrate(die, DW_AT_type, &attribute) &&
	       dwarf_formref_die(&attribute, ret);
}

static uint64_t type_id(Dwarf_Die *die)
{
	Dwarf_Die type;

	return type_of(die, &type) ? dwarf_dieoffset(&type) : 0;
}

/* Elements of one dimension; 0: it has no bound. */
static uint64_t range_elements(Dwarf_Die *range)
{
	uint64_t bound;

	if (number(range, DW_AT_count, &bound))
		return bound;
	return number(range, DW_AT_upper_bound, &bound) && bound < INT64_MAX ? bound + 1 : 0;
}

/* What an array consists of, as far as the dimension that its id tells. */
static void tell_array(Dwarf_Die *die, struct type *type)
{
	unsigned dimension = (unsigned)(type->id >> DIMENSION_SHIFT), dimensions = 0;
	Dwarf_Word bytes;
	Dwarf_Die range;

	if (!dwarf_child(die, &range)) {
		do {
			if (dwarf_tag(&range) == DW_TAG_subrange_type &&
			    dimensions++ == dimension)
				type->elements = range_elements(&range);
		} while (dwarf_siblingof(&range, &range) == 0);
	}
	if (!dimension && !dwarf_aggregate_size(die, &bytes))
		type->bytes = bytes;
	if (dimension + 1 < dimensions && dimension < DIMENSIONS_MOST)
		type->of = type->id + (UINT64_C(1) << DIMENSION_SHIFT);
}

static uint64_t bytes_of(const struct dwarf *dwarf, Dwarf_Die *die, enum type_kind kind)
{
	if (kind == TYPE_ALIAS || kind == TYPE_OTHER || kind == TYPE_ARRAY)
		return 0;
	int64_t size = dwarf_bytesize(die);
	return size > 0 ? (uint64_t)size : kind == TYPE_POINTER ? dwarf->word_bytes : 0;
}

static void tell_type(const struct dwarf *dwarf, Dwarf_Die *die, uint64_t id, struct type *ret)
{
	const char *name = dwarf_diename(die);
	uint64_t encoding = 0;

	*ret = (struct type){ .id = id, .kind = kind_of(die), .name = name ? name : "",
			      .of = type_id(die) };
	ret->bytes = bytes_of(dwarf, die, ret->kind);
	if (ret->kind == TYPE_ARRAY)
		tell_array(die, ret);
	number(die, DW_AT_encoding, &encoding);
	ret->is_signed = encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
}

/* --- members --- */

/* Where a member begins, in bytes. Those of a union say nothing and lie at its start. */
static bool byte_offset(Dwarf_Die *member, uint64_t *ret)
{
	Dwarf_Attribute attribute;
	Dwarf_Op *op;
	size_t ops;

	*ret = 0;
	if (!dwarf_attr(member, DW_AT_data_member_location, &attribute))
		return true;
	if (number(member, DW_AT_data_member_location, ret))
		return true;
	if (dwarf_getlocation(&attribute, &op, &ops) || ops != 1 || op->atom != DW_OP_plus_uconst)
		return false;
	*ret = op->number;
	return true;
}

/* The same in bits, of bit fields too: DW_AT_data_bit_offset counts from the start of the struct;
 * before DWARF 4, DW_AT_bit_offset counted from the highest bit of a storage unit. */
static bool bit_offset(const struct dwarf *dwarf, Dwarf_Die *member, struct member *ret)
{
	uint64_t bytes, bits = 0, unit = 0, from_top = 0;
	Dwarf_Die type;

	if (!byte_offset(member, &bytes) || bytes >= UINT64_MAX / 8)
		return false;
	ret->bit_offset = bytes * 8;
	if (!number(member, DW_AT_bit_size, &bits))
		return true;
	ret->bits = (unsigned)min_u64(bits, 64);
	if (number(member, DW_AT_data_bit_offset, &ret->bit_offset) ||
	    !number(member, DW_AT_bit_offset, &from_top))
		return true;
	if (!number(member, DW_AT_byte_size, &unit) && type_of(member, &type))
		unit = bytes_of(dwarf, &type, kind_of(&type));
	ret->bit_offset += dwarf->big_endian ? from_top : unit * 8 - bits - from_top;
	return true;
}

/* With an index nothing is walked as a whole, and types.c bounds each question. */
static bool too_many(const struct dwarf *dwarf)
{
	return !dwarf->names.room && dwarf->members >= MEMBERS_MOST;
}

static bool next_die(const struct dwarf *dwarf, const struct type *whole, uint64_t place,
		     Dwarf_Die *ret)
{
	Dwarf_Die at;

	if (!dwarf_offdie(dwarf->debug, place ? place : whole->id, &at))
		return false;
	if (!place)
		return dwarf_child(&at, ret) == 0;
	return dwarf_siblingof(&at, ret) == 0 && dwarf_dieoffset(ret) > place;
}

static bool next_member(struct types *types, const struct type *whole, struct member *at)
{
	struct dwarf *dwarf = (struct dwarf *)types;
	uint64_t place = at->place;
	Dwarf_Die die;

	while (!too_many(dwarf) && next_die(dwarf, whole, place, &die)) {
		dwarf->members++;
		place = dwarf_dieoffset(&die);
		const char *name = dwarf_diename(&die);
		struct member member = { .name = name ? name : "", .place = place };
		member.type = type_id(&die);
		if (dwarf_tag(&die) != DW_TAG_member || !member.type ||
		    !bit_offset(dwarf, &die, &member))
			continue;
		*at = member;
		return true;
	}
	return false;
}

/* The definition in the index. */
static bool tell_noted(const struct dwarf *dwarf, unsigned tag, const char *name, struct type *ret)
{
	uint64_t at = dwarf_names_find(&dwarf->names, tag, name);
	Dwarf_Die die;

	if (!at || !dwarf_offdie(dwarf->debug, at, &die))
		return false;
	tell_type(dwarf, &die, at, ret);
	return true;
}

/* What is only declared in one file may be defined in another. */
static bool get(struct types *types, uint64_t id, struct type *ret)
{
	const struct dwarf *dwarf = (struct dwarf *)types;
	Dwarf_Die die;

	if (!id) {
		*ret = (struct type){ .kind = TYPE_VOID, .name = "void" };
		return true;
	}
	if (!dwarf_offdie(dwarf->debug, id & ((UINT64_C(1) << DIMENSION_SHIFT) - 1), &die))
		return false;
	tell_type(dwarf, &die, id, ret);
	if (dwarf_hasattr(&die, DW_AT_declaration))
		tell_noted(dwarf, (unsigned)dwarf_tag(&die), ret->name, ret);
	return true;
}

/* --- a walk over all units --- */

/* What is done with each DIE at the top of a unit; false: seen enough. */
typedef bool see_die(void *argument, Dwarf_Die *);

static bool see_unit(Dwarf_Die *unit, see_die *see, void *argument)
{
	enum { LANGUAGE_RUST = 0x1c }; /* its types are not the kernel's of that name */
	Dwarf_Die die;

	if (dwarf_srclang(unit) == LANGUAGE_RUST || dwarf_child(unit, &die))
		return true;
	do {
		if (!see(argument, &die))
			return false;
	} while (dwarf_siblingof(&die, &die) == 0);
	return true;
}

static err_t see_units(struct dwarf *dwarf, see_die *see, void *argument)
{
	Dwarf_Off at = 0, next;
	Dwarf_Die unit;
	size_t header;
	int more;

	for (; (more = dwarf_nextcu(dwarf->debug, at, &next, &header, NULL, NULL, NULL)) == 0;
	     at = next) {
		if (dwarf_offdie(dwarf->debug, at + header, &unit) &&
		    !see_unit(&unit, see, argument))
			return OK;
		if (too_many(dwarf))
			return fail(ERR_CORRUPT, "%s: the structs in its debug information nest "
				    "without end", dwarf->types.source);
	}
	if (more < 0)
		return fail(ERR_CORRUPT, "%s: debug information at %#" PRIx64 ": %s",
			    dwarf->types.source, (uint64_t)at, dwarf_errmsg(-1));
	return OK;
}

/* --- looking for one --- */

struct wanted {
	const struct dwarf *dwarf;
	unsigned tag;
	const char *name;
	bool found;
	struct type type;
	uint64_t value;
};

static bool is_named(Dwarf_Die *die, const char *name)
{
	const char *is = dwarf_diename(die);

	return is && !strcmp(is, name);
}

static bool see_wanted_type(void *argument, Dwarf_Die *die)
{
	struct wanted *wanted = argument;

	if ((unsigned)dwarf_tag(die) != wanted->tag || kind_of(die) == TYPE_OTHER ||
	    !is_named(die, wanted->name))
		return true;
	tell_type(wanted->dwarf, die, dwarf_dieoffset(die), &wanted->type);
	wanted->found = true;
	return false;
}

static bool find(struct types *types, enum type_kind kind, const char *name, struct type *ret)
{
	static const unsigned tags[] = {
		[TYPE_STRUCT] = DW_TAG_structure_type, [TYPE_UNION] = DW_TAG_union_type,
		[TYPE_ENUM] = DW_TAG_enumeration_type, [TYPE_NUMBER] = DW_TAG_base_type,
		[TYPE_ALIAS] = DW_TAG_typedef,
	};
	struct dwarf *dwarf = (struct dwarf *)types;
	struct wanted wanted = { .dwarf = dwarf, .name = name };

	if ((size_t)kind >= sizeof(tags) / sizeof(tags[0]) || !tags[kind])
		return false;
	if (dwarf->names.room)
		return tell_noted(dwarf, tags[kind], name, ret);
	wanted.tag = tags[kind];
	see_units(dwarf, see_wanted_type, &wanted);
	if (wanted.found)
		*ret = wanted.type;
	return wanted.found;
}

static bool see_wanted_enumerator(void *argument, Dwarf_Die *die)
{
	struct wanted *wanted = argument;
	Dwarf_Die one;

	if (dwarf_tag(die) != DW_TAG_enumeration_type || dwarf_child(die, &one))
		return true;
	do {
		wanted->found = is_named(&one, wanted->name) &&
				number(&one, DW_AT_const_value, &wanted->value);
	} while (!wanted->found && dwarf_siblingof(&one, &one) == 0);
	return !wanted->found;
}

static bool enumerator(struct types *types, const char *name, uint64_t *ret)
{
	struct wanted wanted = { .name = name };

	see_units((struct dwarf *)types, see_wanted_enumerator, &wanted);
	if (wanted.found)
		*ret = wanted.value;
	return wanted.found;
}

static bool see_wanted_variable(void *argument, Dwarf_Die *die)
{
	struct wanted *wanted = argument;

	if (dwarf_tag(die) != DW_TAG_variable || !is_named(die, wanted->name) || !type_id(die))
		return true;
	wanted->value = type_id(die);
	wanted->found = true;
	return false;
}

static bool variable(struct types *types, const char *name, struct type *ret)
{
	struct dwarf *dwarf = (struct dwarf *)types;
	struct wanted wanted = { .name = name };
	Dwarf_Die die;

	if (!dwarf->names.room) {
		see_units(dwarf, see_wanted_variable, &wanted);
		return wanted.found && get(types, wanted.value, ret);
	}
	uint64_t at = dwarf_names_find(&dwarf->names, DW_TAG_variable, name);
	return at && dwarf_offdie(dwarf->debug, at, &die) && get(types, type_id(&die), ret);
}

/* --- answering --- */

struct answering {
	struct dwarf *dwarf;
	struct asks *asks;
};

/* The file that declares a typedef, for the asks under its name. */
static void answer_file(struct answering *answering, Dwarf_Die *die, const char *name)
{
	struct asks *asks = answering->asks;
	const char *file;

	for (struct ask *ask = asks_find(asks, name); ask; ask = asks_more(asks, ask, name))
		if (ask->what == ASK_FILE && (file = dwarf_decl_file(die)))
			fact_set_text(asks->facts, ask->id, file, strlen(file),
				      answering->dwarf->types.source);
}

static void see_type(struct answering *answering, Dwarf_Die *die)
{
	struct types *types = &answering->dwarf->types;
	const char *name = dwarf_diename(die);
	struct type type;

	if (!name || !asks_find(answering->asks, name))
		return;
	if (dwarf_tag(die) == DW_TAG_typedef)
		answer_file(answering, die, name);
	if (!answer_wants_type(answering->asks, name))
		return;
	tell_type(answering->dwarf, die, dwarf_dieoffset(die), &type);
	if (types_bare(types, &type, &type) && type.bytes)
		answer_type(answering->asks, types, name, &type);
}

static void see_variable(struct answering *answering, Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);
	struct types *types = &answering->dwarf->types;
	struct type type;

	if (!name || !asks_find(answering->asks, name) || !type_id(die) ||
	    !get(types, type_id(die), &type))
		return;
	answer_variable(answering->asks, types, name, &type);
}

static void see_enumerators(struct answering *answering, Dwarf_Die *enumeration)
{
	Dwarf_Die die;
	uint64_t value;

	if (dwarf_child(enumeration, &die))
		return;
	do {
		const char *name = dwarf_diename(&die);
		if (name && asks_find(answering->asks, name) &&
		    number(&die, DW_AT_const_value, &value))
			answer_enumerator(answering->asks, name, value,
					  answering->dwarf->types.source);
	} while (dwarf_siblingof(&die, &die) == 0);
}

static bool see_any(void *argument, Dwarf_Die *die)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_structure_type:
	case DW_TAG_typedef:
		see_type(argument, die);
		break;
	case DW_TAG_variable:
		see_variable(argument, die);
		break;
	case DW_TAG_enumeration_type:
		see_enumerators(argument, die);
		break;
	default:
		break;
	}
	return true;
}

err_t dwarf_answer(struct dwarf *dwarf, struct asks *asks)
{
	struct answering answering = { dwarf, asks };

	return see_units(dwarf, see_any, &answering);
}

err_t dwarf_open(struct dwarf *dwarf, struct Elf *elf, const char *name)
{
	*dwarf = (struct dwarf){ .types = { .source = name, .find = find, .get = get,
					    .next_member = next_member, .enumerator = enumerator,
					    .variable = variable } };
	const char *ident = elf_getident(elf, NULL);
	dwarf->big_endian = ident && ident[EI_DATA] == ELFDATA2MSB;
	dwarf->word_bytes = ident && ident[EI_CLASS] == ELFCLASS32 ? 4 : 8;
	dwarf->debug = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	return dwarf->debug ? OK : fail(ERR_CORRUPT, "%s: no debug information: %s", name,
					dwarf_errmsg(-1));
}

struct noting {
	struct dwarf_names *names;
	err_t result;
};

static bool see_name(void *argument, Dwarf_Die *die)
{
	struct noting *noting = argument;

	noting->result = dwarf_names_note(noting->names, die);
	return noting->result == OK;
}

err_t dwarf_index(struct dwarf *dwarf)
{
	struct noting noting = { &dwarf->names, OK };

	TRY(see_units(dwarf, see_name, &noting));
	return within(noting.result, "%s", dwarf->types.source);
}

void dwarf_close(struct dwarf *dwarf)
{
	dwarf_names_free(&dwarf->names);
	dwarf_end(dwarf->debug);
	dwarf->debug = NULL;
}
