// SPDX-License-Identifier: GPL-2.0-only
/* table.h - the names of the facts, for the readers and writers in this room. */
#ifndef FACTS_TABLE_H
#define FACTS_TABLE_H

#include "facts/facts.h"

enum fact_kind {
	KIND_TEXT,
	KIND_DECIMAL,
	KIND_HEX,
	KIND_FLAG, /* =y, or not there */
	KIND_SYMBOL,
	KIND_SIZE,
	KIND_OFFSET,
	KIND_LENGTH,
	KIND_NUMBER
};

struct fact_entry {
	enum fact_kind kind;
	const char *name, *other; /* other: a second name of the same thing; NULL: it has none */
};

extern const struct fact_entry fact_table[FACTS];

/* SYMBOL, SIZE ... as vmcoreinfo spells it; NULL for the kinds that stand alone (OSRELEASE=). */
const char *fact_kind_word(enum fact_kind);

#endif
