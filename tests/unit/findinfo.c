// SPDX-License-Identifier: GPL-2.0-only
/* findinfo.c - unit tests of finding vmcoreinfo in memory. */
#include "kernel/cpus.h"
#include "kernel/findinfo.h"
#include "tests/test.h"
#include "tests/unit/small_kernel.h"

static uint8_t memory[SMALL_BYTES];

/* Where small_lend() stops: so many bytes behind the start of each loan. */
static size_t piece;

/* How often it was asked for what is not there. */
static unsigned holes;

static err_t small_lend(struct reader *reader, paddr_t at, const uint8_t **ret, size_t *size)
{
	if (at >= SMALL_BYTES) {
		holes++;
		return ERR_HOLE;
	}
	*size = (size_t)min_u64(*size, piece);
	return memory_dump_lend(reader, at, ret, size);
}

static const struct input_format small_format = { .name = "small", .lend = small_lend };

static err_t find(const uint8_t *notes, size_t notes_bytes, struct found_info *ret)
{
	struct memory_dump dump;

	memory_dump_init(&dump, memory, SMALL_BYTES);
	dump.source.format = &small_format;
	dump.source.end = SMALL_BYTES;
	dump.source.notes = (uint8_t *)notes;
	dump.source.notes_bytes = notes_bytes;
	return findinfo(&dump.source, arch_find(EM_X86_64), NULL, ret);
}

static void begin(void)
{
	small_kernel(memory);
	piece = SMALL_BYTES;
}

static void put(paddr_t at, const char *text)
{
	memcpy(memory + at, text, strlen(text));
}

/* What is found without CPUs: where, or 0. */
static paddr_t found_at(void)
{
	struct found_info found;

	if (find(NULL, 0, &found) != OK)
		return 0;
	free(found.text);
	return found.at;
}

TEST(text_is_found_where_a_kernel_may_have_it)
{
	for (paddr_t at = SMALL_REST; at < SMALL_REST + 12; at++) {
		begin();
		put(at, SMALL_TEXT SMALL_BASE);
		CHECK_EQ(found_at(), at % 4 ? 0 : at);
	}
}

TEST(text_is_found_across_pieces)
{
	for (piece = 1; piece < 40; piece++) {
		small_kernel(memory);
		put(0x1ffffc - 0x400, SMALL_TEXT SMALL_BASE);
		CHECK_EQ(found_at(), 0x1ffffc - 0x400);
	}
}

/* Behind the small kernel is nothing, for as long as a smashed header says. */
TEST(hole_of_any_size_is_one_step)
{
	struct memory_dump dump;
	struct found_info found;

	begin();
	memory_dump_init(&dump, memory, SMALL_BYTES);
	dump.source.format = &small_format;
	dump.source.end = UINT64_C(1) << 59;
	holes = 0;
	CHECK_EQ(findinfo(&dump.source, arch_find(EM_X86_64), NULL, &found), ERR_NOFACT);
	CHECK(holes > 0 && holes < 100);
	put(SMALL_REST, SMALL_TEXT SMALL_BASE);
	CHECK_EQ(findinfo(&dump.source, arch_find(EM_X86_64), NULL, &found), OK);
	CHECK_EQ(found.at, SMALL_REST);
	free(found.text);
}

TEST(text_ends_where_it_should)
{
	static const struct {
		const char *text;
		size_t bytes;
	} texts[] = {
		{ SMALL_TEXT SMALL_BASE, sizeof(SMALL_TEXT SMALL_BASE) - 1 },
		{ SMALL_TEXT SMALL_BASE "SIZE(page)=6", sizeof(SMALL_TEXT SMALL_BASE) - 1 },
		{ SMALL_TEXT SMALL_BASE "no line\nSIZE(page)=64\n",
		  sizeof(SMALL_TEXT SMALL_BASE) - 1 },
		{ SMALL_TEXT SMALL_BASE "SIZE\1(page)=64\n", sizeof(SMALL_TEXT SMALL_BASE) - 1 },
	};
	struct found_info found;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		begin();
		put(SMALL_REST, texts[i].text);
		CHECK_EQ(find(NULL, 0, &found), OK);
		CHECK_EQ(found.bytes, texts[i].bytes);
		free(found.text);
	}
}

TEST(note_says_how_long_it_is)
{
	static const char text[] = SMALL_TEXT SMALL_BASE, more[] = "SIZE(page)=64\n";
	struct found_info found;

	for (int lies = 0; lies < 3; lies++) {
		begin();
		put(SMALL_REST + 24, text);
		put(SMALL_REST + 24 + sizeof(text) - 1, more);
		put_32(false, memory + SMALL_REST, 11);
		put_32(false, memory + SMALL_REST + 4,
		       lies == 1 ? UINT32_MAX : lies == 2 ? 0 : sizeof(text) - 1);
		put(SMALL_REST + 12, "VMCOREINFO");
		CHECK_EQ(find(NULL, 0, &found), OK);
		CHECK_EQ(found.at, SMALL_REST + 24);
		CHECK_EQ(found.bytes, sizeof(text) - 1 + (lies ? sizeof(more) - 1 : 0));
		free(found.text);
	}
}

TEST(what_does_not_lead_to_its_utsname_is_not_taken)
{
	static const char *const texts[] = {
		"OSRELEASE=6.1.1\n", "OSRELEASE=6.1.0-long\n", "OSRELEASE=6.1\n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		begin();
		put(SMALL_REST, texts[i]);
		put(SMALL_REST + strlen(texts[i]), strchr(SMALL_TEXT SMALL_BASE, '\n') + 1);
		CHECK_EQ(found_at(), 0);
	}
	begin();
	put(SMALL_REST, SMALL_TEXT SMALL_BASE);
	put_64(false, memory + SMALL_PMD, 0);
	CHECK_EQ(found_at(), 0);
}

TEST(text_with_a_page_size_that_no_machine_has_is_not_taken)
{
	static const char *const sizes[] = { "0", "4097", "2048", "1152921504606846976" };
	char text[256];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		begin();
		snprintf(text, sizeof(text), "OSRELEASE=6.1.0\nPAGESIZE=%s\n%s", sizes[i],
			 strstr(SMALL_TEXT SMALL_BASE, "SYMBOL"));
		put(SMALL_REST, text);
		CHECK_EQ(found_at(), 0);
	}
}

TEST(longer_text_of_the_same_kernel_wins)
{
	for (int order = 0; order < 2; order++) {
		begin();
		put(SMALL_REST + (order ? 0 : 4096), SMALL_TEXT SMALL_BASE);
		put(SMALL_REST + (order ? 4096 : 0), SMALL_TEXT SMALL_BASE "CRASHTIME=5\n");
		CHECK_EQ(found_at(), SMALL_REST + (order ? 4096 : 0));
	}
}

TEST(two_that_differ_are_none)
{
	begin();
	put(SMALL_REST, SMALL_TEXT SMALL_BASE "SIZE(page)=56\n");
	put(SMALL_REST + 4096, SMALL_TEXT SMALL_BASE "SIZE(page)=64\n");
	CHECK_EQ(found_at(), 0);
	CHECK(strstr(err_text(), "several"));
}

/* The image one huge page higher than where setup() looks when nothing tells. */
TEST(cpu_tells_where_the_image_lies)
{
	uint8_t note[SMALL_NOTE];
	struct found_info found;

	begin();
	put_64(false, memory + SMALL_PMD, 0);
	put_64(false, memory + SMALL_PMD + 8, 0xe3);
	put(SMALL_REST, "OSRELEASE=6.1.0\nPAGESIZE=4096\nSYMBOL(init_uts_ns)=ffffffff80205000\n"
	    "OFFSET(uts_namespace.name)=0\nSYMBOL(init_top_pgt)=ffffffff80202000\n");
	small_cpu(note, SMALL_PGD, small_image + 0x200000 + SMALL_IDT);
	CHECK_EQ(find(note, sizeof(note), &found), OK);
	CHECK_EQ(found.facts.value[NUMBER_PHYS_BASE], -UINT64_C(0x200000));
	CHECK(found.placed_by && strstr(found.placed_by, "CPU"));
	free(found.text);
	CHECK_EQ(find(NULL, 0, &found), OK);
	CHECK_EQ(found.facts.value[NUMBER_PHYS_BASE], -UINT64_C(0x200000));
	CHECK(found.placed_by && strstr(found.placed_by, "search"));
	free(found.text);
}

/* Does a CPU with this root, in tables where utsname lies elsewhere, let the kernel pass? */
static bool passes(paddr_t root, paddr_t huge, bool kernel)
{
	uint8_t note[SMALL_NOTE];
	struct found_info found;

	begin();
	put(SMALL_REST, SMALL_TEXT SMALL_BASE);
	put_64(false, memory + 0x10000 + 511 * 8, 0x11063);
	put_64(false, memory + 0x11000 + 510 * 8, 0x12063);
	put_64(false, memory + 0x12000, huge | 0xe3);
	put_64(false, memory + 0x12000 + 8, 0xe3);
	small_cpu(note, root, kernel ? small_image + 0x200000 + SMALL_IDT : SMALL_IDT);
	if (find(note, sizeof(note), &found) != OK)
		return false;
	free(found.text);
	return true;
}

TEST(cpus_must_run_the_kernel)
{
	CHECK(passes(SMALL_PGD, 0, true));
	CHECK(passes(SMALL_PGD + 0x1000, 0, true));   /* of a process: the kernel's is before it */
	CHECK(passes(0x10000, 0, true));              /* another table of the same kernel */
	CHECK(!passes(0x10000, 0x40000000, true));    /* of another one */
	CHECK(passes(0x10000, 0x40000000, false));    /* of firmware: says nothing */
	CHECK(passes(UINT64_C(1) << 40, 0, true));    /* outside of the dump: likewise */
}

/* Where the handler of an IDT says that a kernel, linked 2 MiB lower, was moved to; at 0: it is not
 * told which handler that is. */
static err_t placed(vaddr_t divide_error, const char *release, struct facts *ret)
{
	const uint64_t lower = 0x200000;
	struct facts linked = { 0 };
	struct memory_dump dump;
	uint8_t note[SMALL_NOTE];

	begin();
	memory_dump_init(&dump, memory, SMALL_BYTES);
	small_cpu(note, SMALL_PGD, small_image + SMALL_IDT);
	dump.source.notes = note;
	dump.source.notes_bytes = sizeof(note);
	if (divide_error)
		fact_set(&linked, SYMBOL_DIVIDE_ERROR, divide_error - lower, "test");
	fact_set(&linked, SYMBOL_INIT_UTS_NS, small_image + SMALL_UTS - lower, "test");
	fact_set(&linked, OFFSET_UTS_NAMESPACE_NAME, 0, "test");
	fact_set(&linked, SYMBOL_INIT_TOP_PGT, small_image + SMALL_PGD - lower, "test");
	fact_set_text(&linked, TEXT_OSRELEASE, release, strlen(release), "test");
	*ret = (struct facts){ 0 };
	return cpus_place(&dump.source, arch_find(EM_X86_64), &linked, ret);
}

TEST(handler_tells_how_far_a_kernel_moved)
{
	struct facts facts;

	CHECK_EQ(placed(small_image + 0x10000, "6.1.0", &facts), OK);
	CHECK_EQ(facts.value[HEX_KERNELOFFSET], 0x200000);
	CHECK(fact_known(&facts, NUMBER_PHYS_BASE));
	CHECK_EQ(facts.value[NUMBER_PHYS_BASE], 0);
	CHECK(fact_known(&facts, NUMBER_PGTABLE_L5_ENABLED));
	CHECK_EQ(facts.value[NUMBER_PGTABLE_L5_ENABLED], 0);
	CHECK_EQ(placed(small_image + 0x10000, "6.1.1", &facts), ERR_NOFACT);
	CHECK_EQ(placed(small_image + 0x11000, "6.1.0", &facts), ERR_NOFACT);
	CHECK_EQ(placed(small_image + 0x210000, "6.1.0", &facts), ERR_NOFACT);
	CHECK_EQ(placed(0, "6.1.0", &facts), OK);
	CHECK_EQ(facts.value[HEX_KERNELOFFSET], 0x200000);
	CHECK_EQ(placed(0, "6.1.1", &facts), ERR_NOFACT);
}

int main(void)
{
	return run_tests((struct test[]){
		{ "findinfo: text is found where a kernel may have it",
		  text_is_found_where_a_kernel_may_have_it },
		{ "findinfo: text is found across pieces", text_is_found_across_pieces },
		{ "findinfo: a hole of any size is one step", hole_of_any_size_is_one_step },
		{ "findinfo: text ends where it should", text_ends_where_it_should },
		{ "findinfo: note says how long it is", note_says_how_long_it_is },
		{ "findinfo: what does not lead to its utsname is not taken",
		  what_does_not_lead_to_its_utsname_is_not_taken },
		{ "findinfo: text with a page size that no machine has is not taken",
		  text_with_a_page_size_that_no_machine_has_is_not_taken },
		{ "findinfo: longer text of the same kernel wins",
		  longer_text_of_the_same_kernel_wins },
		{ "findinfo: two that differ are none", two_that_differ_are_none },
		{ "findinfo: a CPU tells where the image lies", cpu_tells_where_the_image_lies },
		{ "findinfo: the CPUs must run the kernel", cpus_must_run_the_kernel },
		{ "findinfo: a handler tells how far a kernel moved",
		  handler_tells_how_far_a_kernel_moved },
		{ 0 },
	});
}
