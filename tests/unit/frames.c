// SPDX-License-Identifier: GPL-2.0-only
/* frames.c - unit tests of the set of page frames. */
#include "kernel/frames.h"
#include "tests/test.h"

enum { PFNS = 400 };

static bool in_order(const struct frames *frames)
{
	for (unsigned i = 0; i < frames->ranges; i++)
		if (frames->range[i].first >= frames->range[i].end ||
		    (i && frames->range[i].first <= frames->range[i - 1].end))
			return false;
	return true;
}

TEST(frames_that_touch_become_one_range)
{
	struct frames frames = { 0 };

	frames_add(&frames, 10, 12);
	frames_add(&frames, 14, 16);
	CHECK_EQ(frames.ranges, 2);
	frames_add(&frames, 12, 14);
	CHECK_EQ(frames.ranges, 1);
	CHECK_EQ(frames.range[0].first, 10);
	CHECK_EQ(frames.range[0].end, 16);
	frames_add(&frames, 11, 11);
	frames_add(&frames, 20, 19);
	CHECK_EQ(frames.ranges, 1);
	CHECK(!frames_have(&frames, 9) && frames_have(&frames, 10));
	CHECK(frames_have(&frames, 15) && !frames_have(&frames, 16));
}

TEST(frames_are_those_that_were_added)
{
	uint64_t random = 3;

	for (unsigned round = 0; round < 200; round++) {
		struct frames frames = { 0 };
		bool added[PFNS] = { 0 }, good = true;
		for (unsigned i = 0; i < 40; i++) {
			pfn_t first = next_random(&random) % PFNS;
			pfn_t end = first + next_random(&random) % 9;
			end = end < PFNS ? end : PFNS;
			frames_add(&frames, first, end);
			for (pfn_t pfn = first; pfn < end; pfn++)
				added[pfn] = true;
			good &= in_order(&frames);
		}
		for (pfn_t pfn = 0; pfn < PFNS; pfn++)
			good &= frames_have(&frames, pfn) == added[pfn];
		CHECK(good);
	}
}

TEST(frames_beyond_the_room_are_left_out)
{
	struct frames frames = { 0 };

	for (pfn_t pfn = 0; pfn < 2 * FRAMES_RANGES; pfn++)
		frames_add(&frames, 2 * pfn, 2 * pfn + 1);
	CHECK_EQ(frames.ranges, FRAMES_RANGES);
	CHECK(!frames_have(&frames, 2 * FRAMES_RANGES));
	frames_add(&frames, 1, 2); /* closes a gap, so there is room for one more */
	CHECK_EQ(frames.ranges, FRAMES_RANGES - 1);
	frames_add(&frames, UINT64_MAX - 1, UINT64_MAX);
	CHECK(frames_have(&frames, UINT64_MAX - 1) && !frames_have(&frames, UINT64_MAX));
	frames_add(&frames, 0, UINT64_MAX);
	CHECK_EQ(frames.ranges, 1);
	CHECK_EQ(frames.range[0].end, UINT64_MAX);
}

int main(void)
{
	return run_tests((struct test[]){
		{ "frames_that_touch_become_one_range", frames_that_touch_become_one_range },
		{ "frames_are_those_that_were_added", frames_are_those_that_were_added },
		{ "frames_beyond_the_room_are_left_out", frames_beyond_the_room_are_left_out },
		{ 0 } });
}
