// SPDX-License-Identifier: GPL-2.0-only
/* base.c - unit tests of bits, bytes, text, errors and JSON. */
#include "base/bits.h"
#include "base/bytes.h"
#include "base/err.h"
#include "base/json.h"
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

/* What has been written so far. */
struct made {
	struct json json;
	char *text;
	size_t bytes;
	FILE *to;
};

static struct json *begin_json(struct made *made)
{
	made->to = open_memstream(&made->text, &made->bytes);
	json_begin(&made->json, made->to);
	return &made->json;
}

static bool json_is(struct made *made, const char *expected)
{
	err_t result = json_end(&made->json);

	fclose(made->to);
	bool same = result == OK && strcmp(made->text, expected) == 0;
	if (!same)
		printf("  %s", made->text);
	free(made->text);
	return same;
}

/* json_text() of some bytes gives `expected`. */
static bool escapes_to(const char *bytes, size_t length, const char *expected)
{
	char line[256];
	struct made made;

	json_text(begin_json(&made), "k", bytes, length);
	snprintf(line, sizeof(line), "{\"k\":\"%s\"}\n", expected);
	return json_is(&made, line);
}

TEST(json_nests)
{
	struct made made;
	struct json *json = begin_json(&made);

	json_number(json, "most", UINT64_MAX);
	json_object(json, "o");
	json_bool(json, "yes", true);
	json_list(json, "l");
	json_tenths(json, NULL, 427);
	json_tenths(json, NULL, 9);
	json_null(json, NULL);
	json_object(json, NULL);
	json_close(json);
	json_close(json);
	json_close(json);
	json_bool(json, "no", false);
	CHECK(json_is(&made, "{\"most\":18446744073709551615,\"o\":{\"yes\":true,"
		      "\"l\":[42.7,0.9,null,{}]},\"no\":false}\n"));
	begin_json(&made);
	CHECK(json_is(&made, "{}\n"));
	json_list(begin_json(&made), "open");
	CHECK(json_is(&made, "{\"open\":[]}\n"));
}

TEST(json_escapes)
{
	CHECK(escapes_to("6.1.0-x", 7, "6.1.0-x"));
	CHECK(escapes_to("a\"b\\c/", 6, "a\\\"b\\\\c/"));
	CHECK(escapes_to("\x1b[2J\n\x7f", 6, "\\u001b[2J\\u000a\\u007f"));
	CHECK(escapes_to("ab\0cd", 5, "ab"));
	CHECK(escapes_to("abc", 2, "ab"));
	CHECK(escapes_to("\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7", 9,
			 "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7"));
}

TEST(json_replaces_what_is_not_utf8)
{
	CHECK(escapes_to("\xff", 1, "\\ufffd"));
	CHECK(escapes_to("\x80x", 2, "\\ufffdx"));
	CHECK(escapes_to("\xc3\xa4", 1, "\\ufffd"));                 /* cut */
	CHECK(escapes_to("\xc3\"", 2, "\\ufffd\\\""));              /* not continued */
	CHECK(escapes_to("\xc0\xaf", 2, "\\ufffd\\ufffd"));          /* too long a form */
	CHECK(escapes_to("\xe0\x9f\xbf", 3, "\\ufffd\\ufffd\\ufffd"));
	CHECK(escapes_to("\xed\xa0\x80", 3, "\\ufffd\\ufffd\\ufffd")); /* surrogate */
	CHECK(escapes_to("\xf4\x90\x80\x80", 4, "\\ufffd\\ufffd\\ufffd\\ufffd"));
	CHECK(escapes_to("\xf4\x8f\xbf\xbf", 4, "\xf4\x8f\xbf\xbf"));
	CHECK(escapes_to("\xf5\x80\x80\x80", 4, "\\ufffd\\ufffd\\ufffd\\ufffd"));
}

TEST(json_of_any_length)
{
	enum { LENGTH = 3 * JSON_PIECE + 7 };
	char text[LENGTH + 1] = "", expected[LENGTH + 16];
	struct made made;

	memset(text, 'x', LENGTH);
	json_text(begin_json(&made), "k", text, LENGTH);
	snprintf(expected, sizeof(expected), "{\"k\":\"%s\"}\n", text);
	CHECK(json_is(&made, expected));
}

TEST(json_on_a_full_device)
{
	struct json json;
	FILE *full = fopen("/dev/full", "w");

	if (!full)
		return;
	json_begin(&json, full);
	CHECK_EQ(json_end(&json), ERR_IO);
	CHECK(strstr(err_text(), "No space left"));
	fclose(full);
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
		{ "JSON nests", json_nests },
		{ "JSON escapes", json_escapes },
		{ "JSON replaces what is not UTF-8", json_replaces_what_is_not_utf8 },
		{ "JSON of any length", json_of_any_length },
		{ "JSON on a full device", json_on_a_full_device },
		{ 0 },
	});
}
