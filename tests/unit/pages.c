// SPDX-License-Identifier: GPL-2.0-only
/* pages.c - unit tests of the classification: random struct pages, decided 64 at a time by decide.c
 * and one by one by the slow and obvious version below. */
#include "base/bytes.h"
#include "facts/vmcoreinfo.h"
#include "memory_source.h"
#include "pages/decide.h"
#include "tests/test.h"

enum {
	PAGES = 4096,
	STRUCT_PAGE = 64,
	ORDERS = 11,
	FLAGS_AT = 0,
	HEAD_AT = 8,
	MAPPING_AT = 24,
	PRIVATE_AT = 40,
	MAPCOUNT_AT = 48,
	DTOR_AT = 16,
	ORDER_AT = 17,
};

/* A kernel of each kind of marks. */
static const char common[] =
	"PAGESIZE=4096\nSIZE(page)=64\nOFFSET(page.flags)=0\nOFFSET(page._refcount)=52\n"
	"OFFSET(page.mapping)=24\nOFFSET(page.lru)=8\nOFFSET(page._mapcount)=48\n"
	"OFFSET(page.private)=40\nOFFSET(page.compound_head)=8\nLENGTH(zone.free_area)=11\n";

static const char v6_1[] =
	"OSRELEASE=6.1.0\nNUMBER(PG_lru)=4\nNUMBER(PG_private)=13\nNUMBER(PG_swapcache)=10\n"
	"NUMBER(PG_swapbacked)=19\nNUMBER(PG_slab)=9\nNUMBER(PG_hwpoison)=22\n"
	"NUMBER(PG_head_mask)=65536\nNUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n"
	"NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257\nNUMBER(HUGETLB_PAGE_DTOR)=2\n"
	"OFFSET(page.compound_dtor)=16\nOFFSET(page.compound_order)=17\n";

static const char v6_12[] =
    "OSRELEASE=6.12.0\nNUMBER(PG_lru)=5\nNUMBER(PG_private)=14\nNUMBER(PG_swapcache)=10\n"
    "NUMBER(PG_swapbacked)=17\nNUMBER(PG_hwpoison)=21\nNUMBER(PG_head_mask)=64\n"
    "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=4026531840\nNUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=4043309056\n"
    "NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)=4093640704\nNUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=4110417920\n"
    "NUMBER(PAGE_UNACCEPTED_MAPCOUNT_VALUE)=4143972352\n";

/* No kernel yet: flags in the upper half of the word too. */
static const char upper_half[] =
	"OSRELEASE=6.1.0\nNUMBER(PG_lru)=32\nNUMBER(PG_private)=13\nNUMBER(PG_swapcache)=40\n"
	"NUMBER(PG_swapbacked)=41\nNUMBER(PG_slab)=9\nNUMBER(PG_hwpoison)=63\n"
	"NUMBER(PG_head_mask)=65536\nNUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n"
	"NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257\nNUMBER(HUGETLB_PAGE_DTOR)=2\n"
	"OFFSET(page.compound_dtor)=16\nOFFSET(page.compound_order)=17\n";

struct world {
	uint8_t *pages;
	struct memory_dump dump;
	struct space space;
	struct memory memory;
	struct facts facts;
	struct memmap map;
	struct rules rules;
};

static void find(struct memmap *map, pfn_t pfn, struct stretch *ret)
{
	/* Two arrays with a hole between them, the second not starting at a multiple of 64. */
	if (pfn < 1024)
		*ret = (struct stretch){ 0, 1024, map->array };
	else if (pfn < 1100)
		*ret = (struct stretch){ 1024, 1100, 0 };
	else
		*ret = (struct stretch){ 1100, PAGES, map->array + 1100 * STRUCT_PAGE };
}

static const struct memmap_model model = { .name = "test", .find = find };

static void world_init(struct world *world, const char *era)
{
	char text[2048];

	memset(world, 0, sizeof(*world));
	world->pages = calloc(PAGES + 1, STRUCT_PAGE); /* address 0 stays unused: it means "none" */
	memory_dump_init(&world->dump, world->pages, (PAGES + 1) * STRUCT_PAGE);
	snprintf(text, sizeof(text), "%s%s", era, common);
	vmcoreinfo_read(&world->facts, text, strlen(text), "test");
	world->space = (struct space){ .target = world->dump.source.target,
				       .region = { { 0, UINT64_MAX - 1, 0 } }, .regions = 1 };
	world->memory.space = &world->space;
	reader_create(&world->dump.source, &world->memory.reader);
	reader_create(&world->dump.source, &world->memory.tables);
	world->map = (struct memmap){.memory = &world->memory,
				     .model = &model,
				     .page_size = STRUCT_PAGE,
				     .array = STRUCT_PAGE,
				     .limit = PAGES,
				     .end = PAGES,
				     .bounce = malloc(BLOCK_PAGES * STRUCT_PAGE)};
	rules_choose(&world->rules, &world->space.target, &world->facts);
}

static void world_deinit(struct world *world)
{
	reader_destroy(world->memory.tables);
	reader_destroy(world->memory.reader);
	memmap_close(&world->map);
	free(world->pages);
}

static uint8_t *page_at(const struct world *world, pfn_t pfn)
{
	return world->pages + (pfn + 1) * STRUCT_PAGE;
}

/* Struct pages with every mark there is, in all combinations, and blocks of all orders. */
static void scramble(struct world *world, uint64_t *random)
{
	const struct rules *rules = &world->rules;
	const uint64_t bits[] = { rules->lru, rules->private, rules->swapcache, rules->swapbacked,
				  rules->slab, rules->hwpoison };
	const struct type_mark types[] = { rules->type_buddy, rules->type_slab, rules->type_offline,
					   rules->type_unaccepted, rules->type_hugetlb };

	for (pfn_t pfn = 0; pfn < PAGES; pfn++) {
		uint8_t *page = page_at(world, pfn);
		uint64_t flags = 0, dice = next_random(random);
		for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
			flags |= next_random(random) % 4 ? 0 : bits[i];
		flags |= dice % 8 ? 0 : rules->head;
		flags |= next_random(random) % 12; /* the order, where a tail's flags hold it */
		memset(page, 0, STRUCT_PAGE);
		put_64(false, page + FLAGS_AT, flags);
		put_64(false, page + HEAD_AT, dice >> 8 & 1 && dice >> 9 & 1);
		page[DTOR_AT] = (uint8_t)(dice >> 16 & 3);
		page[ORDER_AT] = (uint8_t)(dice >> 20 & 15);
		put_64(false, page + MAPPING_AT, dice >> 24 & 3);
		put_64(false, page + PRIVATE_AT, (dice >> 32) % (ORDERS + 2));
		put_32(false, page + MAPCOUNT_AT, ~0u);
		if (dice >> 48 & 1)
			put_32(false, page + MAPCOUNT_AT, types[(dice >> 50) % 5].value);
	}
}

/* The slow version: one page, first match wins. Returns its kind, or PAGE_KINDS to keep it, and the
 * number of pages that go with it. */
static enum page_kind judge(const struct world *world, pfn_t pfn, unsigned level, uint64_t *pages)
{
	const struct rules *rules = &world->rules;
	const uint8_t *page = page_at(world, pfn);
	uint64_t flags = get_64(false, page), mapping = get_64(false, page + MAPPING_AT);
	uint32_t type = get_32(false, page + MAPCOUNT_AT);
	unsigned order = 0;
	bool hugetlb = false, multiple_of_64 = pfn % 64 == 63 || pfn == 1023 || pfn == PAGES - 1;

	*pages = 1;
	if (get_64(false, page + HEAD_AT) & 1)
		return PAGE_KINDS;
	if (flags & rules->head && !multiple_of_64) {
		const uint8_t *tail = page + STRUCT_PAGE;
		if (rules->type_hugetlb.mask) {
			order = tail[FLAGS_AT];
			hugetlb = (type & rules->type_hugetlb.mask) == rules->type_hugetlb.value;
		} else {
			order = tail[ORDER_AT];
			hugetlb = tail[DTOR_AT] == 2;
		}
		if (order > 24 || pfn & ((UINT64_C(1) << order) - 1))
			order = 0;
	}
	bool slab =
	    flags & rules->slab ||
	    (rules->type_slab.mask && (type & rules->type_slab.mask) == rules->type_slab.value);
	bool anon = mapping & 1 && !slab, private = flags & rules->private;
	bool cache = flags & rules->lru || (flags & rules->swapcache && flags & rules->swapbacked);
	if (level & LEVEL_FREE && !slab &&
	    (type & rules->type_buddy.mask) == rules->type_buddy.value) {
		uint64_t free_order = get_64(false, page + PRIVATE_AT);
		*pages = free_order < ORDERS ? UINT64_C(1) << free_order : 0;
		return free_order < ORDERS ? PAGE_FREE : PAGE_KINDS;
	}
	if (level & LEVEL_FREE && rules->type_unaccepted.mask &&
	    (type & rules->type_unaccepted.mask) == rules->type_unaccepted.value) {
		*pages = UINT64_C(1) << (ORDERS - 1);
		return PAGE_FREE;
	}
	*pages = UINT64_C(1) << order;
	if (level & (LEVEL_CACHE | LEVEL_CACHE_PRIVATE) && cache && !private && !anon)
		return PAGE_CACHE;
	if (level & LEVEL_CACHE_PRIVATE && cache && !anon)
		return PAGE_CACHE_PRIVATE;
	if (level & LEVEL_USER && (anon || hugetlb))
		return PAGE_USER;
	if (flags & rules->hwpoison)
		return PAGE_HWPOISON;
	if (!slab && (type & rules->type_offline.mask) == rules->type_offline.value)
		return PAGE_OFFLINE;
	*pages = 1;
	return PAGE_KINDS;
}

static void decide_slowly(const struct world *world, unsigned level, uint64_t *words,
			  uint64_t excluded[PAGE_KINDS])
{
	for (pfn_t pfn = 0; pfn < PAGES;) {
		struct stretch stretch;
		uint64_t pages;
		find((struct memmap *)&world->map, pfn, &stretch);
		if (!stretch.at || !bits_test(words, pfn)) {
			pfn++;
			continue;
		}
		enum page_kind kind = judge(world, pfn, level, &pages);
		if (kind == PAGE_KINDS)
			pages = 1;
		else
			excluded[kind] += bits_clear(words, pfn, min_u64(pfn + pages, PAGES));
		pfn += pages;
	}
}

/* Decide all pages in windows of `window` pages. */
static void decide_windows(struct world *world, unsigned level, pfn_t window, uint64_t *words,
			   uint64_t excluded[PAGE_KINDS])
{
	struct decider decider = {
	    .map = &world->map, .rules = &world->rules, .facts = &world->facts};
	struct carry carry = { 0 };

	decider_set_level(&decider, level);
	for (pfn_t first = 0; first < PAGES; first += window) {
		struct decision decision = { .first = first, .end = min_u64(first + window, PAGES),
					     .words = words + first / 64 };
		decide(&decider, &carry, &decision);
		for (unsigned kind = 0; kind < PAGE_KINDS; kind++)
			excluded[kind] += decision.excluded[kind];
	}
}

static void compare(struct world *world, unsigned level, pfn_t window, uint64_t *random,
		    int *failures)
{
	uint64_t fast[PAGES / 64], slow[PAGES / 64];
	uint64_t fast_excluded[PAGE_KINDS] = { 0 }, slow_excluded[PAGE_KINDS] = { 0 };

	for (size_t i = 0; i < PAGES / 64; i++)
		fast[i] = slow[i] = next_random(random) | next_random(random) | next_random(random);
	decide_windows(world, level, window, fast, fast_excluded);
	decide_slowly(world, level, slow, slow_excluded);
	CHECK(!memcmp(fast, slow, sizeof(fast)));
	CHECK(!memcmp(fast_excluded, slow_excluded, sizeof(fast_excluded)));
}

/* Neighbours that are all alike, as most are: 160 at a time, so that some blocks of 64 are of one
 * kind and some of two. */
static void level_out(struct world *world)
{
	for (pfn_t pfn = 0; pfn < PAGES; pfn++)
		if (pfn % 160)
			memcpy(page_at(world, pfn), page_at(world, pfn - 1), STRUCT_PAGE);
}

static void agree(const char *era, int *failures)
{
	struct world world;
	uint64_t random = 42;

	world_init(&world, era);
	for (int round = 0; round < 20; round++) {
		scramble(&world, &random);
		if (round % 2)
			level_out(&world);
		for (unsigned level = 2; level <= LEVEL_MOST; level++)
			compare(&world, level, 64u << next_random(&random) % 7, &random, failures);
	}
	world_deinit(&world);
}

TEST(random_pages_of_6_1)
{
	agree(v6_1, failures);
}

TEST(random_pages_of_6_12)
{
	agree(v6_12, failures);
}

TEST(flags_of_64_bits)
{
	agree(upper_half, failures);
}

/* A flag that no word has room for is one that somebody smashed. */
TEST(flags_beyond_a_word)
{
	static const char *const names[] = {
		"PG_lru", "PG_private", "PG_swapcache", "PG_swapbacked", "PG_hwpoison",
		"PG_hugetlb", "PG_slab", "PG_buddy",
	};
	const struct target target = { .word_bytes = 8, .page_shift = 12, .align_64 = 8 };
	char text[1024];

	for (size_t i = 0; i < 2 * sizeof(names) / sizeof(names[0]); i++) {
		struct facts facts = { 0 };
		struct rules rules;
		snprintf(text, sizeof(text), "OSRELEASE=6.1.0\nNUMBER(%s)=%zu\n%s", names[i / 2],
			 63 + i % 2, common);
		vmcoreinfo_read(&facts, text, strlen(text), "test");
		CHECK_EQ(rules_choose(&rules, &target, &facts), i % 2 ? ERR_CORRUPT : OK);
		CHECK(i % 2 == 0 || strstr(err_text(), names[i / 2]) != NULL);
	}
}

TEST(the_ladder)
{
	uint64_t kind[PAGE_KINDS];
	struct lanes lanes = {.tail = 1 << 0,
			      .buddy = 1 << 0 | 1 << 1,
			      .lru = 1 << 2 | 1 << 3 | 1 << 4,
			      .private = 1 << 3,
			      .anon = 1 << 4 | 1 << 5,
			      .slab = 1 << 5,
			      .poison = 1 << 2 | 1 << 6,
			      .offline = 1 << 7};

	classify(&lanes, kinds_of_level(31), kind);
	CHECK_EQ(kind[PAGE_FREE], 1 << 1);
	CHECK_EQ(kind[PAGE_CACHE], 1 << 2);
	CHECK_EQ(kind[PAGE_CACHE_PRIVATE], 1 << 3);
	CHECK_EQ(kind[PAGE_USER], 1 << 4);
	CHECK_EQ(kind[PAGE_HWPOISON], 1 << 6);
	CHECK_EQ(kind[PAGE_OFFLINE], 1 << 7);
	classify(&lanes, kinds_of_level(2), kind);
	CHECK_EQ(kind[PAGE_FREE] | kind[PAGE_CACHE_PRIVATE] | kind[PAGE_USER], 0);
	CHECK_EQ(kind[PAGE_CACHE], 1 << 2);
	classify(&lanes, kinds_of_level(0), kind);
	CHECK_EQ(kind[PAGE_HWPOISON], 1 << 2 | 1 << 6);
}

int main(void)
{
	return run_tests((struct test[]){
		{ "the ladder", the_ladder },
		{ "random pages of 6.1, windows of any size", random_pages_of_6_1 },
		{ "random pages of 6.12, windows of any size", random_pages_of_6_12 },
		{ "flags of 64 bits", flags_of_64_bits },
		{ "flags beyond a word", flags_beyond_a_word },
		{ 0 },
	});
}
