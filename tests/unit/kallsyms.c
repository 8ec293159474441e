// SPDX-License-Identifier: GPL-2.0-only
/* kallsyms.c - unit tests of symbols a kernel keeps of itself: told where they are, and looked for
 * wherever they are. */
#include "kernel/itself.h"
#include "tests/test.h"
#include "tests/unit/small_kernel.h"

enum {
	IMAGE_AT = 1 << 20, IMAGE_BYTES = 1 << 16,
	SYMBOLS = 300, /* more than from one marker to the next */
	TEXT_AT = IMAGE_AT + 16, SECTIONS_AT = 0x123450, POOL_AT = 0x12345c,
};

/* Where the tables came to lie, as physical addresses. */
struct tables {
	uint64_t offsets, base, count, names, markers, token_table, token_index, end;
};

/* A token for each byte: the letter itself, but for two that begin names. */
static void token_of(unsigned byte, char ret[16])
{
	ret[0] = byte ? (char)byte : '?';
	ret[1] = 0;
	if (byte == 1)
		strcpy(ret, "Bmem_");
	if (byte == 2)
		strcpy(ret, "sect");
}

/* The names: mem_section in three tokens, others letter by letter, some of them long. */
static void name_of(unsigned i, char ret[512])
{
	if (i == 0)
		strcpy(ret, "T_stext");
	else if (i == 100)
		strcpy(ret, "\1\2ion");
	else if (i == 299)
		strcpy(ret, "dvmap_area_list");
	else
		sprintf(ret, "tfn_%u_%0*u", i, i == 50 ? 150 : i == 51 ? 400 : 3, i);
}

static uint32_t offset_of(unsigned i)
{
	return i == 0 ? TEXT_AT : i == 100 ? SECTIONS_AT : i == 299 ? POOL_AT : TEXT_AT + 16 * i;
}

static uint64_t write_names(uint8_t *memory, uint64_t at, uint64_t begin, uint64_t *marker)
{
	char name[512];

	for (unsigned i = 0; i < SYMBOLS; i++) {
		name_of(i, name);
		size_t length = strlen(name);
		if (i == 256)
			*marker = at - begin;
		if (length >= 0x80)
			memory[at++] = (uint8_t)(length | 0x80);
		memory[at++] = (uint8_t)(length >= 0x80 ? length >> 7 : length);
		memcpy(memory + at, name, length);
		at += length;
	}
	return at;
}

static uint64_t write_tokens(uint8_t *memory, struct tables *tables, uint64_t at)
{
	uint16_t index[KALLSYMS_TOKENS];
	char token[16];

	tables->token_table = at;
	for (unsigned i = 0; i < KALLSYMS_TOKENS; i++) {
		token_of(i, token);
		index[i] = (uint16_t)(at - tables->token_table);
		memcpy(memory + at, token, strlen(token) + 1);
		at += strlen(token) + 1;
	}
	tables->token_index = at = round_up(at, 8);
	for (unsigned i = 0; i < KALLSYMS_TOKENS; i++)
		put_16(false, memory + at + 2 * i, index[i]);
	return at + 2 * KALLSYMS_TOKENS;
}

/* As a kernel of 6.1 has them. */
static struct tables write_tables(uint8_t *memory, uint64_t at)
{
	struct tables tables = { .offsets = at };
	uint64_t marker = 0;

	memset(memory + IMAGE_AT, 0, IMAGE_BYTES);
	for (unsigned i = 0; i < SYMBOLS; i++)
		put_32(false, memory + at + 4 * i, offset_of(i));
	tables.base = round_up(at + 4 * SYMBOLS, 8);
	put_64(false, memory + tables.base, small_image);
	tables.count = tables.base + 8;
	put_32(false, memory + tables.count, SYMBOLS);
	tables.names = tables.count + 8;
	at = write_names(memory, tables.names, tables.names, &marker);
	tables.markers = round_up(at, 8);
	put_32(false, memory + tables.markers + 4, (uint32_t)marker);
	tables.end = write_tokens(memory, &tables, tables.markers + 8);
	return tables;
}

static void tell(struct facts *facts, const struct tables *tables)
{
	*facts = (struct facts){ 0 };
	fact_set_text(facts, TEXT_OSRELEASE, "6.1.0", 5, "test");
	fact_set(facts, SYMBOL_INIT_TOP_PGT, small_image + SMALL_PGD, "test");
	fact_set(facts, SYMBOL_STEXT, small_image + TEXT_AT, "test");
	if (!tables)
		return;
	fact_set(facts, SYMBOL_KALLSYMS_OFFSETS, small_image + tables->offsets, "test");
	fact_set(facts, SYMBOL_KALLSYMS_BASE, small_image + tables->base, "test");
	fact_set(facts, SYMBOL_KALLSYMS_NUM_SYMS, small_image + tables->count, "test");
	fact_set(facts, SYMBOL_KALLSYMS_NAMES, small_image + tables->names, "test");
	fact_set(facts, SYMBOL_KALLSYMS_TOKEN_TABLE, small_image + tables->token_table, "test");
	fact_set(facts, SYMBOL_KALLSYMS_TOKEN_INDEX, small_image + tables->token_index, "test");
}

static void count_shown(void *argument, const struct kernel_symbol *symbol)
{
	(void)symbol;
	++*(unsigned *)argument;
}

/* What the tables answer, and how many names were passed. */
static err_t answer(int *failures, const uint8_t *memory, struct facts *facts, uint32_t *seen)
{
	static const struct initials none;
	unsigned shown = 0;
	struct kallsyms_visitor visitor = { count_shown, &shown, .wanted = &none };
	const struct arch *arch = arch_find(EM_X86_64);
	struct memory_dump dump;
	struct kallsyms kallsyms;

	memory_dump_init(&dump, memory, IMAGE_AT + IMAGE_BYTES);
	struct space space = { .target = dump.source.target };
	struct memory kernel = { .space = &space };
	CHECK_EQ(arch->setup(&space, facts, &dump.source), OK);
	CHECK_EQ(reader_create(&dump.source, &kernel.reader), OK);
	CHECK_EQ(reader_create(&dump.source, &kernel.tables), OK);
	err_t result = kallsyms_open(&kallsyms, &kernel, facts);
	if (result == OK)
		result = kallsyms_walk(&kallsyms, &visitor);
	*seen = visitor.seen;
	CHECK(shown <= 1); /* the longest is not passed over */
	if (result == OK)
		itself_answer(&kernel, facts);
	reader_destroy(kernel.tables);
	reader_destroy(kernel.reader);
	return result;
}

static void check_answers(int *failures, const struct facts *facts)
{
	CHECK_EQ(fact_or(facts, SYMBOL_MEM_SECTION, 0), small_image + SECTIONS_AT);
	CHECK_EQ(fact_or(facts, SYMBOL_VMAP_AREA_LIST, 0), small_image + POOL_AT);
	CHECK_EQ(fact_or(facts, SYMBOL_STEXT, 0), small_image + TEXT_AT);
	CHECK(!fact_known(facts, SYMBOL_VMLIST));
}

TEST(symbols_where_they_are_told)
{
	static uint8_t memory[SMALL_BYTES];
	struct facts facts;
	uint32_t seen = 0;

	small_kernel(memory);
	struct tables tables = write_tables(memory, IMAGE_AT + 0x100);
	tell(&facts, &tables);
	CHECK_EQ(answer(failures, memory, &facts, &seen), OK);
	CHECK_EQ(seen, SYMBOLS);
	check_answers(failures, &facts);
}

/* At every word of a page, so that the index is at every place, too, also across two pages. */
TEST(symbols_wherever_they_are)
{
	static uint8_t memory[SMALL_BYTES];
	struct facts facts;
	uint32_t seen = 0;

	small_kernel(memory);
	for (unsigned at = 0; at < 4096; at += 8) {
		write_tables(memory, IMAGE_AT + 0x100 + at);
		tell(&facts, NULL);
		CHECK_EQ(answer(failures, memory, &facts, &seen), OK);
		CHECK_EQ(seen, SYMBOLS);
		check_answers(failures, &facts);
	}
}

/* All of the tables is read, though hardly a symbol is wanted. */
TEST(tables_that_end_too_early)
{
	static uint8_t memory[SMALL_BYTES];
	uint64_t last = IMAGE_AT + IMAGE_BYTES;
	struct facts facts;
	uint32_t seen = 0;

	small_kernel(memory);
	struct tables tables = write_tables(memory, IMAGE_AT + 0x100);
	memcpy(memory + last - 4 * SYMBOLS + 4, memory + tables.offsets, 4 * SYMBOLS - 4);
	tables.offsets = last - 4 * SYMBOLS + 4;
	tell(&facts, &tables);
	CHECK_EQ(answer(failures, memory, &facts, &seen), ERR_CORRUPT);
	CHECK(strstr(err_text(), "before symbol 300"));
	CHECK_EQ(seen, SYMBOLS);
}

TEST(initials_of_short_names_end)
{
	struct initials initials = { 0 };

	CHECK_EQ(initials_of("abcdefg", INITIALS), 0x64636261);
	CHECK_EQ(initials_of("ab", INITIALS), 0x6261);
	CHECK_EQ(initials_of("abcd", 2), 0x6261);
	CHECK_EQ(initials_of("", INITIALS), 0);
	initials_add(&initials, "ab", INITIALS);
	CHECK(initials_have(&initials, 0x6261));
	CHECK(!initials_have(&initials, 0x636261));
	CHECK(!initials_have(&initials, 0));
}

int main(void)
{
	return run_tests((struct test[]){
		{ "symbols where they are told", symbols_where_they_are_told },
		{ "symbols wherever they are", symbols_wherever_they_are },
		{ "tables that end too early", tables_that_end_too_early },
		{ "initials of short names end", initials_of_short_names_end },
		{ 0 },
	});
}
