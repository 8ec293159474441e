// SPDX-License-Identifier: GPL-2.0-only
/* scrub.c - pieces of memory that are overwritten: against a plain array of what each byte is to
 * become, and the text that tells of it. */
#include "pages/scrub.h"

#include "base/bits.h"
#include "tests/test.h"

static void item(struct scrub *scrub, const char *text, uint64_t size, bool nullify)
{
	const struct scrub_item wanted = { .text = text, .text_bytes = (uint32_t)strlen(text),
					   .size = size, .nullify = nullify };
	scrub_item(scrub, &wanted);
}

TEST(every_byte_and_no_other)
{
	enum { BYTES = 1 << 14, PIECES = 60, CHUNK = 512 };
	static uint8_t wanted[BYTES], got[BYTES];
	uint64_t random = 42;

	for (unsigned round = 0; round < 50; round++) {
		struct scrub scrub = { 0 };
		memset(wanted, 0, sizeof(wanted));
		memset(got, 0, sizeof(got));
		for (unsigned i = 0; i < PIECES; i++) {
			uint64_t at = next_random(&random) % BYTES;
			uint64_t bytes = next_random(&random) % (i % 8 ? 40 : 3000);
			bytes = min_u64(bytes, BYTES - at);
			item(&scrub, "x", bytes, false);
			CHECK_EQ(scrub_add(&scrub, at, bytes, SCRUB_FILL), OK);
			memset(wanted + at, SCRUB_FILL, bytes);
		}
		CHECK_EQ(scrub_seal(&scrub, 0), OK);
		for (unsigned at = 0; at < BYTES; at += CHUNK) {
			bool any = memchr(wanted + at, SCRUB_FILL, CHUNK);
			CHECK(!any || scrub_touches(&scrub, at, CHUNK));
			if (scrub_touches(&scrub, at, CHUNK))
				scrub_apply(&scrub, at, got + at, CHUNK);
		}
		CHECK(!memcmp(wanted, got, BYTES));
		scrub_free(&scrub);
	}
}

TEST(nothing_costs_nothing)
{
	struct scrub scrub = { 0 };
	const char *text;

	CHECK_EQ(scrub_seal(&scrub, 0), OK);
	CHECK(!scrub_touches(&scrub, 0, UINT64_MAX));
	CHECK_EQ(scrub_text(&scrub, NULL, 0, &text), 0);
	scrub_free(&scrub);
}

/* Lines in the order they were asked for; what is not in the dump has none; what begins at the same
 * byte has one. */
TEST(the_text)
{
	static const char wanted[] = "erase old size 1\nerase a.b size 20\nerase p nullify\n"
				     "erase 0xabc size 4\n";
	struct scrub scrub = { 0 };
	const char *text;

	item(&scrub, "a.b", 8, false);
	scrub_add(&scrub, 0x5000, 8, SCRUB_FILL);
	item(&scrub, "gone", 8, false);
	scrub_add(&scrub, 0x9000, 8, SCRUB_FILL);
	item(&scrub, "p", 8, true);
	scrub_add(&scrub, 0x1ffc, 4, 0);
	scrub_add(&scrub, 0x7000, 4, 0);
	item(&scrub, "a.c", 20, false);
	scrub_add(&scrub, 0x5000, 20, SCRUB_FILL);
	item(&scrub, "nowhere", 20, false);
	scrub_item(&scrub, &(struct scrub_item){ .at = 0xabc, .size = 4 });
	scrub_add(&scrub, 0x5002, 4, SCRUB_FILL);
	CHECK_EQ(scrub_seal(&scrub, 17), OK);
	for (int again = 0; again < 2; again++) {
		scrub_forget(&scrub);
		scrub_note(&scrub, 0x5000, 0x1000);
		scrub_note(&scrub, 0x7000, 0x1000);
		size_t length = scrub_text(&scrub, "erase old size 1\n", 17, &text);
		CHECK_EQ(length, strlen(wanted));
		CHECK(!memcmp(text, wanted, strlen(wanted)));
		CHECK_EQ(scrub.item[0].in_dump, 28);
		CHECK_EQ(scrub.item[2].in_dump, 4);
	}
	scrub_free(&scrub);
}

/* By windows of pages the same is noted as by ranges. */
TEST(windows_of_pages)
{
	enum { PAGES = 256, SHIFT = 12 };
	uint64_t words[PAGES / 64], random = 7;

	for (unsigned round = 0; round < 20; round++) {
		struct scrub scrub = { 0 };
		uint64_t by_range[40];
		for (unsigned i = 0; i < 40; i++) {
			item(&scrub, "x", 1, false);
			scrub_add(&scrub, next_random(&random) % ((uint64_t)PAGES << SHIFT),
				  1 + next_random(&random) % 20000, SCRUB_FILL);
		}
		scrub_seal(&scrub, 0);
		for (unsigned i = 0; i < PAGES / 64; i++)
			words[i] = next_random(&random);
		for (unsigned i = 0; i < PAGES; i++)
			if (bits_test(words, i))
				scrub_note(&scrub, (paddr_t)i << SHIFT, 1 << SHIFT);
		for (unsigned i = 0; i < 40; i++)
			by_range[i] = scrub.item[i].in_dump;
		scrub_forget(&scrub);
		for (unsigned i = 0; i < PAGES / 64; i++)
			scrub_note_pages(&scrub, SHIFT, i * 64, (i + 1) * 64, words + i);
		for (unsigned i = 0; i < 40; i++)
			CHECK_EQ(scrub.item[i].in_dump, by_range[i]);
		scrub_free(&scrub);
	}
}

TEST(bounds)
{
	struct scrub scrub = { 0 };

	item(&scrub, "x", 1, false);
	CHECK_EQ(scrub_add(&scrub, UINT64_MAX, 2, 0), ERR_CORRUPT);
	for (uint32_t i = 0; i < SCRUB_MOST; i++)
		CHECK_EQ(scrub_add(&scrub, (paddr_t)i * 2, 1, 0), OK);
	CHECK_EQ(scrub_add(&scrub, 5 * (paddr_t)SCRUB_MOST, 1, 0), ERR_UNSUPPORTED);
	scrub_free(&scrub);
}

int main(void)
{
	return run_tests((struct test[]){
		{ "every byte and no other", every_byte_and_no_other },
		{ "nothing costs nothing", nothing_costs_nothing },
		{ "the text", the_text },
		{ "windows of pages", windows_of_pages },
		{ "bounds", bounds },
		{ 0 } });
}
