// SPDX-License-Identifier: GPL-2.0-only
/* dwarf.c - types out of debug information: of this very program, whose compiler knows what
 * must come out. */
#include "facts/dwarf.h"

#include <fcntl.h>
#include <libelf.h>
#include <stddef.h>
#include <unistd.h>

#include "tests/test.h"

struct only_declared;

enum shade { LIGHT = 3, DARK = 70000 };
typedef const struct speck speck_again;

struct speck {
	char letter;
	short grid[3][5];
	unsigned narrow : 3, wide : 9;
	union {
		uint64_t whole;
		struct {
			uint32_t low, high;
		};
	};
	struct {
		long inner;
	} named;
	speck_again *next;
	struct only_declared *unknown;
	void *anything;
	enum shade shade;
};

struct speck one_speck = { .letter = 'x' };
struct speck *many_specks[7];
static volatile int hidden_number;

static int file;
static Elf *elf;
static struct dwarf dwarf;

/* The offset of a chain of members. */
static uint64_t offset(const char *chain, struct type *ret)
{
	struct type whole;
	struct member member;

	if (!types_named(&dwarf.types, "speck", &whole) ||
	    !types_chain(&dwarf.types, &whole, chain, &member) ||
	    !dwarf.types.get(&dwarf.types, member.type, ret) ||
	    !types_bare(&dwarf.types, ret, ret))
		return UINT64_MAX;
	return member.bit_offset / 8;
}

TEST(members)
{
	struct type type, whole;
	struct member member;

	CHECK(types_named(&dwarf.types, "struct speck", &whole));
	CHECK_EQ(whole.bytes, sizeof(struct speck));
	CHECK_EQ(offset("letter", &type), 0);
	CHECK(type.kind == TYPE_NUMBER && type.bytes == 1);
	CHECK_EQ(offset("whole", &type), offsetof(struct speck, whole));
	CHECK_EQ(offset("high", &type), offsetof(struct speck, high));
	CHECK(type.kind == TYPE_NUMBER && type.bytes == 4 && !type.is_signed);
	CHECK_EQ(offset("named.inner", &type), offsetof(struct speck, named.inner));
	CHECK(type.is_signed);
	CHECK_EQ(offset("shade", &type), offsetof(struct speck, shade));
	CHECK_EQ(type.kind, TYPE_ENUM);
	CHECK_EQ(offset("missing", &type), UINT64_MAX);
	CHECK(types_member(&dwarf.types, &whole, "wide", &member));
	CHECK_EQ(member.bits, 9);
}

TEST(arrays_and_pointers)
{
	struct type type, part;

	CHECK_EQ(offset("grid", &type), offsetof(struct speck, grid));
	CHECK(type.kind == TYPE_ARRAY && type.elements == 3);
	CHECK(dwarf.types.get(&dwarf.types, type.of, &part));
	CHECK(part.kind == TYPE_ARRAY && part.elements == 5);
	CHECK(dwarf.types.get(&dwarf.types, part.of, &type));
	CHECK(type.kind == TYPE_NUMBER && type.bytes == 2);
	CHECK_EQ(offset("next", &type), offsetof(struct speck, next));
	CHECK(type.kind == TYPE_POINTER && type.bytes == sizeof(void *));
	CHECK(dwarf.types.get(&dwarf.types, type.of, &part) &&
	      types_bare(&dwarf.types, &part, &part));
	CHECK(part.kind == TYPE_STRUCT && part.bytes == sizeof(struct speck));
	CHECK_EQ(offset("unknown", &type), offsetof(struct speck, unknown));
	CHECK(dwarf.types.get(&dwarf.types, type.of, &part) && part.kind == TYPE_OTHER);
	CHECK_EQ(offset("anything", &type), offsetof(struct speck, anything));
	CHECK(dwarf.types.get(&dwarf.types, type.of, &part) && part.kind == TYPE_VOID);
}

/* What one file declares and another defines, as struct vmlinux here, is one type. */
TEST(variables_and_enumerators)
{
	struct type type;
	uint64_t value;

	CHECK(dwarf.types.variable(&dwarf.types, "one_speck", &type));
	CHECK(type.kind == TYPE_STRUCT && !strcmp(type.name, "speck"));
	CHECK(dwarf.types.variable(&dwarf.types, "many_specks", &type));
	CHECK(type.kind == TYPE_ARRAY && type.elements == 7);
	CHECK(dwarf.types.variable(&dwarf.types, "hidden_number", &type) &&
	      types_bare(&dwarf.types, &type, &type));
	CHECK(type.kind == TYPE_NUMBER && type.bytes == sizeof(int));
	CHECK(!dwarf.types.variable(&dwarf.types, "no_variable", &type));
	CHECK(dwarf.types.enumerator(&dwarf.types, "DARK", &value) && value == DARK);
	CHECK(!dwarf.types.enumerator(&dwarf.types, "GREY", &value));
	CHECK(types_named(&dwarf.types, "speck_again", &type));
	CHECK_EQ(type.bytes, sizeof(struct speck));
	CHECK(!types_named(&dwarf.types, "only_declared", &type));
}

int main(void)
{
	elf_version(EV_CURRENT);
	file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	elf = elf_begin(file, ELF_C_READ, NULL);
	hidden_number = (int)(intptr_t)many_specks[one_speck.letter == 'y'];
	if (dwarf_open(&dwarf, elf, "this program") != OK || dwarf_index(&dwarf) != OK) {
		printf("SKIP dwarf: %s\n", err_text());
		return 0;
	}
	int failed = run_tests((struct test[]){
		{ "dwarf members", members },
		{ "dwarf arrays and pointers", arrays_and_pointers },
		{ "dwarf variables and enumerators", variables_and_enumerators },
		{ 0 } });
	dwarf_close(&dwarf);
	elf_end(elf);
	close(file);
	return failed;
}
