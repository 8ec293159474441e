// SPDX-License-Identifier: GPL-2.0-only
/* arch.c - unit tests of the machines: the root and the shape that facts lead to, and entries of
 * page tables that no recipe makes. */
#include "world.h"

static const char arm64_48[] = "NUMBER(VA_BITS)=48\nNUMBER(TCR_EL1_T1SZ)=0x10\n"
	"NUMBER(kimage_voffset)=0xffff800000000000\nNUMBER(PHYS_OFFSET)=0x0\n"
	"SYMBOL(swapper_pg_dir)=ffff800000000000\nSYMBOL(_stext)=ffff800000010000\n";
static const char arm64_52[] = "NUMBER(VA_BITS)=52\nNUMBER(TCR_EL1_T1SZ)=0xc\n"
	"NUMBER(kimage_voffset)=0xffff800000000000\nNUMBER(PHYS_OFFSET)=0x0\n"
	"SYMBOL(swapper_pg_dir)=ffff800000000000\nSYMBOL(_stext)=ffff800000010000\n";

TEST(arm64_4k)
{
	struct world world;

	CHECK_EQ(world_init(&world, EM_AARCH64, 12, arm64_48), OK);
	set_entry(&world, 0, 0, 0x1003);            /* PGD, of ffff000000000000 */
	set_entry(&world, 0, 1, 0x1001);            /* no block at this level */
	set_entry(&world, 0x1000, 0, 0x2003);
	set_entry(&world, 0x1000, 1, 0x0000ffffc0000701 | UINT64_C(0x70) << 48); /* 1 GiB */
	set_entry(&world, 0x2000, 0, 0x3003);
	set_entry(&world, 0x2000, 1, 0x00000000ffe00f01); /* 2 MiB */
	set_entry(&world, 0x2000, 2, 0x3002);       /* not valid */
	set_entry(&world, 0x3000, 5, 0x0000123456789703);
	CHECK(leads_to(&world, 0xffff000000005123, 0x123456789123, 0x1000 - 0x123));
	CHECK(leads_to(&world, 0xffff000000212345, 0xffe12345, 0x200000 - 0x12345));
	CHECK(leads_to(&world, 0xffff000040000010, 0xffffc0000010, 0x40000000 - 0x10));
	CHECK(leads_nowhere(&world, 0xffff000000400000));
	CHECK(leads_nowhere(&world, 0xffff000000006000));
	CHECK(leads_nowhere(&world, 0xffff008000000000));
	CHECK(world.space.kernel_start == 0xffff000000000000);
	CHECK(world.space.section_bits == 27 && world.space.physmem_bits == 48);
	world_end(&world);
}

TEST(arm64_lpa2)
{
	struct world world;

	CHECK_EQ(world_init(&world, EM_AARCH64, 12, arm64_52), OK);
	set_entry(&world, 0, 0, 0x1003);
	set_entry(&world, 0x1000, 1, 0x0003008000000301); /* P4D; bits 49:48 too */
	CHECK(leads_to(&world, 0xfff0008000000456, 0x000f008000000456,
		       (UINT64_C(1) << 39) - 0x456));
	world_end(&world);

	/* Shareability where it is off. */
	CHECK_EQ(world_init(&world, EM_AARCH64, 12, arm64_48), OK);
	set_entry(&world, 0, 0, 0x1003);
	set_entry(&world, 0x1000, 0, 0x0003000040000301);
	CHECK(leads_to(&world, 0xffff000000000456, 0x40000456, 0x40000000 - 0x456));
	world_end(&world);
}

TEST(arm64_64k)
{
	struct world world;

	CHECK_EQ(world_init(&world, EM_AARCH64, 16, arm64_52), OK);
	set_entry(&world, 0, 0, 0x10003);
	set_entry(&world, 0x10000, 0, 0x20003);
	set_entry(&world, 0x10000, 1, 0x0000000040005701);
	set_entry(&world, 0x20000, 3, 0x000012345678a703);
	CHECK(leads_to(&world, 0xfff0000000031234, 0x000a123456781234, 0x10000 - 0x1234));
	CHECK(leads_to(&world, 0xfff0000020000001, 0x0005000040000001, 0x20000000 - 1));
	world_end(&world);
}

TEST(arm64_16k)
{
	struct world world;

	CHECK_EQ(world_init(&world, EM_AARCH64, 14, arm64_48), OK);
	set_entry(&world, 0, 0, 0x4003);
	set_entry(&world, 0x4000, 0, 0x0000001000000701); /* no block at this level */
	set_entry(&world, 0x4000, 1, 0x8003);
	set_entry(&world, 0x8000, 0, 0x0000000006000701);
	CHECK(leads_nowhere(&world, 0xffff000000000000));
	CHECK(leads_to(&world, 0xffff001000000002, 0x06000002, 0x2000000 - 2));
	world_end(&world);

	CHECK_EQ(world_init(&world, EM_AARCH64, 14, arm64_52), OK);
	set_entry(&world, 0, 0, 0x4003);
	set_entry(&world, 0x4000, 0, 0x0000001000000501);
	CHECK(leads_to(&world, 0xfff0000000000003, 0x0004001000000003, 0x1000000000 - 3));
	world_end(&world);
}

TEST(arm64_tags)
{
	struct world world;
	char info[INFO_MOST];

	snprintf(info, sizeof(info), "%sNUMBER(KERNELPACMASK)=0xffff000000000000\n", arm64_48);
	CHECK_EQ(world_init(&world, EM_AARCH64, 12, info), OK);
	set_entry(&world, 0, 0, 0x1003);
	set_entry(&world, 0x1000, 0, 0x40000701);
	CHECK(leads_to(&world, 0xf4ff000000000000, 0x40000000, 0x40000000)); /* MTE */
	CHECK(leads_to(&world, 0x12bf000000000000, 0x40000000, 0x40000000)); /* and signed */
	CHECK(space_plain(&world.space, 0x0012345678901234) == 0x0000345678901234);
	world_end(&world);

	CHECK_EQ(world_init(&world, EM_AARCH64, 12, arm64_48), OK); /* nobody signs */
	CHECK(space_plain(&world.space, 0x12bf000000000000) == 0xffbf000000000000);
	world_end(&world);
}

TEST(arm64_facts)
{
	static const struct {
		const char *info;
		err_t want;
		const char *words;
	} bad[] = {
		{ "NUMBER(VA_BITS)=64\n", ERR_CORRUPT, "VA_BITS 64" },
		{ "NUMBER(VA_BITS)=42\n", ERR_UNSUPPORTED, "42 bits" },
		{ "SYMBOL(swapper_pg_dir)=ffff800000000000\n", ERR_NOFACT, "VA_BITS" },
		{ "NUMBER(VA_BITS)=48\n", ERR_NOFACT, "swapper_pg_dir" },
		{ "NUMBER(VA_BITS)=48\nSYMBOL(swapper_pg_dir)=ffff800000000000\n", ERR_NOFACT,
		  "phys_base" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct world world;
		CHECK(world_init(&world, EM_AARCH64, 12, bad[i].info) == bad[i].want);
		CHECK(strstr(err_text(), bad[i].words) != NULL);
		world_end(&world);
	}
}

/* Kernels that tell neither size: the length of mem_section does. */
TEST(arm64_sections)
{
	static const struct {
		const char *length;
		unsigned section_bits, physmem_bits;
	} known[] = {
		{ "1024", 30, 48 }, { "8192", 27, 48 }, { "16384", 30, 52 }, { "131072", 27, 52 },
		{ "77", 27, 48 },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct world world;
		char info[INFO_MOST];
		snprintf(info, sizeof(info), "%sSIZE(mem_section)=16\nLENGTH(mem_section)=%s\n",
			 arm64_48, known[i].length);
		CHECK_EQ(world_init(&world, EM_AARCH64, 12, info), OK);
		CHECK(world.space.section_bits == known[i].section_bits);
		CHECK(world.space.physmem_bits == known[i].physmem_bits);
		world_end(&world);
	}
}

static const char riscv64_39[] =
	"NUMBER(VA_BITS)=39\nNUMBER(KERNEL_LINK_ADDR)=0xffffffff80000000\n"
	"NUMBER(va_kernel_pa_offset)=0xffffffff80000000\nSYMBOL(swapper_pg_dir)=ffffffff80000000\n"
	"NUMBER(phys_ram_base)=0x0\n";

TEST(riscv64_pages)
{
	struct world world;

	CHECK_EQ(world_init(&world, EM_RISCV, 12, riscv64_39), OK);
	set_entry(&world, 0, 256, 0x1000 >> 2 | 1);
	set_entry(&world, 0, 257, 0x80000000 >> 2 | 0xcf);    /* 1 GiB */
	set_entry(&world, 0x1000, 0, 0x2000 >> 2 | 1);
	set_entry(&world, 0x1000, 1, 0x40200000 >> 2 | 0x4b); /* 2 MiB, execute only */
	set_entry(&world, 0x1000, 2, 0x2000 >> 2);            /* without V */
	for (unsigned i = 16; i < 32; i++)
		set_entry(&world, 0x2000, i,
			  UINT64_C(1) << 63 | (0x123450000 | 0x8000) >> 2 | 0xc7);
	set_entry(&world, 0x2000, 1, UINT64_C(3) << 61 | UINT64_C(0x3fffffffffffff) << 10 >> 10);
	set_entry(&world, 0x2000, 2, 0x2000 >> 2 | 1);        /* a table at the lowest level */
	CHECK(leads_to(&world, 0xffffffc000013456, 0x123453456, 0x10000 - 0x3456));
	CHECK(leads_to(&world, 0xffffffc000001789, 0xfffffffffff789, 0x1000 - 0x789));
	CHECK(leads_to(&world, 0xffffffc000200001, 0x40200001, 0x200000 - 1));
	CHECK(leads_to(&world, 0xffffffc040000001, 0x80000001, 0x40000000 - 1));
	CHECK(leads_nowhere(&world, 0xffffffc000400000));
	CHECK(leads_nowhere(&world, 0xffffffc000002000));
	world_end(&world);
}

TEST(riscv64_roots)
{
	struct world world;
	struct segment segment = { .start = 0x80200000, .virtual = 0xffffffff80000000,
				   .memory_bytes = 0x1000000, .file_bytes = 0x1000000 };
	static const char no_offset[] =
		"NUMBER(VA_BITS)=48\nNUMBER(PAGE_OFFSET)=0xffffaf8000000000\n"
		"NUMBER(KERNEL_LINK_ADDR)=0xffffffff80000000\nNUMBER(phys_ram_base)=0x80000000\n";
	char info[INFO_MOST];

	snprintf(info, sizeof(info), "%sSYMBOL(swapper_pg_dir)=ffffffff80123000\n", no_offset);
	CHECK(world_init(&world, EM_RISCV, 12, info) == ERR_NOFACT);
	CHECK(strstr(err_text(), "va_kernel_pa_offset") != NULL);
	world.dump.source.segment = &segment;
	world.dump.source.segments = 1;
	CHECK_EQ(arch_find(EM_RISCV)->setup(&world.space, &world.facts, &world.dump.source), OK);
	CHECK(world.space.root == 0x80323000);
	world_end(&world);

	snprintf(info, sizeof(info), "%sSYMBOL(swapper_pg_dir)=ffffaf8000123000\n", no_offset);
	CHECK_EQ(world_init(&world, EM_RISCV, 12, info), OK);
	CHECK(world.space.root == 0x80123000);
	CHECK(world.space.kernel_start == 0xffff800000000000);
	world_end(&world);
}

TEST(s390x_tables)
{
	struct world world;

	CHECK_EQ(world_init(&world, EM_S390, 12, "SYMBOL(_stext)=100000\n"
			    "SYMBOL(swapper_pg_dir)=4000\n"), OK);
	CHECK(world.space.paging->levels == 2); /* zeros: a segment table */
	set_entry(&world, 0x4000, 0, 0x24);     /* invalid, yet it tells the type */
	CHECK_EQ(arch_find(EM_S390)->setup(&world.space, &world.facts, &world.dump.source), OK);
	CHECK(world.space.paging->levels == 3);
	set_entry(&world, 0x4000, 1, 0x8007);
	set_entry(&world, 0x4000, 2, 0x0000000180000000 | 0xc407); /* 2 GiB */
	set_entry(&world, 0x4000, 3, 0x8003);                      /* of another level */
	set_entry(&world, 0x4000, 4, 0x8027);                      /* invalid */
	set_entry(&world, 0x8000, 0, 0xc800);                      /* the second half of a page */
	set_entry(&world, 0x8000, 1, 0x40100000 | 0x8600);         /* 1 MiB, protected */
	set_entry(&world, 0x8000, 2, 0xc820);                      /* invalid */
	set_entry(&world, 0xc800, 3, 0x0000123456789200);
	set_entry(&world, 0xc800, 4, 0x0000123456789400);
	set_entry(&world, 0xc800, 5, 0x0000123456789800);
	CHECK(leads_to(&world, 0x80003123, 0x123456789123, 0x1000 - 0x123));
	CHECK(leads_to(&world, 0x80100001, 0x40100001, 0x100000 - 1));
	CHECK(leads_to(&world, 0x100000001, 0x180000001, 0x80000000 - 1));
	CHECK(leads_nowhere(&world, 0x180000000));
	CHECK(leads_nowhere(&world, 0x200000000));
	CHECK(leads_nowhere(&world, 0x80200000));
	CHECK(leads_nowhere(&world, 0x80004000));
	CHECK(leads_nowhere(&world, 0x80005000));
	world.dump.source.class_bytes = 4;
	CHECK_EQ(arch_find(EM_S390)->setup(&world.space, &world.facts, &world.dump.source),
		 ERR_UNSUPPORTED);
	world_end(&world);
}

int main(void)
{
	return run_tests((struct test[]){
		{ "arm64: 4K pages, blocks, invalid entries", arm64_4k },
		{ "arm64: LPA2: bits 9:8, blocks of 512 GiB", arm64_lpa2 },
		{ "arm64: 64K pages: bits 15:12", arm64_64k },
		{ "arm64: 16K pages: blocks of 32 MiB, and 64 GiB with LPA2", arm64_16k },
		{ "arm64: tags and signatures of pointers", arm64_tags },
		{ "arm64: facts that make no sense or are missing", arm64_facts },
		{ "arm64: sections by the length of mem_section", arm64_sections },
		{ "riscv64: pages of three sizes and of Svnapot", riscv64_pages },
		{ "riscv64: where the image was before 6.5 and 5.13", riscv64_roots },
		{ "s390x: tables and large pages, invalid and misplaced", s390x_tables },
		{ 0 },
	});
}
