// SPDX-License-Identifier: GPL-2.0-only
/* sections.c - unit tests of tables of sections that claim more than there is. */
#include "kernel/memmap.h"
#include "world.h"

enum { PUD = 0x1000, PMD = 0x2000, ARRAY = 0x4000, ROOT = 0x5000, LOOKS_MOST = 1 << 20 };

static const vaddr_t image = 0xffffffff80000000;

static const char info[] =
	"SYMBOL(init_top_pgt)=ffffffff80000000\nNUMBER(phys_base)=0\nSIZE(page)=64\n"
	"SYMBOL(mem_section)=ffffffff80004000\nSIZE(mem_section)=16\n"
	"OFFSET(mem_section.section_mem_map)=0\n";

static unsigned looks;

static void count(void *argument, paddr_t at, size_t size)
{
	(void)argument;
	(void)at;
	(void)size;
	looks++;
}

/* 2 MiB of the kernel's image, in it an array of roots whose first has one section. */
static err_t begin(struct world *world, struct memory *memory, const char *sizes)
{
	char all[INFO_MOST];

	snprintf(all, sizeof(all), "%s%s", sizes, info); /* the first of two counts */
	TRY(world_begin(world, EM_X86_64, 12, false, all));
	set_entry(world, 0, 511, PUD | 0x63);
	set_entry(world, PUD, 510, PMD | 0x63);
	set_entry(world, PMD, 0, 0xe3);
	set_entry(world, ARRAY, 0, image + ROOT);
	set_entry(world, ROOT, 0, (image + 0x10000) | 0xf);
	*memory = (struct memory){ .space = &world->space, .reader = world->reader,
				   .tables = world->reader, .touched = count };
	looks = 0;
	return world_setup(world);
}

/* All but the first roots are where no memory is, or are no addresses: that many looks show that
 * this is no table. */
TEST(missing_roots)
{
	struct world world;
	struct memory memory;
	struct memmap map;

	CHECK_EQ(begin(&world, &memory,
		       "NUMBER(SECTION_SIZE_BITS)=19\nNUMBER(MAX_PHYSMEM_BITS)=49\n"
		       "LENGTH(mem_section)=4194304\n"), OK);
	CHECK_EQ(memmap_open(&map, &memory, &world.facts, UINT64_C(1) << 37), ERR_CORRUPT);
	CHECK(strstr(err_text(), "1 sections at 0xffffffff80004000 are good") != NULL);
	CHECK(looks > 0 && looks < LOOKS_MOST);
	memset(world.bytes + ARRAY + 8, 1, BYTES - ARRAY - 8);
	set_entry(&world, ROOT, 0, (image + 0x10000) | 0xf);
	looks = 0;
	CHECK_EQ(memmap_open(&map, &memory, &world.facts, UINT64_C(1) << 37), ERR_CORRUPT);
	CHECK(looks > 0 && looks < LOOKS_MOST);
	world_end(&world);
}

/* The sections of a root that cannot be read count one by one. */
TEST(one_root_missing)
{
	struct world world;
	struct memory memory;
	struct memmap map;
	struct stretch stretch;
	pfn_t root = UINT64_C(256) << 15;

	CHECK_EQ(begin(&world, &memory,
		       "NUMBER(SECTION_SIZE_BITS)=27\nNUMBER(MAX_PHYSMEM_BITS)=46\n"
		       "LENGTH(mem_section)=2048\n"), OK);
	for (unsigned i = 0; i < 256; i++)
		set_entry(&world, ROOT, 2 * i, (image + 0x10000) | 0xf);
	set_entry(&world, ARRAY, 2, image + 0x200000);
	CHECK_EQ(memmap_open(&map, &memory, &world.facts, 3 * root - 1), OK);
	CHECK_EQ(map.broken, 256);
	CHECK_EQ(map.first_broken, 512);
	CHECK_EQ(map.end, 3 * root - 1);
	memmap_find(&map, root + 5, &stretch);
	CHECK(!stretch.at && stretch.first <= root + 5 && stretch.end == 2 * root);
	memmap_find(&map, 5, &stretch);
	CHECK(stretch.at == image + 0x10000 && !stretch.first && stretch.end == 1 << 15);
	memmap_close(&map);
	world_end(&world);
}

/* An array without roots ends where it is told to. */
TEST(length_of_a_plain_array)
{
	struct world world;
	struct memory memory;
	struct memmap map;
	struct stretch stretch;

	CHECK_EQ(begin(&world, &memory,
		       "NUMBER(SECTION_SIZE_BITS)=27\nNUMBER(MAX_PHYSMEM_BITS)=46\n"
		       "LENGTH(mem_section)=3\n"), OK);
	for (unsigned i = 0; i < 4; i++)
		set_entry(&world, ARRAY, 2 * i, (image + 0x10000) | 0xf);
	CHECK_EQ(memmap_open(&map, &memory, &world.facts, UINT64_C(1) << 34), OK);
	CHECK_EQ(map.end, 3 << 15);
	memmap_find(&map, 3 << 15, &stretch);
	CHECK(!stretch.at && stretch.end == UINT64_C(1) << 34);
	memmap_close(&map);
	world_end(&world);
}

TEST(sizes_that_do_not_fit)
{
	static const char *const sizes[] = {
		"NUMBER(SECTION_SIZE_BITS)=12\nNUMBER(MAX_PHYSMEM_BITS)=30\n",
		"NUMBER(SECTION_SIZE_BITS)=27\nNUMBER(MAX_PHYSMEM_BITS)=26\n",
		"NUMBER(SECTION_SIZE_BITS)=27\nNUMBER(MAX_PHYSMEM_BITS)=58\n",
		"NUMBER(SECTION_SIZE_BITS)=13\nNUMBER(MAX_PHYSMEM_BITS)=46\n",
		"SIZE(mem_section)=129\n",
		"SIZE(mem_section)=3\n",
	};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct world world;
		struct memory memory;
		struct memmap map;
		CHECK_EQ(begin(&world, &memory, sizes[i]), OK);
		CHECK_EQ(memmap_open(&map, &memory, &world.facts, 1 << 20), ERR_CORRUPT);
		CHECK(strstr(err_text(), "fit") != NULL);
		world_end(&world);
	}
}

int main(void)
{
	return run_tests((struct test[]){
		{ "missing_roots", missing_roots },
		{ "one_root_missing", one_root_missing },
		{ "length_of_a_plain_array", length_of_a_plain_array },
		{ "sizes_that_do_not_fit", sizes_that_do_not_fit },
		{ 0 },
	});
}
