// SPDX-License-Identifier: GPL-2.0-only
/* facts.h - what is known about the dead kernel: a number per name, or "not known".
 * Filled once by the readers (vmcoreinfo.c, vmlinux.c), then only read. facts.def lists them. */
#ifndef FACTS_FACTS_H
#define FACTS_FACTS_H

#include "base/err.h"
#include "base/types.h"

enum fact_id {
#define TEXT(id, name, other) TEXT_##id,
#define DECIMAL(id, name, other) DECIMAL_##id,
#define HEX(id, name, other) HEX_##id,
#define FLAG(id, name, other) FLAG_##id,
#define SYMBOL(id, name, other) SYMBOL_##id,
#define SIZE(id, name, other) SIZE_##id,
#define OFFSET(id, name, other) OFFSET_##id,
#define LENGTH(id, name, other) LENGTH_##id,
#define NUMBER(id, name, other) NUMBER_##id,
#include "facts/facts.def"
#undef TEXT
#undef DECIMAL
#undef HEX
#undef FLAG
#undef SYMBOL
#undef SIZE
#undef OFFSET
#undef LENGTH
#undef NUMBER
	FACTS
};

enum { RELEASE_BYTES = UTS_FIELD, BUILD_ID_BYTES = 129, SOURCE_FILE_BYTES = 100 };

struct facts {
	bool known[FACTS];
	uint64_t value[FACTS]; /* negative numbers in two's complement */
	bool by_other[FACTS]; /* the other name of it was used */
	const char *source[FACTS]; /* who said so: a string that lives as long as the program */
	char release[RELEASE_BYTES]; /* OSRELEASE; "" while not known */
	char build_id[BUILD_ID_BYTES]; /* BUILD-ID, in hexadecimal; "" while not known */
	char pud_file[SOURCE_FILE_BYTES]; /* SRCFILE(pud_t); "" while not known */
};

/* A kernel version as one number that compares. */
#define KERNEL_VERSION(a, b, c) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c))

static inline bool fact_known(const struct facts *facts, enum fact_id id)
{
	return facts->known[id];
}

static inline uint64_t fact_or(const struct facts *facts, enum fact_id id, uint64_t otherwise)
{
	return facts->known[id] ? facts->value[id] : otherwise;
}

/* The value, or ERR_NOFACT with a sentence that names what is missing. */
err_t fact_need(const struct facts *, enum fact_id, uint64_t *ret);

/* As it stands in vmcoreinfo: OFFSET(page.flags). Written to and returned from `text`. */
enum { FACT_NAME_BYTES = 64 };
const char *fact_name(enum fact_id, char text[FACT_NAME_BYTES]);

void fact_set(struct facts *, enum fact_id, uint64_t value, const char *source);

/* What is not known yet becomes what `from` knows, numbers only. */
void facts_fill(struct facts *, const struct facts *from);

/* A fact that is a text (TEXT_...), lent for as long as the facts live; "" while not known. */
const char *fact_text(const struct facts *, enum fact_id);

/* Set such a fact to the first `length` bytes at `text`, or as many as fit. */
void fact_set_text(struct facts *, enum fact_id, const char *text, size_t length,
		   const char *source);

/* The version in OSRELEASE; 0 when there is none. To be asked only where presence cannot tell. */
uint32_t facts_version(const struct facts *);

#endif
