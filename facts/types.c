// SPDX-License-Identifier: GPL-2.0-only
/* types.c - what all tellers of types have in common: aliases, and members within members. */
#include "facts/types.h"

#include <string.h>

/* Deeper than any kernel goes. MEMBERS_MOST bounds the looking for one name in nested types. */
enum { CHAIN_MOST = 32, NESTED_MOST = 8, MEMBERS_MOST = 1 << 16, NAME_BYTES = 128 };

bool types_bare(struct types *types, const struct type *type, struct type *ret)
{
	struct type at = *type;

	for (unsigned i = 0; i < CHAIN_MOST; i++) {
		if (at.kind != TYPE_ALIAS) {
			*ret = at;
			return true;
		}
		if (!types->get(types, at.of, &at))
			return false;
	}
	return false;
}

bool types_named(struct types *types, const char *name, struct type *ret)
{
	static const struct {
		const char *word;
		enum type_kind kind;
	} kinds[] = {
		{ "struct ", TYPE_STRUCT }, { "union ", TYPE_UNION }, { "enum ", TYPE_ENUM },
	};
	static const enum type_kind order[] = {
		TYPE_STRUCT, TYPE_UNION, TYPE_ALIAS, TYPE_ENUM, TYPE_NUMBER,
	};
	struct type type;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strncmp(name, kinds[i].word, strlen(kinds[i].word)))
			return types->find(types, kinds[i].kind, name + strlen(kinds[i].word), ret);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (types->find(types, order[i], name, &type))
			return types_bare(types, &type, ret);
	return false;
}

struct search {
	struct types *types;
	const char *name;
	bool into_named;
	unsigned looked_at;
};

static bool search(struct search *for_it, const struct type *whole, unsigned depth,
		   struct member *ret);

/* A member of another name: is the wanted one in it? */
static bool search_inside(struct search *for_it, const struct member *member, unsigned depth,
			  struct member *ret)
{
	struct type type;

	if ((member->name[0] && !for_it->into_named) || depth == NESTED_MOST ||
	    !for_it->types->get(for_it->types, member->type, &type) ||
	    !search(for_it, &type, depth + 1, ret))
		return false;
	ret->bit_offset += member->bit_offset;
	return true;
}

static bool search(struct search *for_it, const struct type *whole, unsigned depth,
		   struct member *ret)
{
	struct member member = { 0 };

	if (whole->kind != TYPE_STRUCT && whole->kind != TYPE_UNION)
		return false;
	while (for_it->types->next_member(for_it->types, whole, &member)) {
		if (for_it->looked_at++ > MEMBERS_MOST)
			return false;
		if (!strcmp(member.name, for_it->name)) {
			*ret = member;
			return true;
		}
		if (search_inside(for_it, &member, depth, ret))
			return true;
	}
	return false;
}

bool types_member(struct types *types, const struct type *whole, const char *name,
		  struct member *ret)
{
	struct search for_it = { .types = types, .name = name };

	return *name && search(&for_it, whole, 0, ret);
}

bool types_member_within(struct types *types, const struct type *whole, const char *name,
			 struct member *ret)
{
	struct search for_it = { .types = types, .name = name, .into_named = true };

	return types_member(types, whole, name, ret) || (*name && search(&for_it, whole, 0, ret));
}

bool types_chain(struct types *types, const struct type *whole, const char *chain,
		 struct member *ret)
{
	struct type type = *whole;
	uint64_t before = 0;
	char name[NAME_BYTES];

	for (unsigned i = 0; i < CHAIN_MOST; i++) {
		size_t length = strcspn(chain, ".");
		if (length >= sizeof(name))
			return false;
		memcpy(name, chain, length);
		name[length] = 0;
		if (!types_member(types, &type, name, ret))
			return false;
		ret->bit_offset += before;
		if (!chain[length])
			return true;
		chain += length + 1;
		before = ret->bit_offset;
		if (!types->get(types, ret->type, &type) || !types_bare(types, &type, &type))
			return false;
	}
	return false;
}
