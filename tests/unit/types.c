// SPDX-License-Identifier: GPL-2.0-only
/* types.c - unit tests of what all tellers of types have in common; the teller here is a table. */
#include "facts/types.h"
#include "tests/test.h"

/* struct outer { int first; union { int a; struct { int x, y; }; }; const inner_t in; },
 * typedef struct inner { int deep; } inner_t, an alias of itself, a struct without end. */
enum { INT = 1, OUTER, UNION, ANONYMOUS, INNER, INNER_T, CONST_INNER, LOOP, ENDLESS };

static const struct type told[] = {
	[INT] = { INT, TYPE_NUMBER, true, "int", 4 },
	[OUTER] = { OUTER, TYPE_STRUCT, .name = "outer", .bytes = 16 },
	[UNION] = { UNION, TYPE_UNION, .name = "", .bytes = 8 },
	[ANONYMOUS] = { ANONYMOUS, TYPE_STRUCT, .name = "", .bytes = 8 },
	[INNER] = { INNER, TYPE_STRUCT, .name = "inner", .bytes = 4 },
	[INNER_T] = { INNER_T, TYPE_ALIAS, .name = "inner_t", .of = INNER },
	[CONST_INNER] = { CONST_INNER, TYPE_ALIAS, .name = "", .of = INNER_T },
	[LOOP] = { LOOP, TYPE_ALIAS, .name = "loop", .of = LOOP },
	[ENDLESS] = { ENDLESS, TYPE_STRUCT, .name = "endless", .bytes = 4 },
};

static const struct {
	uint64_t in;
	struct member member;
} members[] = {
	{ OUTER, { "first", INT, 0, 0 } },
	{ OUTER, { "", UNION, 32, 0 } },
	{ OUTER, { "in", CONST_INNER, 96, 0 } },
	{ UNION, { "a", INT, 0, 0 } },
	{ UNION, { "", ANONYMOUS, 0, 0 } },
	{ ANONYMOUS, { "x", INT, 0, 0 } },
	{ ANONYMOUS, { "y", INT, 32, 0 } },
	{ INNER, { "deep", INT, 0, 0 } },
	{ ENDLESS, { "", ENDLESS, 0, 0 } },
	{ ENDLESS, { "", ENDLESS, 0, 0 } },
};

static bool table_find(struct types *types, enum type_kind kind, const char *name, struct type *ret)
{
	(void)types;
	for (size_t i = 1; i < sizeof(told) / sizeof(told[0]); i++)
		if (told[i].kind == kind && !strcmp(told[i].name, name)) {
			*ret = told[i];
			return true;
		}
	return false;
}

static bool table_get(struct types *types, uint64_t id, struct type *ret)
{
	(void)types;
	if (!id || id >= sizeof(told) / sizeof(told[0]))
		return false;
	*ret = told[id];
	return true;
}

static bool table_member(struct types *types, const struct type *whole, struct member *at)
{
	(void)types;
	for (size_t i = at->place; i < sizeof(members) / sizeof(members[0]); i++)
		if (members[i].in == whole->id) {
			*at = members[i].member;
			at->place = i + 1;
			return true;
		}
	return false;
}

static struct types table = { "a table", table_find, table_get, table_member, NULL, NULL };

static uint64_t bit_of(const char *type, const char *chain)
{
	struct member member;
	struct type whole;

	if (!types_named(&table, type, &whole) || !types_chain(&table, &whole, chain, &member))
		return UINT64_MAX;
	return member.bit_offset;
}

TEST(a_member_is_found_in_what_is_anonymous)
{
	CHECK_EQ(bit_of("outer", "first"), 0);
	CHECK_EQ(bit_of("outer", "a"), 32);
	CHECK_EQ(bit_of("outer", "y"), 64);
	CHECK_EQ(bit_of("outer", "in"), 96);
	CHECK_EQ(bit_of("outer", "deep"), UINT64_MAX);
	CHECK_EQ(bit_of("outer", ""), UINT64_MAX);
}

TEST(a_chain_goes_through_aliases)
{
	CHECK_EQ(bit_of("outer", "in.deep"), 96);
	CHECK_EQ(bit_of("inner_t", "deep"), 0);
	CHECK_EQ(bit_of("outer", "in."), UINT64_MAX);
	CHECK_EQ(bit_of("outer", "first.deep"), UINT64_MAX);
	CHECK_EQ(bit_of("outer", "in.none"), UINT64_MAX);
}

TEST(a_name_may_say_its_kind)
{
	struct type type;

	CHECK(types_named(&table, "struct inner", &type) && type.id == INNER);
	CHECK(types_named(&table, "inner_t", &type) && type.id == INNER);
	CHECK(types_named(&table, "int", &type) && type.id == INT);
	CHECK(!types_named(&table, "union inner", &type));
	CHECK(!types_named(&table, "struct inner_t", &type));
	CHECK(!types_named(&table, "nothing", &type));
}

TEST(nothing_is_followed_without_end)
{
	struct type type;

	CHECK(!types_named(&table, "loop", &type));
	CHECK_EQ(bit_of("endless", "x"), UINT64_MAX);
}

int main(void)
{
	return run_tests((struct test[]){
		{ "a_member_is_found_in_what_is_anonymous",
		  a_member_is_found_in_what_is_anonymous },
		{ "a_chain_goes_through_aliases", a_chain_goes_through_aliases },
		{ "a_name_may_say_its_kind", a_name_may_say_its_kind },
		{ "nothing_is_followed_without_end", nothing_is_followed_without_end },
		{ 0 },
	});
}
