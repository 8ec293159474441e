// SPDX-License-Identifier: GPL-2.0-only
/* machines.c - unit tests of the machines whose tables tell themselves: what is found in them, and
 * what is refused. tests/xlat has their pages of all sizes. */
#include "world.h"

static const char root_c0[] = "SYMBOL(swapper_pg_dir)=c0000000\n";

TEST(x86_home)
{
	struct world world;

	CHECK_EQ(world_begin(&world, EM_386, 12, false, root_c0), OK);
	CHECK(world_setup(&world) == ERR_CORRUPT); /* zeros map nothing */
	CHECK(strstr(err_text(), "0xc0000000") != NULL);
	set_32_at(&world, 0x300 * 4, 0x000001e3); /* 4 MiB at PAGE_OFFSET */
	CHECK_EQ(world_setup(&world), OK);
	CHECK(world.space.paging->levels == 2 && world.space.kernel_start == 0xc0000000);
	CHECK(leads_to(&world, 0xc0123456, 0x123456, 0x400000 - 0x123456));
	CHECK(leads_nowhere(&world, 0xc0400000));
	CHECK(leads_nowhere(&world, 0x1c0123456));
	world_end(&world);

	CHECK_EQ(world_begin(&world, EM_386, 12, false, root_c0), OK); /* the same with PAE */
	set_entry(&world, 0, 3, 0x1001);
	set_entry(&world, 0x1000, 0, 0x80000000000001e3);
	CHECK_EQ(world_setup(&world), OK);
	CHECK(world.space.paging->levels == 3);
	CHECK(leads_to(&world, 0xc0123456, 0x123456, 0x200000 - 0x123456));
	world_end(&world);

	/* Told of PAE, nothing else is tried. */
	CHECK_EQ(world_begin(&world, EM_386, 12, false,
			     "CONFIG_X86_PAE=y\nSYMBOL(swapper_pg_dir)=c0000000\n"), OK);
	set_32_at(&world, 0x300 * 4, 0x000001e3);
	CHECK(world_setup(&world) == ERR_CORRUPT);
	world_end(&world);
}

/* A segment may begin far below the kernel's memory: flash, say. */
TEST(arm_home)
{
	struct world world;
	struct segment segment = { .memory_bytes = BYTES, .file_bytes = BYTES };

	CHECK_EQ(world_begin(&world, EM_ARM, 12, false, root_c0), OK);
	world.dump.source.segment = &segment;
	world.dump.source.segments = 1;
	CHECK(world_setup(&world) == ERR_CORRUPT);
	set_32_at(&world, 0xc00 * 4, 0x00000c0e);           /* a section */
	set_32_at(&world, 0xc01 * 4, 0x00005001);           /* a coarse table */
	for (unsigned i = 16; i < 32; i++)
		set_32_at(&world, 0x5000 + i * 4, 0x00080001); /* a large page */
	set_32_at(&world, 0x5000 + 255 * 4, 0x0001205f);
	CHECK_EQ(world_setup(&world), OK);
	CHECK(world.space.phys_base == 0 && world.space.file_pfn == 0);
	CHECK(leads_to(&world, 0xc0112345, 0x82345, 0x10000 - 0x2345));
	CHECK(leads_to(&world, 0xc01fffff, 0x12fff, 1));
	CHECK(leads_nowhere(&world, 0xc0120000));
	world_end(&world);
}

static const char ppc64_radix[] = "SYMBOL(swapper_pg_dir)=c000000000000000\nNUMBER(RADIX_MMU)=1\n"
	"SYMBOL(vmemmap_list)=c000000000100000\n";
static const char ppc64_list[] = "SYMBOL(swapper_pg_dir)=c000000000000000\nNUMBER(RADIX_MMU)=0\n"
	"SYMBOL(vmemmap_list)=c000000000100000\nSYMBOL(mmu_vmemmap_psize)=c000000000100008\n"
	"SYMBOL(mmu_psize_defs)=c000000000100010\nSIZE(mmu_psize_def)=8\n"
	"OFFSET(mmu_psize_def.shift)=4\nOFFSET(vmemmap_backing.list)=0\n"
	"OFFSET(vmemmap_backing.phys)=8\nOFFSET(vmemmap_backing.virt_addr)=16\n";

static void add_backing(struct world *world, unsigned i, unsigned next, uint64_t at, paddr_t paddr)
{
	uint64_t entry = 0x110000 + i * 24;

	set_entry(world, entry, 0, next ? 0xc000000000110000 + next * 24 : 0);
	set_entry(world, entry, 1, paddr);
	set_entry(world, entry, 2, at);
}

TEST(ppc64_lists)
{
	struct world world;

	CHECK_EQ(world_begin(&world, EM_PPC64, 16, false, ppc64_radix), OK);
	CHECK_EQ(world_setup(&world), OK); /* an empty list */
	CHECK(world.space.backing.last == 0);
	set_entry(&world, 0x100000, 0, 0xc000000000110018);
	CHECK(world_setup(&world) == ERR_NOFACT); /* of an entry nothing is told */
	world_end(&world);

	CHECK_EQ(world_begin(&world, EM_PPC64, 16, false, ppc64_list), OK);
	set_entry(&world, 0x100000, 0, 0xc000000000110018);
	set_32_at(&world, 0x100008, 1);
	set_32_at(&world, 0x100010 + 8 + 4, 24); /* 16 MiB */
	add_backing(&world, 1, 2, 0xf000000001000000, 0x50000000);
	add_backing(&world, 2, 0, 0xf000000000000000, 0x70000000);
	CHECK_EQ(world_setup(&world), OK);
	CHECK(leads_to(&world, 0xf000000000000010, 0x70000010, (16 << 20) - 0x10));
	CHECK(leads_to(&world, 0xf000000001ffffff, 0x50ffffff, 1));
	CHECK(leads_nowhere(&world, 0xf000000002000000));

	add_backing(&world, 2, 1, 0xf000000000000000, 0x70000000); /* back to the head */
	CHECK_EQ(world_setup(&world), OK);
	CHECK(leads_to(&world, 0xf000000000000010, 0x70000010, (16 << 20) - 0x10));
	add_backing(&world, 2, 2, 0xf000000000000000, 0x70000000); /* in a circle, past it */
	CHECK(world_setup(&world) == ERR_CORRUPT);
	CHECK(strstr(err_text(), "entries") != NULL);
	set_entry(&world, 0x110030, 0, 0xc0000000deadbee0);        /* out of the dump */
	CHECK(world_setup(&world) == ERR_CORRUPT);
	set_32_at(&world, 0x100010 + 8 + 4, 63);
	CHECK(world_setup(&world) == ERR_CORRUPT);
	CHECK(strstr(err_text(), "shift is 63") != NULL);
	world_end(&world);
}

/* Before 4.6: where the number begins of a page of 64 KiB. */
TEST(ppc64_numbers)
{
	static const struct {
		const char *text;
		unsigned shift;
	} kernels[] = {
		{ "OSRELEASE=3.1.0\n", 30 },
		{ "OSRELEASE=2.6.22\n", 30 },
		{ "OSRELEASE=2.6.21\n", 32 },
		{ "OSRELEASE=2.6.18-8.el5\nSYMBOL(demote_segment_4k)=c000000000001000\n", 30 },
	};

	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		struct world world;
		char text[160];
		snprintf(text, sizeof(text), "%sSYMBOL(swapper_pg_dir)=c000000000000000\n",
			 kernels[i].text);
		CHECK_EQ(world_begin(&world, EM_PPC64, 16, true, text), OK);
		set_entry(&world, 0, 0, 0xc000000000010000);
		set_entry(&world, 0x10000, 0, 0xc000000000020fff); /* 12 bits are its own */
		set_entry(&world, 0x20000, 0, UINT64_C(0x123) << kernels[i].shift | 1);
		CHECK_EQ(world_setup(&world), OK);
		CHECK(leads_to(&world, 0xd000000000000000, 0x1230000, 0x10000));
		world_end(&world);
	}
}

/* Where the page frame number begins, for each way processors and kernels have it. */
TEST(mips64_number)
{
	static const struct {
		uint64_t flags;
		unsigned shift;
	} pages[] = {
		{ 0x1d | 7 << 5 | 5 << 8, 11 },  /* nothing behind the software's flags */
		{ 0x1d | 7 << 6 | 3 << 9, 12 },  /* special */
		{ 0x1d | 7 << 7 | 5 << 10, 13 }, /* huge, special */
		{ 0x0f | 7 << 8 | 5 << 11, 14 }, /* huge, special, no exec, no read */
	};

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		struct world world;
		CHECK_EQ(world_begin(&world, EM_MIPS, 12, false,
				     "SYMBOL(swapper_pg_dir)=ffffffff80000000\n"), OK);
		set_entry(&world, 0, 0, 0x9800000000002000);
		set_entry(&world, 0x2000, 0, 0x9800000000003000);
		set_entry(&world, 0x3000, 1, 1);
		set_entry(&world, 0x3000, 2, UINT64_C(0xabc) << pages[i].shift | pages[i].flags);
		CHECK_EQ(world_setup(&world), OK);
		CHECK_EQ(world.space.entry_shift, pages[i].shift);
		CHECK(leads_to(&world, 0xc000000000002001, 0xabc001, 0xfff));
		world_end(&world);
	}
}

TEST(mips64_refused)
{
	struct world world;

	CHECK_EQ(world_begin(&world, EM_MIPS, 12, true, "SYMBOL(swapper_pg_dir)=80000000\n"), OK);
	CHECK(world_setup(&world) == ERR_CORRUPT);
	world.dump.source.class_bytes = 4;
	CHECK(world_setup(&world) == ERR_UNSUPPORTED);
	world_end(&world);

	CHECK_EQ(world_begin(&world, EM_MIPS, 12, true,
			     "SYMBOL(swapper_pg_dir)=ffffffff80000000\n"), OK);
	CHECK(world_setup(&world) == ERR_UNSUPPORTED); /* one level */
	set_entry(&world, 0, 0, 0x9800000000000000);   /* a table that leads to itself */
	CHECK(world_setup(&world) == ERR_UNSUPPORTED);
	CHECK(strstr(err_text(), "5 levels") != NULL);
	set_entry(&world, 0, 0, 0x9800000fff000000);
	CHECK(world_setup(&world) == ERR_CORRUPT);
	world_end(&world);
}

TEST(loongarch64_huge)
{
	struct world world;

	CHECK_EQ(world_begin(&world, 258, 14, false,
			     "SYMBOL(swapper_pg_dir)=9000000000000000\n"), OK);
	set_entry(&world, 0, 0, 0x9000000000004000);
	set_entry(&world, 0x4000, 0, 0x9000000000008000);
	set_entry(&world, 0x4000, 1, 0x40000000060013d3); /* 32 MiB, not to be executed */
	set_entry(&world, 0x4000, 2, 0x06000000);         /* neither table nor page */
	CHECK_EQ(world_setup(&world), OK);
	CHECK(leads_to(&world, 0xffff800002000001, 0x06000001, 0x2000000 - 1));
	CHECK(leads_nowhere(&world, 0xffff800004000000));
	world_end(&world);
}

/* Entries of 8 bytes of an e500: the number from bit 24 on. */
TEST(ppc_book3e)
{
	struct world world;

	CHECK_EQ(world_begin(&world, EM_PPC, 12, true, "NUMBER(VMALLOC_START)=0xf0000000\n"
			     "SYMBOL(swapper_pg_dir)=c0000000\n"), OK);
	world.dump.source.end = 0x80000000;
	set_32_at(&world, 0x780 * 4, 0xc0002000 | 0x400);
	set_entry(&world, 0x2000, 3, UINT64_C(0x1234) << 24 | 0x800055);
	CHECK_EQ(world_setup(&world), OK);
	CHECK(world.space.paging->upper_bytes == 4 && world.space.paging->entry_bytes == 8);
	CHECK(leads_to(&world, 0xf0003004, 0x1234004, 0x1000 - 4));
	CHECK(leads_to(&world, 0xc0000005, 5, 0x30000000 - 5));
	world_end(&world);
}

TEST(refused)
{
	static const struct {
		uint16_t machine;
		unsigned page_shift;
		const char *info;
		err_t want;
	} bad[] = {
		{ EM_386, 12, "", ERR_NOFACT },
		{ EM_ARM, 12, "", ERR_NOFACT },
		{ EM_PPC64, 16, "", ERR_NOFACT },
		{ EM_PPC64, 14, "SYMBOL(swapper_pg_dir)=c000000000000000\n", ERR_UNSUPPORTED },
		{ EM_PPC64, 16, "SYMBOL(swapper_pg_dir)=d000000000000000\n", ERR_NOFACT },
		{ EM_MIPS, 12, "", ERR_NOFACT },
		{ 258, 14, "SYMBOL(swapper_pg_dir)=c000000000000000\n", ERR_CORRUPT },
		{ 258, 14, "SYMBOL(swapper_pg_dir)=9000ffff00000000\n", ERR_CORRUPT },
		{ EM_PPC, 12, "", ERR_NOFACT },
		{ EM_PPC, 12, "SYMBOL(swapper_pg_dir)=c0fff000\n", ERR_CORRUPT },
		{ EM_IA_64, 14, "SYMBOL(swapper_pg_dir)=a000000100000000\n", ERR_NOFACT },
		{ EM_IA_64, 14, "SYMBOL(swapper_pg_dir)=e000000100000000\n"
		  "SYMBOL(_stext)=a000000100000000\n", ERR_CORRUPT },
		{ EM_IA_64, 15, "SYMBOL(swapper_pg_dir)=a000000100000000\n"
		  "SYMBOL(_stext)=a000000100000000\n", ERR_UNSUPPORTED },
		{ EM_SPARCV9, 13, "SYMBOL(swapper_pg_dir)=fff8000000400000\n", ERR_CORRUPT },
		{ EM_SPARCV9, 12, "SYMBOL(swapper_pg_dir)=500000\n", ERR_UNSUPPORTED },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct world world;
		CHECK_EQ(world_begin(&world, bad[i].machine, bad[i].page_shift, false, bad[i].info),
			 OK);
		CHECK_EQ(world_setup(&world), bad[i].want);
		world_end(&world);
	}
}

int main(void)
{
	return run_tests((struct test[]){
		{ "i386: tables that map themselves, with PAE and without", x86_home },
		{ "arm: the same, and large pages", arm_home },
		{ "ppc64: the list of the page array: short, circular, broken", ppc64_lists },
		{ "ppc64: page frame numbers before 4.6", ppc64_numbers },
		{ "mips64: where page frame numbers begin", mips64_number },
		{ "mips64: tables that make no sense", mips64_refused },
		{ "loongarch64: huge pages", loongarch64_huge },
		{ "ppc: entries of 8 bytes", ppc_book3e },
		{ "facts that make no sense or are missing", refused },
		{ 0 },
	});
}
