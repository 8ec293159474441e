// SPDX-License-Identifier: GPL-2.0-only
/* json.h - one JSON object on one line, written as it is made.
 * Nothing is kept but the piece on its way out, so an object may have any length. A line shorter
 * than that piece reaches the file in one write. Every value has a key, but for those of a list,
 * whose key is NULL. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdio.h>

#include "base/err.h"
#include "base/types.h"

enum { JSON_PIECE = 1024, JSON_DEPTH = 8 };

struct json {
	FILE *to; /* lent */
	size_t used;
	unsigned depth;         /* objects and lists that are open; at most JSON_DEPTH */
	char close[JSON_DEPTH]; /* what ends each of them */
	bool first;             /* no comma before the next value */
	bool failed;            /* something could not be written */
	char piece[JSON_PIECE]; /* not yet written */
};

/* Begin the object. */
void json_begin(struct json *, FILE *to);

/* End it, with a newline, and hand all of it to the kernel. ERR_IO: some of it could not be
 * written. */
err_t json_end(struct json *);

void json_number(struct json *, const char *key, uint64_t value);
void json_tenths(struct json *, const char *key, uint64_t tenths); /* 427 is 42.7 */
void json_bool(struct json *, const char *key, bool value);
void json_null(struct json *, const char *key);

/* Up to `length` bytes, or to a NUL. What is not UTF-8 becomes U+FFFD, one for each byte. */
void json_text(struct json *, const char *key, const char *text, size_t length);

/* The values up to the matching json_close() belong to an object or list inside. */
void json_object(struct json *, const char *key);
void json_list(struct json *, const char *key);
void json_close(struct json *);

#endif
