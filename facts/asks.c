// SPDX-License-Identifier: GPL-2.0-only
/* asks.c - the questions, out of the list of facts, and found again by name. */
#include "facts/asks.h"

#include <string.h>

#include "facts/table.h"

/* Facts that go by another name than their own. */
static const struct other_ask {
	enum fact_id id;
	enum ask_what what;
	const char *name;
	enum ask_reading reading;
} other_asks[] = {
	{ DECIMAL_PAGESIZE,       ASK_SYMBOL_SIZE, "empty_zero_page", AS_IS },
	{ TEXT_PUD_T,             ASK_FILE,        "pud_t",           AS_IS },
	{ SYMBOL_XEN_PGD_L3,      ASK_SYMBOL,      "idle_pg_table",   AS_IS },
	{ SYMBOL_XEN_PGD_L4,      ASK_SYMBOL,      "idle_pg_table",   AS_IS },
	{ NUMBER_PG_HEAD_MASK,    ASK_ENUMERATOR,  "PG_head",         MASK_OF_BIT },
	{ NUMBER_PG_HEAD_MASK,    ASK_ENUMERATOR,  "PG_compound",     MASK_OF_BIT }, /* - 2.6.35 */
	/* enum pagetype of 6.11 (ff202303c398); before, page types were macros */
	{ NUMBER_PAGE_BUDDY,      ASK_ENUMERATOR,  "PG_buddy",        TYPE_BIT },
	{ NUMBER_PAGE_OFFLINE,    ASK_ENUMERATOR,  "PG_offline",      TYPE_BIT },
	{ NUMBER_PAGE_HUGETLB,    ASK_ENUMERATOR,  "PG_hugetlb",      TYPE_BIT },
	{ NUMBER_PAGE_SLAB,       ASK_ENUMERATOR,  "PG_slab",         TYPE_BIT },
	/* the same since 6.12 (4ffca5a96678) */
	{ NUMBER_PAGE_BUDDY,      ASK_ENUMERATOR,  "PGTY_buddy",      TYPE_BYTE },
	{ NUMBER_PAGE_OFFLINE,    ASK_ENUMERATOR,  "PGTY_offline",    TYPE_BYTE },
	{ NUMBER_PAGE_HUGETLB,    ASK_ENUMERATOR,  "PGTY_hugetlb",    TYPE_BYTE },
	{ NUMBER_PAGE_SLAB,       ASK_ENUMERATOR,  "PGTY_slab",       TYPE_BYTE },
	{ NUMBER_PAGE_UNACCEPTED, ASK_ENUMERATOR,  "PGTY_unaccepted", TYPE_BYTE },
};

enum { OTHER_ASKS = sizeof(other_asks) / sizeof(other_asks[0]) };

_Static_assert(2 * FACTS + OTHER_ASKS <= (int)ASKS_MOST && (int)ASKS_MOST < UINT16_MAX,
	       "room for the asks");

/* FNV-1a. */
static unsigned bucket_of(const char *at, size_t length)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (uint8_t)at[i]) * 16777619u;
	return (hash ^ hash >> 16) % ASK_BUCKETS;
}

static void add(struct asks *asks, struct ask ask)
{
	uint16_t *bucket = &asks->bucket[bucket_of(ask.name.at, ask.name.length)];

	initials_add(&asks->initials, ask.name.at, ask.name.length);
	ask.next = *bucket;
	asks->ask[asks->count++] = ask;
	*bucket = (uint16_t)asks->count;
}

/* Ask as the kind says; a name "type.member" comes in two parts. */
static void add_named(struct asks *asks, enum fact_id id, const char *text, bool by_other)
{
	struct ask ask = { .id = id, .name = { text, strlen(text) }, .by_other = by_other };
	struct piece type, member;
	bool in_type = piece_split(ask.name, '.', &type, &member);

	if (in_type) {
		ask.name = type;
		ask.member = member;
	}
	switch (fact_table[id].kind) {
	case KIND_SYMBOL:
		ask.what = ASK_SYMBOL;
		break;
	case KIND_SIZE:
		ask.what = ASK_TYPE_SIZE;
		break;
	case KIND_OFFSET:
		ask.what = ASK_OFFSET;
		break;
	case KIND_LENGTH:
		ask.what = in_type ? ASK_MEMBER_LENGTH : ASK_VARIABLE_LENGTH;
		break;
	case KIND_NUMBER:
		ask.what = ASK_ENUMERATOR;
		ask.reading = strncmp(text, "PG_", 3) ? AS_IS : BIT_NUMBER;
		break;
	default:
		return;
	}
	add(asks, ask);
}

void asks_init(struct asks *asks, struct facts *facts)
{
	memset(asks, 0, sizeof(*asks));
	asks->facts = facts;
	for (unsigned i = 0; i < OTHER_ASKS; i++)
		add(asks, (struct ask){ .what = other_asks[i].what, .id = other_asks[i].id,
					.name = { other_asks[i].name, strlen(other_asks[i].name) },
					.reading = other_asks[i].reading });
	for (enum fact_id id = 0; id < FACTS; id++) {
		add_named(asks, id, fact_table[id].name, false);
		if (fact_table[id].other)
			add_named(asks, id, fact_table[id].other, true);
	}
}

static struct ask *search(struct asks *asks, uint16_t place, const char *name)
{
	for (; place; place = asks->ask[place - 1].next) {
		struct ask *ask = &asks->ask[place - 1];
		if (!ask->closed && !asks->facts->known[ask->id] && piece_is(ask->name, name))
			return ask;
	}
	return NULL;
}

struct ask *asks_find(struct asks *asks, const char *name)
{
	if (!initials_have(&asks->initials, initials_of(name, INITIALS)))
		return NULL;
	return search(asks, asks->bucket[bucket_of(name, strlen(name))], name);
}

struct ask *asks_more(struct asks *asks, const struct ask *ask, const char *name)
{
	return search(asks, ask->next, name);
}

void ask_answer(struct asks *asks, const struct ask *ask, uint64_t value, const char *source)
{
	fact_set(asks->facts, ask->id, value, source);
	asks->facts->by_other[ask->id] = ask->by_other;
}

bool ask_read(const struct ask *ask, uint64_t enumerator, uint64_t *ret)
{
	enum { WORD_BITS = 64 };

	switch (ask->reading) {
	case BIT_NUMBER:
		*ret = enumerator;
		return enumerator < WORD_BITS;
	case MASK_OF_BIT:
		*ret = enumerator < WORD_BITS ? UINT64_C(1) << enumerator : 0;
		return enumerator < WORD_BITS;
	case TYPE_BIT: /* the kernel's is an int, and negative */
		*ret = (uint64_t)(int64_t)(int32_t)~(uint32_t)enumerator;
		return enumerator >= WORD_BITS && enumerator <= UINT32_MAX;
	case TYPE_BYTE:
		*ret = (uint64_t)(int64_t)(int32_t)(uint32_t)(enumerator << 24);
		return enumerator >= 0x80 && enumerator <= UINT8_MAX;
	default:
		*ret = enumerator;
		return true;
	}
}
