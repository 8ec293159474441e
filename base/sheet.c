// SPDX-License-Identifier: GPL-2.0-only
/* sheet.c - two forms of the same values. */
#include "base/sheet.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum { VALUES_AT = 24, STEP = 2 };

void sheet_begin(struct sheet *sheet, FILE *to, bool as_json)
{
	*sheet = (struct sheet){ .to = to, .as_json = as_json };
	if (as_json)
		json_begin(&sheet->json, to);
}

err_t sheet_end(struct sheet *sheet)
{
	if (sheet->as_json)
		return json_end(&sheet->json);
	errno = 0;
	if (fflush(sheet->to) || ferror(sheet->to))
		return fail(ERR_IO, "Can't write the text. %s",
			    errno ? strerror(errno) : "It was cut off");
	return OK;
}

static void put_words(FILE *to, const char *key)
{
	for (; *key; key++)
		fputc(*key == '_' ? ' ' : *key, to);
}

/* What stands before a value. */
static void put_label(struct sheet *sheet, const char *key)
{
	int left = VALUES_AT - 1 - (int)(sheet->indent + strlen(key));

	if (sheet->in_row)
		fputs(sheet->row_begun ? ", " : "", sheet->to);
	else
		fprintf(sheet->to, "%*s", (int)sheet->indent, "");
	put_words(sheet->to, key);
	if (sheet->in_row)
		fputc(' ', sheet->to);
	else
		fprintf(sheet->to, ":%*s", left > 0 ? left : 1, "");
	sheet->row_begun = sheet->in_row;
}

static void end_value(struct sheet *sheet)
{
	if (!sheet->in_row)
		fputc('\n', sheet->to);
}

static void put_line(struct sheet *sheet, const char *key, const char *value)
{
	put_label(sheet, key);
	fputs(value, sheet->to);
	end_value(sheet);
}

void sheet_number(struct sheet *sheet, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	if (sheet->as_json)
		json_number(&sheet->json, key, value);
	else
		put_line(sheet, key, text);
}

void sheet_bool(struct sheet *sheet, const char *key, bool value)
{
	if (sheet->as_json)
		json_bool(&sheet->json, key, value);
	else
		put_line(sheet, key, value ? "yes" : "no");
}

void sheet_unknown(struct sheet *sheet, const char *key)
{
	if (sheet->as_json)
		json_null(&sheet->json, key);
	else
		put_line(sheet, key, "(unknown)");
}

static void put_printable(FILE *to, const char *text, size_t length)
{
	for (; length && *text; text++, length--) {
		if (*text >= ' ' && *text <= '~' && *text != '\\')
			fputc(*text, to);
		else
			fprintf(to, "\\x%02x", (unsigned char)*text);
	}
}

void sheet_text(struct sheet *sheet, const char *key, const char *text, size_t length)
{
	if (!length || !*text) {
		sheet_unknown(sheet, key);
	} else if (sheet->as_json) {
		json_text(&sheet->json, key, text, length);
	} else {
		put_label(sheet, key);
		put_printable(sheet->to, text, length);
		end_value(sheet);
	}
}

void sheet_word(struct sheet *sheet, const char *key, const char *word)
{
	sheet_text(sheet, key, word, strlen(word));
}

/* A group's name has a line of its own; an element without one is a line. */
static void open_lines(struct sheet *sheet, const char *key)
{
	fprintf(sheet->to, "%*s", (int)sheet->indent, "");
	sheet->in_row = !key;
	sheet->row_begun = false;
	if (!key)
		return;
	put_words(sheet->to, key);
	fputs(":\n", sheet->to);
}

void sheet_open(struct sheet *sheet, const char *key)
{
	if (sheet->as_json)
		json_object(&sheet->json, key);
	else
		open_lines(sheet, key);
	sheet->indent += STEP;
}

void sheet_open_list(struct sheet *sheet, const char *key)
{
	if (sheet->as_json)
		json_list(&sheet->json, key);
	else
		open_lines(sheet, key);
	sheet->indent += STEP;
}

void sheet_close(struct sheet *sheet)
{
	sheet->indent -= STEP;
	if (sheet->as_json)
		json_close(&sheet->json);
	else if (sheet->in_row)
		fputc('\n', sheet->to);
	sheet->in_row = false;
}
