// SPDX-License-Identifier: GPL-2.0-only
/* text.c - small parsers with bounds. */
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool piece_is(struct piece piece, const char *word)
{
	return strlen(word) == piece.length &&
	       (!piece.length || memcmp(piece.at, word, piece.length) == 0);
}

bool piece_line(struct piece *rest, struct piece *line)
{
	size_t length = 0;

	if (!rest->length || !rest->at[0])
		return false;
	while (length < rest->length && rest->at[length] && rest->at[length] != '\n')
		length++;
	*line = (struct piece){ rest->at, length };
	if (length < rest->length && rest->at[length] == '\n')
		length++;
	rest->at += length;
	rest->length -= length;
	return true;
}

bool piece_split(struct piece whole, char mark, struct piece *before, struct piece *after)
{
	const char *found = whole.length ? memchr(whole.at, mark, whole.length) : NULL;

	if (!found)
		return false;
	*before = (struct piece){ whole.at, (size_t)(found - whole.at) };
	*after = (struct piece){ found + 1, whole.length - before->length - 1 };
	return true;
}

static int digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return 16;
}

static bool digits(struct piece piece, unsigned base, uint64_t *ret)
{
	uint64_t value = 0;

	if (!piece.length)
		return false;
	for (size_t i = 0; i < piece.length; i++) {
		unsigned digit = (unsigned)digit_value(piece.at[i]);
		if (digit >= base || __builtin_mul_overflow(value, (uint64_t)base, &value) ||
		    __builtin_add_overflow(value, (uint64_t)digit, &value))
			return false;
	}
	*ret = value;
	return true;
}

static struct piece skip(struct piece piece, size_t count)
{
	return (struct piece){ piece.at + count, piece.length - count };
}

bool piece_decimal(struct piece piece, uint64_t *ret)
{
	bool minus = piece.length && piece.at[0] == '-';

	if (!digits(minus ? skip(piece, 1) : piece, 10, ret))
		return false;
	if (minus)
		*ret = -*ret;
	return true;
}

bool piece_hex(struct piece piece, uint64_t *ret)
{
	if (piece.length > 2 && piece.at[0] == '0' && (piece.at[1] == 'x' || piece.at[1] == 'X'))
		piece = skip(piece, 2);
	return digits(piece, 16, ret);
}

bool piece_number(struct piece piece, uint64_t *ret)
{
	return piece_decimal(piece, ret) || piece_hex(piece, ret);
}

bool text_size(const char *text, uint64_t *ret)
{
	static const char suffixes[] = "KMGTPE";
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	uint64_t value = strtoull(text, &end, 0);
	if (errno || !value)
		return false;
	if (*end) {
		const char *found = strchr(suffixes, *end >= 'a' ? *end - 32 : *end);
		if (!found || end[1])
			return false;
		unsigned shift = 10 * (unsigned)(found - suffixes + 1);
		if (value > UINT64_MAX >> shift)
			return false;
		value <<= shift;
	}
	*ret = value;
	return true;
}
