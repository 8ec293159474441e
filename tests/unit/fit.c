// SPDX-License-Identifier: GPL-2.0-only
/* fit.c - unit tests of choosing the pages that fit. */
#include "output/fit.h"
#include "tests/test.h"

enum { PAGE_SIZE = 4096, PAGES = 5000 };

struct page {
	uint64_t size;
	unsigned rank;
	bool taken;
};

static void make_pages(struct page *page)
{
	uint64_t random = 5;

	for (unsigned i = 0; i < PAGES; i++) {
		uint64_t number = next_random(&random);
		page[i].size = number % 7 ? number >> 8 & (PAGE_SIZE - 1) : PAGE_SIZE;
		if (number % 11 == 0)
			page[i].size = 0;
		page[i].rank = number % 100 == 0 ? 0 : number % 10 == 1 ? 1 : 2;
	}
}

/* Returns the bytes that the taken pages have. */
static uint64_t choose(struct page *page, uint64_t room)
{
	struct fit fit = { .page_bytes = PAGE_SIZE };
	uint64_t bytes = 0;

	for (unsigned i = 0; i < PAGES; i++)
		fit_measure(&fit, page[i].size, page[i].rank);
	fit_choose(&fit, room);
	for (unsigned i = 0; i < PAGES; i++) {
		page[i].taken = fit_takes(&fit, page[i].size, page[i].rank);
		bytes += page[i].taken ? page[i].size : 0;
	}
	return bytes;
}

static unsigned taken_of_rank(const struct page *page, unsigned rank, unsigned *all)
{
	unsigned taken = 0;

	*all = 0;
	for (unsigned i = 0; i < PAGES; i++) {
		*all += page[i].rank == rank;
		taken += page[i].rank == rank && page[i].taken;
	}
	return taken;
}

TEST(what_is_taken_fits_and_fills)
{
	static struct page page[PAGES];

	make_pages(page);
	for (uint64_t room = 0; room < (uint64_t)PAGES * PAGE_SIZE; room += 54321) {
		uint64_t bytes = choose(page, room);
		CHECK(bytes <= room);
		CHECK(bytes + PAGE_SIZE > room || bytes == choose(page, UINT64_MAX));
	}
}

TEST(pages_that_need_no_room_are_always_there)
{
	static struct page page[PAGES];
	unsigned taken = 0, all = 0;

	make_pages(page);
	choose(page, 0);
	for (unsigned i = 0; i < PAGES; i++) {
		all += page[i].size == 0;
		taken += page[i].taken;
	}
	CHECK(all > 0 && taken == all);
}

TEST(a_rank_comes_before_the_next)
{
	static struct page page[PAGES];
	unsigned all;

	make_pages(page);
	for (uint64_t room = 0; room < (uint64_t)PAGES * PAGE_SIZE; room += 98765) {
		choose(page, room);
		bool first = taken_of_rank(page, 0, &all) == all;
		bool second = taken_of_rank(page, 1, &all) == all;
		for (unsigned i = 0; i < PAGES; i++)
			if (page[i].taken && page[i].size)
				CHECK((page[i].rank < 1 || first) && (page[i].rank < 2 || second));
	}
}

TEST(of_a_rank_the_small_ones_go_first)
{
	static struct page page[PAGES];
	uint64_t largest_taken = 0, smallest_left = PAGE_SIZE;

	make_pages(page);
	choose(page, (uint64_t)PAGES * PAGE_SIZE / 4);
	for (unsigned i = 0; i < PAGES; i++) {
		if (page[i].rank == 2 && page[i].taken && page[i].size > largest_taken)
			largest_taken = page[i].size;
		if (page[i].rank == 2 && !page[i].taken && page[i].size < smallest_left)
			smallest_left = page[i].size;
	}
	CHECK(largest_taken > 0 && smallest_left < PAGE_SIZE);
	CHECK(largest_taken <= smallest_left + PAGE_SIZE / FIT_STEPS);
}

int main(void)
{
	return run_tests((struct test[]){
		{ "what_is_taken_fits_and_fills", what_is_taken_fits_and_fills },
		{ "pages_that_need_no_room_are_always_there",
		  pages_that_need_no_room_are_always_there },
		{ "a_rank_comes_before_the_next", a_rank_comes_before_the_next },
		{ "of_a_rank_the_small_ones_go_first", of_a_rank_the_small_ones_go_first },
		{ 0 } });
}
