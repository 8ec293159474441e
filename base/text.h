// SPDX-License-Identifier: GPL-2.0-only
/* text.h - numbers and lines out of text that nobody promised to be well formed. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/err.h"
#include "base/types.h"

/* A piece of somebody else's text; not NUL-terminated. */
struct piece {
	const char *at;
	size_t length;
};

bool piece_is(struct piece piece, const char *word);

/* Cut the first line off `rest` (without its newline). False at the end: of the text, or at a NUL.
 */
bool piece_line(struct piece *rest, struct piece *line);

/* Split at the first `mark`: what stands before it, and what behind. False when there is none. */
bool piece_split(struct piece whole, char mark, struct piece *before, struct piece *after);

/* A whole number with optional sign (two's complement in the result) or 0x. False: not a number, or
 * not all of the piece, or more than 64 bits. */
bool piece_decimal(struct piece piece, uint64_t *ret);
bool piece_hex(struct piece piece, uint64_t *ret);

/* What vmcoreinfo does: decimal, and hexadecimal where that leaves something over. */
bool piece_number(struct piece piece, uint64_t *ret);

/* Bytes with an optional suffix K M G T P E (powers of 1024, either case). False: 0, or anything
 * else. */
bool text_size(const char *text, uint64_t *ret);

#endif
