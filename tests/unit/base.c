// SPDX-License-Identifier: GPL-2.0-only
/* base.c - unit tests of bits, bytes, text and errors. */
#include "base/bits.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/text.h"
#include "tests/test.h"

enum { BITS = 512 };

/* The same as bits.c, one bit at a time. */
static uint64_t slow_count(const uint64_t *words, uint64_t first, uint64_t end)
{
	uint64_t set = 0;

	for (; first < end; first++)
		set += bits_test(words, first);
	return set;
}

static uint64_t slow_next(const uint64_t *words, uint64_t first, uint64_t end, bool wanted)
{
	while (first < end && bits_test(words, first) != wanted)
		first++;
	return first;
}

TEST(bits_agree_with_bit_by_bit)
{
	uint64_t random = 1, words[BITS / 64];

	for (int round = 0; round < 2000; round++) {
		for (size_t i = 0; i < BITS / 64; i++)
			words[i] = next_random(&random) & next_random(&random);
		uint64_t a = next_random(&random) % (BITS + 1),
			 b = next_random(&random) % (BITS + 1);
		uint64_t first = a < b ? a : b, end = a < b ? b : a,
			 before = slow_count(words, 0, BITS);
		uint64_t inside = slow_count(words, first, end);
		CHECK_EQ(bits_count(words, first, end), inside);
		CHECK_EQ(bits_next(words, first, end, true), slow_next(words, first, end, true));
		CHECK_EQ(bits_next(words, first, end, false), slow_next(words, first, end, false));
		CHECK_EQ(bits_clear(words, first, end), inside);
		CHECK_EQ(slow_count(words, 0, BITS), before - inside);
		bits_set(words, first, end);
		CHECK_EQ(slow_count(words, 0, BITS), before - inside + (end - first));
	}
}

TEST(bits_are_stored_lowest_first)
{
	uint64_t word = 0;
	uint8_t bytes[8];

	bits_set(&word, 9, 10);
	bits_store(&word, 1, bytes);
	CHECK_EQ(bytes[1], 2);
	CHECK_EQ(bytes[0] | bytes[2] | bytes[7], 0);
}

TEST(bytes_in_both_orders_and_word_sizes)
{
	static const uint8_t in[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	const struct target big32 = { .word_bytes = 4, .big_endian = true };
	const struct target little64 = { .word_bytes = 8 };
	uint8_t out[9] = { 0 };

	CHECK_EQ(get_16(true, in), 0x0102);
	CHECK_EQ(get_16(false, in), 0x0201);
	CHECK_EQ(get_32(true, in + 1), 0x02030405);
	CHECK_EQ(get_64(false, in), 0x0807060504030201);
	CHECK_EQ(get_64(true, in), 0x0102030405060708);
	CHECK_EQ(get_word(&big32, in), 0x01020304);
	CHECK_EQ(get_word(&little64, in), 0x0807060504030201);
	put_word(&little64, out + 1, 0x0807060504030201);
	CHECK(!memcmp(out + 1, in, 8));
	put_64(true, out, 0x0102030405060708);
	CHECK(!memcmp(out, in, 8));
}

TEST(zero_is_found_wherever_it_is_not)
{
	uint8_t bytes[4097] = { 0 };

	CHECK(all_zero(bytes + 1, 4096));
	CHECK(all_zero(bytes, 0));
	for (size_t i = 1; i < sizeof(bytes); i++) {
		bytes[i] = 0x80;
		CHECK(!all_zero(bytes + 1, 4096));
		bytes[i] = 0;
	}
	bytes[0] = 1;
	CHECK(all_zero(bytes + 1, 4095));
}

TEST(sizes_have_suffixes)
{
	uint64_t size = 0;

	CHECK(text_size("4096", &size) && size == 4096);
	CHECK(text_size("0x10k", &size) && size == 16384);
	CHECK(text_size("3G", &size) && size == UINT64_C(3) << 30);
	CHECK(!text_size("0", &size));
	CHECK(!text_size("1q", &size));
	CHECK(!text_size("1kk", &size));
	CHECK(!text_size("-1", &size));
	CHECK(!text_size("", &size));
	CHECK(!text_size("99999999999999999999", &size));
	CHECK(!text_size("16E", &size));
}

static bool number(const char *text, uint64_t *ret)
{
	return piece_number((struct piece){ text, strlen(text) }, ret);
}

TEST(numbers_as_vmcoreinfo_prints_them)
{
	uint64_t value = 0;

	CHECK(number("-129", &value) && (uint32_t)value == 0xffffff7f);
	CHECK(number("4026531840", &value) && value == 0xf0000000);
	CHECK(number("ffff888000000000", &value) && value == 0xffff888000000000);
	CHECK(number("0x1f", &value) && value == 31);
	CHECK(!number("", &value));
	CHECK(!number("-", &value));
	CHECK(!number("12z", &value));
	CHECK(!number("18446744073709551616", &value) || value == 0x8446744073709551);
	CHECK(!number("1ffffffffffffffffff", &value));
}

TEST(errors_gain_places)
{
	CHECK_EQ(fail(ERR_IO, "entry %d", 7), ERR_IO);
	CHECK_EQ(within(ERR_IO, "table at %#x", 0x1000), ERR_IO);
	CHECK(!strcmp(err_text(), "table at 0x1000: entry 7"));
	CHECK_EQ(within(OK, "nothing"), OK);
	CHECK(!strcmp(err_text(), "table at 0x1000: entry 7"));
	within(ERR_HOLE, "page 3");
	CHECK(!strcmp(err_text(), "page 3: no such memory in the dump"));
	for (int i = 0; i < 100; i++)
		within(ERR_IO, "a place with a rather long name, number %d", i);
	CHECK(strlen(err_text()) < 512);
}

int main(void)
{
	return run_tests((struct test[]){
		{ "bits agree with bit by bit", bits_agree_with_bit_by_bit },
		{ "bits are stored lowest first", bits_are_stored_lowest_first },
		{ "bytes in both orders and word sizes", bytes_in_both_orders_and_word_sizes },
		{ "zero is found wherever it is not", zero_is_found_wherever_it_is_not },
		{ "sizes have suffixes", sizes_have_suffixes },
		{ "numbers as vmcoreinfo prints them", numbers_as_vmcoreinfo_prints_them },
		{ "errors gain places", errors_gain_places },
		{ 0 },
	});
}
