// SPDX-License-Identifier: GPL-2.0-only
/* erase.c - commands of --config on a kernel of a few pages, with types told by a table. */
#include "pages/erase.h"

#include "tests/test.h"
#include "tests/unit/small_kernel.h"

/* --- types, by a table --- */

enum { VOID = 1, CHAR, U16, U32, U64, P_CHAR, P_VOID, LIST, P_LIST, NODE, P_NODE, NAME, SHORTS,
       P_NODES, MM, P_MM, RB, P_RB, ROOT, HIDDEN, FLEXIBLE, HUGE };

static const struct type all_types[] = {
	[VOID] = { VOID, TYPE_VOID, false, "void", 0, 0, 0 },
	[CHAR] = { CHAR, TYPE_NUMBER, true, "char", 1, 0, 0 },
	[U16] = { U16, TYPE_NUMBER, false, "u16", 2, 0, 0 },
	[U32] = { U32, TYPE_NUMBER, false, "u32", 4, 0, 0 },
	[U64] = { U64, TYPE_NUMBER, false, "u64", 8, 0, 0 },
	[P_CHAR] = { P_CHAR, TYPE_POINTER, false, "", 8, CHAR, 0 },
	[P_VOID] = { P_VOID, TYPE_POINTER, false, "", 8, VOID, 0 },
	[LIST] = { LIST, TYPE_STRUCT, false, "list_head", 16, 0, 0 },
	[P_LIST] = { P_LIST, TYPE_POINTER, false, "", 8, LIST, 0 },
	[NODE] = { NODE, TYPE_STRUCT, false, "node", 96, 0, 0 },
	[P_NODE] = { P_NODE, TYPE_POINTER, false, "", 8, NODE, 0 },
	[NAME] = { NAME, TYPE_ARRAY, false, "", 16, CHAR, 16 },
	[SHORTS] = { SHORTS, TYPE_ARRAY, false, "", 0, U16, 3 }, /* size not told */
	[P_NODES] = { P_NODES, TYPE_ARRAY, false, "", 24, P_NODE, 3 },
	[MM] = { MM, TYPE_STRUCT, false, "mm_struct", 16, 0, 0 },
	[P_MM] = { P_MM, TYPE_POINTER, false, "", 8, MM, 0 },
	[RB] = { RB, TYPE_STRUCT, false, "rb_node", 24, 0, 0 },
	[P_RB] = { P_RB, TYPE_POINTER, false, "", 8, RB, 0 },
	[ROOT] = { ROOT, TYPE_STRUCT, false, "rb_root", 8, 0, 0 },
	[HIDDEN] = { HIDDEN, TYPE_UNION, false, "", 8, 0, 0 },
	[FLEXIBLE] = { FLEXIBLE, TYPE_ARRAY, false, "", 0, NODE, 0 },
	[HUGE] = { HUGE, TYPE_ARRAY, false, "", 0, U64, UINT32_MAX },
};

static const struct {
	unsigned of;
	struct member member;
} all_members[] = {
	{ LIST, { "next", P_LIST, 0, 0, 0 } },
	{ LIST, { "prev", P_LIST, 64, 0, 0 } },
	{ NODE, { "next", P_NODE, 0, 0, 0 } },
	{ NODE, { "list", LIST, 64, 0, 0 } },
	{ NODE, { "name", NAME, 192, 0, 0 } },
	{ NODE, { "length", U32, 320, 0, 0 } },
	{ NODE, { "bit", U32, 352, 3, 0 } },
	{ NODE, { "text", P_CHAR, 384, 0, 0 } },
	{ NODE, { "", HIDDEN, 448, 0, 0 } },
	{ NODE, { "rb", RB, 512, 0, 0 } },
	{ NODE, { "mm", P_MM, 704, 0, 0 } },
	{ HIDDEN, { "data", P_VOID, 0, 0, 0 } },
	{ HIDDEN, { "number", U64, 0, 0, 0 } },
	{ MM, { "pgd", P_VOID, 0, 0, 0 } },
	{ RB, { "rb_parent", U64, 0, 0, 0 } },
	{ RB, { "rb_right", P_RB, 64, 0, 0 } },
	{ RB, { "rb_left", P_RB, 128, 0, 0 } },
	{ ROOT, { "rb_node", P_RB, 0, 0, 0 } },
};

enum { TYPES = sizeof(all_types) / sizeof(all_types[0]),
       MEMBERS = sizeof(all_members) / sizeof(all_members[0]) };

static unsigned questions; /* of types and symbols by name: these are dear */

static bool type_find(struct types *types, enum type_kind kind, const char *name, struct type *ret)
{
	(void)types;
	questions++;
	for (unsigned i = 1; i < TYPES; i++) {
		if (all_types[i].kind == kind && *name && !strcmp(all_types[i].name, name)) {
			*ret = all_types[i];
			return true;
		}
	}
	return false;
}

static bool type_get(struct types *types, uint64_t id, struct type *ret)
{
	(void)types;
	if (!id || id >= TYPES)
		return false;
	*ret = all_types[id];
	return true;
}

static bool type_next_member(struct types *types, const struct type *whole, struct member *at)
{
	(void)types;
	for (uint64_t i = at->place; i < MEMBERS; i++) {
		if (all_members[i].of == whole->id) {
			*at = all_members[i].member;
			at->place = i + 1;
			return true;
		}
	}
	return false;
}

static bool type_enumerator(struct types *types, const char *name, uint64_t *ret)
{
	(void)types, (void)name, (void)ret;
	return false;
}

static const struct {
	const char *name;
	uint64_t at;
	unsigned type;
} variables[] = {
	{ "node", 0x10000, NODE }, { "first", 0x10100, P_NODE }, { "name", 0x10018, NAME },
	{ "shorts", 0x10200, SHORTS }, { "nodes", 0x10300, P_NODES }, { "head", 0x10400, LIST },
	{ "untyped", 0x10500, 0 }, { "root", 0x10600, ROOT }, { "far", 0x200ff0, NAME },
	{ "nothing", 0x10700, P_CHAR }, { "saved_command_line", 0x10108, 0 },
	{ "flexible", 0x10000, FLEXIBLE }, { "huge", 0x10000, HUGE },
};

static bool type_variable(struct types *types, const char *name, struct type *ret)
{
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		if (!strcmp(variables[i].name, name))
			return type_get(types, variables[i].type, ret);
	return false;
}

static struct types table = { "a table", type_find, type_get, type_next_member, type_enumerator,
			      type_variable };

static bool has_module(struct names *names, const char *module)
{
	(void)names;
	return !strcmp(module, "mod");
}

static bool find_symbol(struct names *names, const char *module, const char *name, vaddr_t *ret)
{
	(void)names;
	questions++;
	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		if (!strcmp(variables[i].name, name) && (!module || *name == 'n')) {
			*ret = small_image + variables[i].at;
			return true;
		}
	}
	return false;
}

static struct types *find_types(struct names *names, const char *module)
{
	(void)names, (void)module;
	return &table;
}

/* --- the kernel --- */

static uint8_t memory[SMALL_BYTES];

static void put_pointer(uint64_t at, uint64_t to)
{
	put_64(false, memory + at, to ? small_image + to : 0);
}

/* Two nodes at 0x10000 and 0x10080, in every kind of list; pages at image + 2 MiB that lie in
 * descending order in physical memory, the third of them nowhere. */
static void build(void)
{
	enum { PTES = 0x7000, USER_PGD = 0x8000, USER = 0x9000 };

	small_kernel(memory);
	put_64(false, memory + SMALL_PMD + 8, PTES | 0x63);
	put_64(false, memory + PTES, 0x42000 | 0x63);
	put_64(false, memory + PTES + 8, 0x41000 | 0x63);
	put_64(false, memory + PTES + 24, 0x40000 | 0x63);
	for (unsigned i = 0; i < 3; i++) /* a process: address 0 on is at 0x50000 */
		put_64(false, memory + USER_PGD + i * 0x1000, (USER + i * 0x1000) | 0x67);
	put_64(false, memory + 0xb000, 0x50000 | 0x67);
	for (unsigned i = 0; i < 2; i++) {
		uint64_t at = 0x10000 + i * 0x80;
		put_pointer(at, i ? 0 : 0x10080);
		put_pointer(at + 8, i ? 0x10400 : 0x10088);
		strcpy((char *)memory + at + 24, i ? "second" : "first");
		put_32(false, memory + at + 40, 5 + i);
		put_pointer(at + 48, 0x11000 + i * 0x100);
		strcpy((char *)memory + 0x11000 + i * 0x100, i ? "two" : "one");
		put_pointer(at + 56, 0x12000 + i * 0x100);
		put_pointer(at + 88, 0x13000);
	}
	put_pointer(0x13000, USER_PGD);
	put_pointer(0x10100, 0x10000);
	put_pointer(0x10108, 0x11000);
	put_pointer(0x10300, 0x10080); /* nodes[0], nodes[2]; [1] is NULL */
	put_pointer(0x10310, 0x10000);
	put_pointer(0x10400, 0x10008); /* head */
	put_pointer(0x10600, 0x10040); /* root: the first, and right of it the second */
	put_pointer(0x10048, 0x100c0);
	put_pointer(0x10700, 0);
}

static char told[1024];

static void hear(void *argument, const struct conf_command *command, const char *text)
{
	(void)argument;
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%u: %s\n", command->line, text);
}

/* What a text erases, as "text size@first..." lines; and what was told stands in `told`. */
static const char *erased(const char *text)
{
	static char said[2048];
	struct memory_dump dump;
	struct space space = { 0 };
	struct facts facts = { 0 };
	struct memory kernel = { .space = &space };
	struct scrub scrub = { 0 };
	struct conf conf;
	struct names names = { has_module, find_symbol, find_types };

	memory_dump_init(&dump, memory, sizeof(memory));
	fact_set(&facts, SYMBOL_INIT_TOP_PGT, small_image + SMALL_PGD, "test");
	fact_set(&facts, NUMBER_PHYS_BASE, 0, "test");
	space.target = dump.source.target;
	arch_find(EM_X86_64)->setup(&space, &facts, &dump.source);
	reader_create(&dump.source, &kernel.reader);
	reader_create(&dump.source, &kernel.tables);
	said[0] = told[0] = 0;
	questions = 0;
	if (conf_parse(&conf, "c", text, strlen(text)) != OK ||
	    erase_find(&conf, &names, &kernel, &scrub, hear, NULL) != OK)
		snprintf(said, sizeof(said), "failed: %s\n", err_text());
	for (uint32_t i = 0, piece = 0; i < scrub.items; i++) {
		size_t used = strlen(said);
		used += (size_t)snprintf(said + used, sizeof(said) - used, "%.*s %u%s",
					 (int)scrub.item[i].text_bytes, scrub.item[i].text,
					 (unsigned)scrub.item[i].size,
					 scrub.item[i].nullify ? "!" : "");
		for (; piece < scrub.pieces && scrub.piece[piece].item == i; piece++)
			used += (size_t)snprintf(said + used, sizeof(said) - used, " %x+%x",
						 (unsigned)scrub.piece[piece].at,
						 (unsigned)scrub.piece[piece].bytes);
		snprintf(said + used, sizeof(said) - used, "\n");
	}
	reader_destroy(kernel.reader);
	reader_destroy(kernel.tables);
	scrub_free(&scrub);
	conf_free(&conf);
	return said;
}

#define ERASES(text, wanted)                                                                       \
	do {                                                                                       \
		const char *got = erased(text);                                                    \
		CHECK(!strcmp(got, (wanted)));                                                     \
		if (strcmp(got, (wanted)) != 0)                                                    \
			printf("  got: %s", got);                                                  \
	} while (0)
#define TELLS(wanted)                                                                              \
	do {                                                                                       \
		CHECK(!strcmp(told, (wanted)));                                                    \
		if (strcmp(told, (wanted)) != 0)                                                   \
			printf("  told: %s", told);                                                \
	} while (0)

TEST(sizes_by_type)
{
	build();
	ERASES("erase name", "name 16 10018+10\n");
	ERASES("erase shorts", "shorts 6 10200+6\n");
	ERASES("erase node.text", "node.text 3 11000+3\n");
	ERASES("erase first", "first 96 10000+60\n");
	ERASES("erase first.next.name", "first.next.name 16 10098+10\n");
	ERASES("erase nodes", "nodes 24 10300+18\n");
	ERASES("erase node.length erase saved_command_line",
	       "node.length 4 10028+4\nsaved_command_line 3 11000+3\n");
	TELLS("");
	ERASES("erase nothing erase node.data", "");
	TELLS("1: its type has no size\n");
}

TEST(sizes_by_word)
{
	build();
	ERASES("erase node.data size 32 erase node.text size node.length",
	       "node.data 32 12000+20\nnode.text 5 11000+5\n");
	ERASES("erase node.text nullify", "node.text 8! 10030+8\n");
	ERASES("erase node.name size 0 erase node.name size nothing", "");
	ERASES("erase shorts[1] erase nodes[2].name size 2",
	       "shorts[1] 2 10202+2\nnodes[2].name 2 10018+2\n");
	ERASES("erase node.number to node.text", "");
	ERASES("erase node.text to node.data", "node.text 4096 11000+1000\n");
	TELLS("");
	ERASES("erase name size 20", "name 20 10018+14\n");
	TELLS("1: 20 bytes are erased, and it has 16\n");
	ERASES("erase name nullify", "");
	TELLS("1: what is to be nullified is no pointer\n");
}

/* Each page by itself; what is not mapped is passed over. */
TEST(pages_that_are_apart)
{
	build();
	ERASES("erase far size 0x3010", "far 12304 42ff0+10 41000+1000 40000+1000\n");
}

TEST(casts)
{
	build();
	ERASES("erase untyped", "");
	TELLS("1: the type of untyped is not known; untyped:TYPE tells it\n");
	ERASES("erase untyped:node.name", "untyped:node.name 16 10518+10\n");
	ERASES("erase node.data:node*.name erase untyped:bad*",
	       "node.data:node*.name 16 12018+10\n");
	TELLS("1: no type bad\n");
	ERASES("erase first:node**.next.name", "");
	ERASES("erase node.data:char*", "");
}

TEST(loops)
{
	static const char both[] = "x.name 16 10018+10\nx.name 16 10098+10\n";

	build();
	ERASES("for x in first via next erase x.name endfor", both);
	ERASES("for x in node erase x.name endfor", both);
	ERASES("for x in head.next within node:list erase x.name endfor", both);
	ERASES("for x in head within node erase x.name endfor", both);
	ERASES("for x in root tree node:rb erase x.name endfor", both);
	ERASES("for x in root.rb_node tree node:rb erase x.name endfor", both);
	ERASES("for x in nodes erase x.name endfor", "x.name 16 10098+10\nx.name 16 10018+10\n");
	ERASES("for x in shorts erase x endfor", "x 2 10200+2\nx 2 10202+2\nx 2 10204+2\n");
	ERASES("for x in first count 2 erase x.length endfor",
	       "x.length 4 10028+4\nx.length 4 10088+4\n");
	ERASES("for x in first through 0 erase x.length endfor", "x.length 4 10028+4\n");
	ERASES("for x in head within node:list.next erase x.name endfor", both);
	TELLS("");
	ERASES("for x in shorts via next erase x endfor",
	       "x 2 10200+2\nx 2 10202+2\nx 2 10204+2\n");
	TELLS("1: an array has all its elements one after the other; 'via' or 'within' is passed "
	      "over\n");
	ERASES("for x in head within node for y in x.name count 2 erase y endfor endfor",
	       "y 1 10018+1\ny 1 10019+1\ny 1 10098+1\ny 1 10099+1\n");
	ERASES("for x in first if x.name is \"second\" erase x.text endif if x.length is 5 "
	       "erase x.length endif endfor", "x.length 4 10028+4\nx.text 3 11100+3\n");
}

TEST(lists_that_are_broken)
{
	build();
	put_pointer(0x10080, 0x10080);
	ERASES("for x in first erase x.length endfor", "x.length 4 10028+4\nx.length 4 100a8+4\n"
	       "x.length 4 100a8+4\n");
	CHECK(strstr(told, "the list goes in a circle at 0xffffffff80010080"));
	build();
	put_pointer(0x10088, 0x10088);
	erased("for x in head within node erase x.length endfor");
	CHECK(strstr(told, "the list goes in a circle"));
	build();
	put_pointer(0x100c8, 0x10040); /* right of the second is the first again */
	erased("for x in root tree node:rb erase x.length endfor");
	CHECK(strstr(told, "the list goes in a circle"));
	put_pointer(0x10050, 0x10040); /* left of itself */
	erased("for x in root tree node:rb erase x.length endfor");
	CHECK(strstr(told, "more than 128 deep"));
	build();
	put_pointer(0x10080, 0x7fffffff);
	ERASES("for x in first erase x.length endfor\nerase name", "x.length 4 10028+4\n"
	       "x.length 4 100a8+4\nx.length 4\nname 16 10018+10\n");
	CHECK(strstr(told, "is not mapped"));
	build();
	for (unsigned i = 0; i < 40; i++)
		put_pointer(0x14000 + i * 96, i < 39 ? 0x14000 + (i + 1) * 96 : 0x14000 + 17 * 96);
	put_pointer(0x10100, 0x14000);
	erased("for x in first erase x.length endfor");
	CHECK(strstr(told, "the list goes in a circle"));
}

/* A list_head ends at its head alone. */
TEST(lists_that_break_off)
{
	build();
	put_pointer(0x10088, 0);
	ERASES("for x in head within node erase x.length endfor",
	       "x.length 4 10028+4\nx.length 4 100a8+4\n");
	TELLS("1: the list ends at 0xffffffff80010088, and not at its head\n");
	put_64(false, memory + 0x10088, 0x7777);
	erased("for x in head within node erase x.length endfor");
	TELLS("1: the list ends at 0xffffffff80010088, and not at its head\n");
	put_pointer(0x10400, 0); /* no list as yet */
	ERASES("for x in head within node erase x.length endfor", "");
	TELLS("");
}

/* Names are looked up once, however often a loop comes by. */
TEST(loops_that_are_long)
{
	build();
	erased("for x in first count 1000 if x.name:bad is 1 erase x endif endfor");
	TELLS("1: no type bad\n");
	CHECK(questions < 20);
	erased("for x in first count 1000 if untyped:bad is 1 erase x endif endfor");
	TELLS("1: no type bad\n");
	CHECK(questions < 20);
	erased("for x in first count 1000 if missing is 1 erase x endif endfor");
	TELLS("1: no symbol missing\n");
	CHECK(questions < 20);
	erased("for x in first count 1000 for y in head within node if y.length is 9 erase y endif "
	       "endfor endfor");
	CHECK(questions < 20);
	erased("for x in first count 1000 for y in head within bad erase y endfor endfor");
	TELLS("1: no type bad\n");
	CHECK(questions < 20);
	erased("for x in first count 1000 for y in root tree node:rb if y.length is 9 erase y "
	       "endif endfor endfor");
	CHECK(questions < 20);
}

TEST(counts_that_are_wrong)
{
	build();
	ERASES("for x in nodes count 5 erase x.length endfor",
	       "x.length 4 100a8+4\nx.length 4 10028+4\n");
	TELLS("1: element 3 of 3\n");
	ERASES("for x in shorts through 3 erase x endfor",
	       "x 2 10200+2\nx 2 10202+2\nx 2 10204+2\n");
	TELLS("1: element 3 of 3\n");
	ERASES("for x in flexible erase x.length endfor", "");
	TELLS("1: nothing tells how many elements it has; 'count' can\n");
	ERASES("for x in flexible count 2 erase x.length endfor",
	       "x.length 4 10028+4\nx.length 4 10088+4\n");
	TELLS("");
	ERASES("for x in huge erase x endfor", "");
	TELLS("1: 4294967295 elements are more than 1048576\n");
	put_64(false, memory + 0x10308, 0x7777777777); /* nodes[1]; the others are found */
	ERASES("for x in nodes erase x.text endfor", "x.text 3 11100+3\nx.text 3 11000+3\n");
	CHECK(strstr(told, "address 0x77777777a7 is not mapped"));
	put_32(false, memory + 0x10028, (uint32_t)-1);
	ERASES("for x in nodes count node.length erase x.length endfor", "");
	TELLS("1: 4294967295 elements are more than 1048576\n");
}

/* Memory of a process, by its own page tables. */
TEST(other_address_spaces)
{
	build();
	put_64(false, memory + 0x10038, 0x10);
	ERASES("erase node.number size 0x20 of node.mm", "node.number 32 50010+20\n");
	TELLS("");
	ERASES("erase node.number size 0x20 of node.text", "");
	TELLS("1: what should have a member is no struct\n");
}

TEST(what_is_not_there)
{
	build();
	ERASES("erase missing\nerase node.missing erase node.bit\nerase name[16]\n[mod]\n"
	       "erase head\nerase name erase name size head\n[other]\nerase name\nerase name\n"
	       "[mod]\nerase name",
	       "name 16 10018+10\nname 16 10018+10\n");
	TELLS("1: no symbol missing\n2: node has no member missing\n2: the member bit is made of "
	      "single bits\n3: element 16 of 16\n5: no symbol head\n6: no symbol head\n"
	      "8: no such module is loaded\n");
	ERASES("[other|vmlinux]\nerase name erase name[0]:number@other\n[mod|vmlinux]\nerase head",
	       "name 16 10018+10\n");
	TELLS("2: no type number\n4: no symbol head\n");
	ERASES("for x in head within bad erase x endfor "
	       "for x in head within node:bad erase x endfor "
	       "for x in name within node erase x endfor for x in first via name erase x endfor "
	       "for x in first via text erase x endfor", "x 1 10018+1\nx 1 10019+1\nx 1 1001a+1\n"
	       "x 1 1001b+1\nx 1 1001c+1\nx 1 1001d+1\nx 1 1001e+1\nx 1 1001f+1\nx 1 10020+1\n"
	       "x 1 10021+1\nx 1 10022+1\nx 1 10023+1\nx 1 10024+1\nx 1 10025+1\nx 1 10026+1\n"
	       "x 1 10027+1\nx 96 10000+60\n");
	CHECK(strstr(told, "no type bad") && strstr(told, "node has no member bad") &&
	      strstr(told, "name is no pointer") && strstr(told, "text does not lead"));
}

TEST(modules_that_are_not_loaded)
{
	build();
	ERASES("[other]\nfor x in first via next erase x.name if x.length is 5 erase x.text endif "
	       "endfor erase name\n[vmlinux]\nerase name size nothing erase shorts",
	       "shorts 6 10200+6\n");
	TELLS("2: no such module is loaded\n");
	ERASES("for x in first via missing erase x.name endfor erase shorts",
	       "shorts 6 10200+6\n");
	TELLS("1: node has no member missing\n");
}

/* What is behind an object is other memory. It is told, and there is an end. */
TEST(sizes_that_reach_too_far)
{
	build();
	put_32(false, memory + 0x10028, 5000);
	ERASES("erase name size node.length", "name 5000 10018+1388\n");
	TELLS("1: 5000 bytes are erased, and it has 16\n");
	ERASES("erase first size 200", "first 200 10000+c8\n");
	TELLS("1: 200 bytes are erased, and it has 96\n");
	ERASES("erase first size 96 erase node.text size 5000 erase flexible size 200",
	       "first 96 10000+60\nnode.text 5000 11000+1388\nflexible 200 10000+c8\n");
	TELLS("");
	put_32(false, memory + 0x10028, UINT32_MAX);
	ERASES("erase node.data size node.length",
	       "node.data 67108864 12000+1ee000 42000+1000 41000+1000 40000+1000\n");
	TELLS("1: 4294967295 bytes are too many; the first 67108864 are erased\n");
	put_64(false, memory + 0x10500, UINT64_MAX);
	erased("erase node.text to untyped:u64");
	TELLS("1: 2147414015 bytes are too many; the first 67108864 are erased\n");
}

/* From the end of the address space nothing leads to its beginning, which the process has. */
TEST(sizes_beyond_the_end)
{
	build();
	put_64(false, memory + 0x10038, 0xfffffffffffff000);
	put_64(false, memory + 0xb008, 0x51000 | 0x67);
	ERASES("erase node.number size 0x3000 of node.mm", "node.number 12288\n");
	put_64(false, memory + 0x10038, 0x800);
	ERASES("erase node.number size 0x1000 of node.mm", "node.number 4096 50800+1000\n");
}

TEST(too_much)
{
	build();
	put_64(false, memory + 0x10038, 0x7000000000); /* is not mapped */
	erased("for x in first count 1 for y in first count 10000 erase x.number size 900m of x.mm "
	       "endfor endfor");
	CHECK(strstr(err_text(), "elements and pages"));
	build();
	put_pointer(0x10080, 0x10000);
	put_32(false, memory + 0x10028, UINT32_MAX);
	ERASES("for x in first count node.length erase x endfor", "");
	CHECK(strstr(told, "4294967295 elements are more than"));
	erased("for a in first count 300 for b in first count 300 for c in first count 300 "
	       "if c.length is 7 erase c endif endfor endfor endfor");
	CHECK(strstr(err_text(), "elements and pages"));
	ERASES("erase nothing size 2000m erase node.data size 2000m",
	       "node.data 1073741824 12000+1ee000 42000+1000 41000+1000 40000+1000\n");
	TELLS("1: 2097152000 bytes are too many; the first 1073741824 are erased\n");
}

int main(void)
{
	return run_tests((struct test[]){
		{ "sizes by type", sizes_by_type },
		{ "sizes by word", sizes_by_word },
		{ "pages that are apart", pages_that_are_apart },
		{ "casts", casts },
		{ "loops", loops },
		{ "lists that are broken", lists_that_are_broken },
		{ "lists that break off", lists_that_break_off },
		{ "loops that are long", loops_that_are_long },
		{ "counts that are wrong", counts_that_are_wrong },
		{ "modules that are not loaded", modules_that_are_not_loaded },
		{ "sizes that reach too far", sizes_that_reach_too_far },
		{ "sizes beyond the end", sizes_beyond_the_end },
		{ "other address spaces", other_address_spaces },
		{ "what is not there", what_is_not_there },
		{ "too much", too_much },
		{ 0 } });
}
