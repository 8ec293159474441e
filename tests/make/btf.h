// SPDX-License-Identifier: GPL-2.0-only
/* btf.h - write BTF, type by type, for mkdump and unit tests. A type's number comes back. */
#ifndef TESTS_MAKE_BTF_H
#define TESTS_MAKE_BTF_H

#include <string.h>

#include "base/bytes.h"

enum { BTF_TYPES = 1 << 15, BTF_TEXT = 1 << 13, BTF_HEADER = 24 };

enum btf_kind {
	BTF_INT = 1, BTF_PTR, BTF_ARRAY, BTF_STRUCT, BTF_UNION, BTF_ENUM, BTF_FWD, BTF_TYPEDEF,
	BTF_VOLATILE, BTF_CONST, BTF_VAR = 14, BTF_ENUM64 = 19,
};

struct btf_maker {
	bool big;
	uint8_t types[BTF_TYPES];
	char text[BTF_TEXT];
	uint32_t type_bytes, text_bytes, count;
	uint32_t open; /* where the type that gets parts stands */
};

static inline void btf_begin(struct btf_maker *btf, bool big)
{
	btf->big = big;
	btf->text[0] = 0;
	btf->type_bytes = btf->count = 0;
	btf->text_bytes = 1;
}

static inline uint32_t btf_text(struct btf_maker *btf, const char *name)
{
	uint32_t at = btf->text_bytes;

	if (!*name)
		return 0;
	strcpy(btf->text + at, name);
	btf->text_bytes += (uint32_t)strlen(name) + 1;
	return at;
}

static inline void btf_word(struct btf_maker *btf, uint32_t value)
{
	put_32(btf->big, btf->types + btf->type_bytes, value);
	btf->type_bytes += 4;
}

/* The 12 bytes of a type; `value` is its size or another type. */
static inline uint32_t btf_type(struct btf_maker *btf, const char *name, enum btf_kind kind,
				uint32_t value)
{
	btf->open = btf->type_bytes;
	btf_word(btf, btf_text(btf, name));
	btf_word(btf, (uint32_t)kind << 24);
	btf_word(btf, value);
	return ++btf->count;
}

static inline void btf_count_part(struct btf_maker *btf)
{
	uint8_t *info = btf->types + btf->open + 4;

	put_32(btf->big, info, get_32(btf->big, info) + 1);
}

static inline uint32_t btf_int(struct btf_maker *btf, const char *name, uint32_t bytes, bool sign)
{
	uint32_t id = btf_type(btf, name, BTF_INT, bytes);

	btf_word(btf, (uint32_t)sign << 24 | bytes * 8);
	return id;
}

static inline uint32_t btf_array(struct btf_maker *btf, uint32_t of, uint32_t elements)
{
	uint32_t id = btf_type(btf, "", BTF_ARRAY, 0);

	btf_word(btf, of);
	btf_word(btf, of);
	btf_word(btf, elements);
	return id;
}

/* Of the struct or union that was begun last. */
static inline void btf_member(struct btf_maker *btf, const char *name, uint32_t type, uint32_t bits)
{
	btf_count_part(btf);
	btf_word(btf, btf_text(btf, name));
	btf_word(btf, type);
	btf_word(btf, bits);
}

/* Of the enum that was begun last. */
static inline void btf_value(struct btf_maker *btf, const char *name, uint32_t value)
{
	btf_count_part(btf);
	btf_word(btf, btf_text(btf, name));
	btf_word(btf, value);
}

static inline size_t btf_bytes(const struct btf_maker *btf)
{
	return BTF_HEADER + btf->type_bytes + btf->text_bytes;
}

/* The whole, btf_bytes() of it. */
static inline void btf_write(const struct btf_maker *btf, uint8_t *to)
{
	const uint32_t header[] = { BTF_HEADER, 0, btf->type_bytes, btf->type_bytes,
				    btf->text_bytes };

	put_16(btf->big, to, 0xeb9f);
	to[2] = 1;
	to[3] = 0;
	for (unsigned i = 0; i < 5; i++)
		put_32(btf->big, to + 4 + i * 4, header[i]);
	memcpy(to + BTF_HEADER, btf->types, btf->type_bytes);
	memcpy(to + BTF_HEADER + btf->type_bytes, btf->text, btf->text_bytes);
}

#endif
