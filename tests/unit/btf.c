// SPDX-License-Identifier: GPL-2.0-only
/* btf.c - unit tests of BTF: what it answers, in either byte order, and what it refuses. */
#include "kernel/btf.h"
#include "tests/make/btf.h"
#include "tests/test.h"

static const struct target words = { .word_bytes = 8, .page_shift = 12, .align_64 = 8 };

/* Enough of a kernel: struct page with an anonymous union in it, a typedef, enums. */
static void make(struct btf_maker *maker, bool big)
{
	btf_begin(maker, big);
	uint32_t u32 = btf_int(maker, "unsigned int", 4, false);
	uint32_t word = btf_int(maker, "unsigned long", 8, false);
	uint32_t list = btf_type(maker, "list_head", BTF_STRUCT, 16);
	btf_member(maker, "next", word, 0);
	btf_member(maker, "prev", word, 64);
	uint32_t inside = btf_type(maker, "", BTF_UNION, 16);
	btf_member(maker, "lru", list, 0);
	btf_member(maker, "compound_head", word, 0);
	btf_type(maker, "page", BTF_FWD, 0);
	uint32_t page = btf_type(maker, "page", BTF_STRUCT, 64);
	btf_member(maker, "flags", word, 0);
	btf_member(maker, "", inside, 64);
	btf_member(maker, "_mapcount", u32, 384);
	uint32_t areas = btf_array(maker, list, 11);
	btf_type(maker, "zone", BTF_STRUCT, 1280);
	btf_member(maker, "free_area", areas, 1024);
	uint32_t mask = btf_type(maker, "", BTF_STRUCT, 128);
	btf_member(maker, "bits", word, 0);
	btf_type(maker, "nodemask_t", BTF_TYPEDEF, mask);
	btf_type(maker, "pageflags", BTF_ENUM, 4);
	btf_value(maker, "PG_lru", 5);
	btf_type(maker, "pagetype", BTF_ENUM, 4);
	btf_value(maker, "PGTY_slab", 0xf5);
	uint32_t pointer = btf_type(maker, "", BTF_PTR, page);
	btf_type(maker, "current", BTF_VAR, pointer);
	btf_word(maker, 1);
}

static err_t open_made(struct btf *btf, const struct btf_maker *maker)
{
	struct target target = words;
	uint8_t *bytes = malloc(btf_bytes(maker));

	target.big_endian = maker->big;
	btf_write(maker, bytes);
	return btf_parse(btf, &target, bytes, btf_bytes(maker), NULL);
}

static void check_facts(const struct facts *facts, int *failures)
{
	CHECK_EQ(fact_or(facts, SIZE_PAGE, 0), 64);
	CHECK_EQ(fact_or(facts, OFFSET_PAGE_FLAGS, 99), 0);
	CHECK_EQ(fact_or(facts, OFFSET_PAGE_LRU, 99), 8);
	CHECK_EQ(fact_or(facts, OFFSET_PAGE_COMPOUND_HEAD, 99), 8);
	CHECK_EQ(fact_or(facts, OFFSET_PAGE_MAPCOUNT, 99), 48);
	CHECK(!fact_known(facts, OFFSET_PAGE_MAPPING));
	CHECK_EQ(fact_or(facts, LENGTH_ZONE_FREE_AREA, 99), 11);
	CHECK_EQ(fact_or(facts, SIZE_NODEMASK_T, 99), 128);
	CHECK_EQ(fact_or(facts, NUMBER_PG_LRU, 99), 5);
	CHECK_EQ(fact_or(facts, NUMBER_PAGE_SLAB, 99), (uint64_t)(int32_t)0xf5000000);
}

TEST(asks_are_answered_in_either_byte_order)
{
	static struct btf_maker maker;
	static struct asks asks;

	for (unsigned big = 0; big < 2; big++) {
		struct facts facts = { 0 };
		struct btf btf;
		make(&maker, big);
		CHECK_EQ(open_made(&btf, &maker), OK);
		asks_init(&asks, &facts);
		btf_answer(&btf, &asks);
		check_facts(&facts, failures);
		btf_close(&btf);
	}
}

TEST(what_is_known_stays)
{
	static struct btf_maker maker;
	static struct asks asks;
	struct facts facts = { 0 };
	struct btf btf;

	make(&maker, false);
	CHECK_EQ(open_made(&btf, &maker), OK);
	fact_set(&facts, NUMBER_PG_LRU, 4, "the note");
	asks_init(&asks, &facts);
	btf_answer(&btf, &asks);
	CHECK_EQ(facts.value[NUMBER_PG_LRU], 4);
	btf_close(&btf);
}

TEST(types_are_told_through_their_door)
{
	static struct btf_maker maker;
	struct btf btf;
	struct type type, target;
	struct member member;
	uint64_t value;

	make(&maker, false);
	CHECK_EQ(open_made(&btf, &maker), OK);
	struct types *types = &btf.types;
	CHECK(types_named(types, "page", &type) && type.kind == TYPE_STRUCT && type.bytes == 64);
	CHECK(types_chain(types, &type, "lru.prev", &member) && member.bit_offset == 128);
	CHECK(types->variable(types, "current", &type) && type.kind == TYPE_POINTER);
	CHECK(type.bytes == 8 && types->get(types, type.of, &target) &&
	      !strcmp(target.name, "page"));
	CHECK(types->enumerator(types, "PGTY_slab", &value) && value == 0xf5);
	CHECK(!types->enumerator(types, "PGTY_none", &value));
	CHECK(types_named(types, "zone", &type) &&
	      types_member(types, &type, "free_area", &member));
	CHECK(types->get(types, member.type, &type) && type.kind == TYPE_ARRAY);
	CHECK_EQ(type.elements, 11);
	CHECK_EQ(type.bytes, 176);
	CHECK(types->get(types, 0, &type) && type.kind == TYPE_VOID);
	CHECK(!types->get(types, 1000, &type));
	btf_close(&btf);
}

/* A module's types and names count on from the kernel's. */
TEST(a_module_builds_on_the_kernel)
{
	static struct btf_maker maker, module;
	struct btf btf, split;
	struct type type;
	struct member member;

	make(&maker, false);
	CHECK_EQ(open_made(&btf, &maker), OK);
	btf_begin(&module, false);
	module.text_bytes = 0;
	strcpy(module.text, "device");
	module.text_bytes = 7;
	btf_type(&module, "", BTF_STRUCT, 24);
	put_32(false, module.types, maker.text_bytes); /* its name, the first of the module's */
	btf_member(&module, "", 3, 64);
	put_32(false, module.types + 12, 0);
	uint8_t *bytes = malloc(btf_bytes(&module));
	btf_write(&module, bytes);
	CHECK_EQ(btf_parse(&split, &words, bytes, btf_bytes(&module), &btf), OK);
	CHECK(types_named(&split.types, "device", &type) && type.id == btf.count + 1);
	CHECK(types_member(&split.types, &type, "prev", &member) == true);
	CHECK_EQ(member.bit_offset, 128);
	CHECK(types_named(&split.types, "page", &type) && type.bytes == 64);
	btf_close(&split);
	btf_close(&btf);
}

/* Wherever it is cut, and whatever byte is another: an error or answers, and no more. */
TEST(damage_is_refused_or_harmless)
{
	static struct btf_maker maker;
	static struct asks asks;
	uint64_t state = 1;
	struct btf btf;

	make(&maker, false);
	for (size_t cut = 0; cut < btf_bytes(&maker); cut++) {
		uint8_t *whole = malloc(btf_bytes(&maker)), *bytes = malloc(cut + 1);
		btf_write(&maker, whole);
		memcpy(bytes, whole, cut);
		free(whole);
		CHECK_EQ(btf_parse(&btf, &words, bytes, cut, NULL), ERR_CORRUPT);
	}
	for (unsigned i = 0; i < 5000; i++) {
		struct facts facts = { 0 };
		uint8_t *bytes = malloc(btf_bytes(&maker));
		btf_write(&maker, bytes);
		bytes[next_random(&state) % btf_bytes(&maker)] ^= (uint8_t)next_random(&state);
		asks_init(&asks, &facts);
		if (btf_parse(&btf, &words, bytes, btf_bytes(&maker), NULL) != OK)
			continue;
		btf_answer(&btf, &asks);
		btf_close(&btf);
	}
}

int main(void)
{
	return run_tests((struct test[]){
		{ "asks_are_answered_in_either_byte_order",
		  asks_are_answered_in_either_byte_order },
		{ "what_is_known_stays", what_is_known_stays },
		{ "types_are_told_through_their_door", types_are_told_through_their_door },
		{ "a_module_builds_on_the_kernel", a_module_builds_on_the_kernel },
		{ "damage_is_refused_or_harmless", damage_is_refused_or_harmless },
		{ 0 },
	});
}
