// SPDX-License-Identifier: GPL-2.0-only
/* facts.c - unit tests of vmcoreinfo's text, of the questions to a vmlinux and of joining facts. */
#include "base/io.h"
#include "facts/asks.h"
#include "facts/given.h"
#include "facts/release.h"
#include "facts/vmcoreinfo.h"
#include "facts/vmlinux.h"
#include "tests/test.h"

#include <unistd.h>

static err_t take(struct facts *facts, const char *text)
{
	*facts = (struct facts){ 0 };
	return vmcoreinfo_read(facts, text, strlen(text), "test");
}

#define HEAD "OSRELEASE=5.10.0-test\nPAGESIZE=4096\n"

TEST(text_is_read_and_written_alike)
{
	static const char text[] = HEAD "SYMBOL(mem_section)=ffffffff81000000\nSIZE(page)=64\n"
		"OFFSET(page._count)=28\nLENGTH(zone.free_area)=11\n"
		"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n"
		"SRCFILE(pud_t)=include/asm-generic/pgtable-nopud.h\n";
	char written[sizeof(text) + 1] = "";
	struct facts facts;

	CHECK_EQ(take(&facts, text), OK);
	FILE *out = fmemopen(written, sizeof(written), "w");
	CHECK(out != NULL);
	if (!out)
		return;
	vmcoreinfo_write(&facts, out);
	fclose(out);
	CHECK(strcmp(written, text) == 0);
}

TEST(text_tells_more_than_numbers)
{
	struct facts facts;

	CHECK_EQ(take(&facts, HEAD "BUILD-ID=00ff\nOFFSET(page.lru)=10h\n"), ERR_CORRUPT);
	CHECK_EQ(take(&facts, HEAD "BUILD-ID=00ff\nOFFSET(page._count)=8\nOFFSET(page.lru)=1f\n"),
		 OK);
	CHECK(strcmp(facts.build_id, "00ff") == 0);
	CHECK(strcmp(fact_text(&facts, TEXT_OSRELEASE), "5.10.0-test") == 0);
	CHECK_EQ(facts.value[OFFSET_PAGE_REFCOUNT], 8);
	CHECK_EQ(facts.value[OFFSET_PAGE_LRU], 31);
	CHECK(!fact_known(&facts, TEXT_PUD_T));
}

TEST(a_text_that_is_too_long_is_cut)
{
	char text[600] = HEAD "BUILD-ID=";
	size_t head = strlen(text);
	struct facts facts;

	memset(text + head, 'a', 500);
	strcpy(text + head + 500, "\n");
	CHECK_EQ(take(&facts, text), OK);
	CHECK_EQ(strlen(facts.build_id), BUILD_ID_BYTES - 1);
}

static const struct ask *find(struct asks *asks, const char *name, enum fact_id id)
{
	struct ask *ask = asks_find(asks, name);

	while (ask && ask->id != id)
		ask = asks_more(asks, ask, name);
	return ask;
}

TEST(asks_follow_from_the_names_of_facts)
{
	static struct asks asks;
	struct facts facts = { 0 };

	fact_set(&facts, OFFSET_PAGE_LRU, 8, "test");
	asks_init(&asks, &facts);
	const struct ask *ask = find(&asks, "page", OFFSET_PAGE_FLAGS);
	CHECK(ask && ask->what == ASK_OFFSET && piece_is(ask->member, "flags"));
	ask = find(&asks, "page", SIZE_PAGE);
	CHECK(ask && ask->what == ASK_TYPE_SIZE);
	ask = find(&asks, "mem_section", LENGTH_MEM_SECTION);
	CHECK(ask && ask->what == ASK_VARIABLE_LENGTH);
	ask = find(&asks, "zone", LENGTH_ZONE_FREE_AREA);
	CHECK(ask && ask->what == ASK_MEMBER_LENGTH);
	ask = find(&asks, "_stext", SYMBOL_STEXT);
	CHECK(ask && ask->what == ASK_SYMBOL);
	CHECK(!find(&asks, "page", OFFSET_PAGE_LRU));
	fact_set(&facts, SIZE_PAGE, 64, "test");
	CHECK(!find(&asks, "page", SIZE_PAGE));
	CHECK(!asks_find(&asks, "no_such_name"));
	CHECK(!asks_find(&asks, ""));
}

static bool reads(const char *name, enum fact_id id, uint64_t enumerator, uint64_t *ret)
{
	static struct asks asks;
	struct facts facts = { 0 };

	asks_init(&asks, &facts);
	const struct ask *ask = find(&asks, name, id);
	return ask && ask_read(ask, enumerator, ret);
}

/* A name that meant a bit of page.flags came to mean a bit of page types, and then a byte. */
TEST(enumerators_are_read_by_era)
{
	uint64_t told = 0;

	CHECK(reads("PG_buddy", NUMBER_PG_BUDDY, 19, &told));
	CHECK_EQ(told, 19);
	CHECK(!reads("PG_buddy", NUMBER_PAGE_BUDDY, 19, &told));
	CHECK(!reads("PG_buddy", NUMBER_PG_BUDDY, 0x40000000, &told));
	CHECK(reads("PG_buddy", NUMBER_PAGE_BUDDY, 0x40000000, &told));
	CHECK_EQ((uint32_t)told, 0xbfffffff);
	CHECK(reads("PGTY_buddy", NUMBER_PAGE_BUDDY, 0xf0, &told));
	CHECK_EQ((int64_t)told, -268435456);
	CHECK(!reads("PGTY_buddy", NUMBER_PAGE_BUDDY, 0x1f0, &told));
	CHECK(reads("PG_slab", NUMBER_PG_SLAB, 9, &told));
	CHECK(!reads("PG_slab", NUMBER_PG_SLAB, 0x1000, &told));
	CHECK(reads("PG_head", NUMBER_PG_HEAD_MASK, 16, &told));
	CHECK_EQ(told, 65536);
	CHECK(!reads("PG_head", NUMBER_PG_HEAD_MASK, 64, &told));
	CHECK(reads("NR_FREE_PAGES", NUMBER_NR_FREE_PAGES, 70, &told));
	CHECK_EQ(told, 70);
}

TEST(the_same_kernel_is_told_by_build_id_or_release)
{
	struct facts given, own;

	take(&given, HEAD);
	take(&own, HEAD "BUILD-ID=01\n");
	CHECK_EQ(given_match(&given, "file", &own, "dump"), OK);
	take(&given, HEAD "BUILD-ID=02\n");
	CHECK_EQ(given_match(&given, "file", &own, "dump"), ERR_MISMATCH);
	take(&given, "OSRELEASE=5.10.1\nPAGESIZE=4096\nBUILD-ID=01\n");
	CHECK_EQ(given_match(&given, "file", &own, "dump"), OK);
	take(&given, "OSRELEASE=5.10.1\nPAGESIZE=4096\n");
	CHECK_EQ(given_match(&given, "file", &own, "dump"), ERR_MISMATCH);
	own = (struct facts){ 0 };
	CHECK_EQ(given_match(&given, "file", &own, "dump"), OK);
}

TEST(addresses_move_with_the_kernel)
{
	struct facts given, own;

	take(&given, HEAD "SYMBOL(_stext)=81000000\nSYMBOL(mem_section)=82000000\nSIZE(page)=64\n");
	take(&own, HEAD "KERNELOFFSET=100000\n");
	given_slide(&given, &own);
	CHECK_EQ(given.value[SYMBOL_MEM_SECTION], 0x82100000);
	CHECK_EQ(given.value[SIZE_PAGE], 64);
	take(&given, HEAD "SYMBOL(_stext)=81000000\nSYMBOL(x86_bios_cpu_apicid)=a000\n"
		     "SYMBOL(mem_section)=80ff0000\n");
	given_slide(&given, &own);
	CHECK_EQ(given.value[SYMBOL_X86_APICID], 0xa000);
	CHECK_EQ(given.value[SYMBOL_MEM_SECTION], 0x810f0000);
	given.value[SYMBOL_MEM_SECTION] = 0x82100000;
	/* A text taken from the running kernel is where that is already. */
	take(&own, HEAD "KERNELOFFSET=100000\nSYMBOL(_stext)=81100000\n");
	given_slide(&given, &own);
	CHECK_EQ(given.value[SYMBOL_MEM_SECTION], 0x82100000);
	own = (struct facts){ 0 };
	given_slide(&given, &own);
	CHECK_EQ(given.value[SYMBOL_MEM_SECTION], 0x82100000);
}

TEST(the_file_first_but_the_boot_is_the_dumps)
{
	struct facts given, own;

	take(&given, "OSRELEASE=5.10.0-test\nPAGESIZE=65536\nSIZE(page)=64\nNUMBER(phys_base)=1\n"
		     "SYMBOL(mem_section)=1000\nSYMBOL(init_uts_ns)=10\n");
	take(&own, HEAD "SIZE(page)=56\nOFFSET(page.lru)=8\nNUMBER(phys_base)=2\nCRASHTIME=3\n"
		   "SYMBOL(mem_section)=2000\nSYMBOL(init_uts_ns)=20\nBUILD-ID=ab\n");
	given_join(&given, &own);
	CHECK_EQ(given.value[DECIMAL_PAGESIZE], 4096);
	CHECK_EQ(given.value[SIZE_PAGE], 64);
	CHECK_EQ(given.value[OFFSET_PAGE_LRU], 8);
	CHECK_EQ(given.value[NUMBER_PHYS_BASE], 2);
	CHECK_EQ(given.value[DECIMAL_CRASHTIME], 3);
	CHECK_EQ(given.value[SYMBOL_MEM_SECTION], 0x2000);
	CHECK_EQ(given.value[SYMBOL_INIT_UTS_NS], 0x10);
	CHECK(strcmp(given.build_id, "ab") == 0);
}

static uint64_t completed(const char *text, enum fact_id id)
{
	struct facts facts;

	take(&facts, text);
	release_complete(&facts);
	return fact_or(&facts, id, 0);
}

TEST(macros_are_completed_by_release)
{
	CHECK_EQ(completed("OSRELEASE=4.17.0\nPAGESIZE=4096\n", NUMBER_PAGE_BUDDY), 0);
	CHECK_EQ(completed("OSRELEASE=4.18.0\nPAGESIZE=4096\n", NUMBER_PAGE_BUDDY), -129);
	CHECK_EQ(completed("OSRELEASE=4.18.0\nPAGESIZE=4096\n", NUMBER_PAGE_OFFLINE), 0);
	CHECK_EQ(completed("OSRELEASE=6.1.0\nPAGESIZE=4096\n", NUMBER_PAGE_OFFLINE), -257);
	CHECK_EQ(completed("OSRELEASE=6.10.9\nPAGESIZE=4096\n", NUMBER_PAGE_SLAB), ~0x1000ull);
	CHECK_EQ(completed("OSRELEASE=6.11.0\nPAGESIZE=4096\n", NUMBER_PAGE_BUDDY), 0);
	CHECK_EQ(completed(HEAD "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-5\n", NUMBER_PAGE_BUDDY), -5);
}

/* What becomes of a vmlinux on a disk that fails while it is read. */
TEST(a_file_that_shrinks_is_no_signal)
{
	char name[] = "/tmp/vmlinux.XXXXXX", *bytes;
	size_t size;
	struct vmlinux vmlinux;
	struct facts facts = { 0 };
	int fd = mkstemp(name);

	CHECK_EQ(io_slurp("tests/fuzz/corpus/dwarf/dwarf5", 1 << 20, &bytes, &size), OK);
	CHECK_EQ(io_write(fd, name, 0, bytes, size), OK);
	free(bytes);
	CHECK_EQ(vmlinux_open(&vmlinux, name), OK);
	CHECK_EQ(vmlinux_facts(&vmlinux, &facts), OK);
	CHECK(fact_known(&facts, SIZE_PAGE));
	vmlinux_close(&vmlinux);

	CHECK_EQ(vmlinux_open(&vmlinux, name), OK);
	CHECK_EQ(ftruncate(fd, 0), 0);
	CHECK_EQ(vmlinux_facts(&vmlinux, &facts), ERR_IO);
	vmlinux_close(&vmlinux);
	close(fd);
	unlink(name);
}

int main(void)
{
	fault_setup();
	return run_tests((struct test[]){
		{ "vmcoreinfo is read and written alike", text_is_read_and_written_alike },
		{ "vmcoreinfo has texts, hexadecimal and old names", text_tells_more_than_numbers },
		{ "a text that is too long is cut", a_text_that_is_too_long_is_cut },
		{ "asks follow from the names of facts", asks_follow_from_the_names_of_facts },
		{ "enumerators are read by era", enumerators_are_read_by_era },
		{ "the same kernel: build id, else release",
		  the_same_kernel_is_told_by_build_id_or_release },
		{ "addresses move with the kernel", addresses_move_with_the_kernel },
		{ "the file first, but the boot is the dump's",
		  the_file_first_but_the_boot_is_the_dumps },
		{ "macros are completed by release", macros_are_completed_by_release },
		{ "a file that shrinks is no signal", a_file_that_shrinks_is_no_signal },
		{ 0 } });
}
