// SPDX-License-Identifier: GPL-2.0-only
/* facts.c - the table of names, and the store. */
#include "facts/facts.h"

#include <stdio.h>
#include <string.h>

#include "facts/table.h"

const struct fact_entry fact_table[FACTS] = {
#define TEXT(id, name, other) { KIND_TEXT, name, other },
#define DECIMAL(id, name, other) { KIND_DECIMAL, name, other },
#define HEX(id, name, other) { KIND_HEX, name, other },
#define FLAG(id, name, other) { KIND_FLAG, name, other },
#define SYMBOL(id, name, other) { KIND_SYMBOL, name, other },
#define SIZE(id, name, other) { KIND_SIZE, name, other },
#define OFFSET(id, name, other) { KIND_OFFSET, name, other },
#define LENGTH(id, name, other) { KIND_LENGTH, name, other },
#define NUMBER(id, name, other) { KIND_NUMBER, name, other },
#include "facts/facts.def"
};

const char *fact_kind_word(enum fact_kind kind)
{
	static const char *const words[] = {
		[KIND_SYMBOL] = "SYMBOL", [KIND_SIZE] = "SIZE", [KIND_OFFSET] = "OFFSET",
		[KIND_LENGTH] = "LENGTH", [KIND_NUMBER] = "NUMBER",
	};

	return words[kind];
}

const char *fact_name(enum fact_id id, char text[FACT_NAME_BYTES])
{
	const char *word = fact_kind_word(fact_table[id].kind);

	if (word)
		snprintf(text, FACT_NAME_BYTES, "%s(%s)", word, fact_table[id].name);
	else
		snprintf(text, FACT_NAME_BYTES, "%s", fact_table[id].name);
	return text;
}

err_t fact_need(const struct facts *facts, enum fact_id id, uint64_t *ret)
{
	char name[FACT_NAME_BYTES];

	if (!facts->known[id])
		return fail(ERR_NOFACT, "vmcoreinfo does not tell %s", fact_name(id, name));
	*ret = facts->value[id];
	return OK;
}

void fact_set(struct facts *facts, enum fact_id id, uint64_t value, const char *source)
{
	facts->known[id] = true;
	facts->value[id] = value;
	facts->source[id] = source;
}

void facts_fill(struct facts *facts, const struct facts *from)
{
	for (enum fact_id id = 0; id < FACTS; id++) {
		if (facts->known[id] || !from->known[id] || fact_table[id].kind == KIND_TEXT)
			continue;
		fact_set(facts, id, from->value[id], from->source[id]);
		facts->by_other[id] = from->by_other[id];
	}
}

/* Where a text is kept, and how many bytes it may have with its NUL. */
static char *text_slot(struct facts *facts, enum fact_id id, size_t *bytes)
{
	switch (id) {
	case TEXT_OSRELEASE:
		*bytes = sizeof(facts->release);
		return facts->release;
	case TEXT_BUILD_ID:
		*bytes = sizeof(facts->build_id);
		return facts->build_id;
	default:
		*bytes = sizeof(facts->pud_file);
		return facts->pud_file;
	}
}

const char *fact_text(const struct facts *facts, enum fact_id id)
{
	size_t bytes;

	return text_slot((struct facts *)facts, id, &bytes);
}

void fact_set_text(struct facts *facts, enum fact_id id, const char *text, size_t length,
		   const char *source)
{
	size_t bytes;
	char *slot = text_slot(facts, id, &bytes);

	length = (size_t)min_u64(length, bytes - 1);
	memcpy(slot, text, length);
	slot[length] = 0;
	fact_set(facts, id, length, source);
}

uint32_t facts_version(const struct facts *facts)
{
	unsigned a = 0, b = 0, c = 0;

	if (sscanf(facts->release, "%3u.%3u.%5u", &a, &b, &c) < 2)
		return 0;
	return KERNEL_VERSION(a, b & 0xff, c > 0xffff ? 0xffff : c);
}
