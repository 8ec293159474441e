// SPDX-License-Identifier: GPL-2.0-only
/* sheet.h - the same values by the same keys, as lines for people or as one JSON object.
 * For people, a key's underscores become blanks, and what a terminal would not print as it is
 * becomes \xHH. */
#ifndef BASE_SHEET_H
#define BASE_SHEET_H

#include "base/json.h"

struct sheet {
	FILE *to; /* lent */
	bool as_json;
	unsigned indent;
	bool in_row;      /* an element of a list: its values stand on one line */
	bool row_begun;   /* one does already */
	struct json json; /* if as_json */
};

void sheet_begin(struct sheet *, FILE *to, bool as_json);

/* ERR_IO: some of it could not be written. */
err_t sheet_end(struct sheet *);

void sheet_number(struct sheet *, const char *key, uint64_t value);
void sheet_bool(struct sheet *, const char *key, bool value);
void sheet_unknown(struct sheet *, const char *key);

/* Up to `length` bytes, or to a NUL. Empty: the same as sheet_unknown(). */
void sheet_text(struct sheet *, const char *key, const char *text, size_t length);
void sheet_word(struct sheet *, const char *key, const char *word);

/* What follows, up to sheet_close(), belongs together. An element of a list has the key NULL. */
void sheet_open(struct sheet *, const char *key);
void sheet_open_list(struct sheet *, const char *key);
void sheet_close(struct sheet *);

#endif
