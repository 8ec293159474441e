// SPDX-License-Identifier: GPL-2.0-only
/* asks.h - what a vmlinux is asked: one question per fact that is not known yet, found by the name
 * of a symbol, type, variable or enumerator. Most follow from the fact's own kind and name:
 * OFFSET(page.flags) asks for the member flags of struct page. The few that do not are a table in
 * asks.c. */
#ifndef FACTS_ASKS_H
#define FACTS_ASKS_H

#include "base/initials.h"
#include "base/text.h"
#include "facts/facts.h"

enum ask_what {
	ASK_SYMBOL,          /* its address */
	ASK_SYMBOL_SIZE,
	ASK_TYPE_SIZE,
	ASK_OFFSET,          /* of a member */
	ASK_MEMBER_LENGTH,   /* elements of a member that is an array */
	ASK_VARIABLE_LENGTH, /* the same of a variable */
	ASK_ENUMERATOR,
	ASK_FILE,            /* that declares a type */
};

/* What an enumerator's value says about the fact. */
enum ask_reading {
	AS_IS,
	BIT_NUMBER,  /* of a word; other values belong to another enumerator of that name */
	MASK_OF_BIT,
	TYPE_BIT,    /* that a page type clears, so the mark is its complement; no bit number */
	TYPE_BYTE,   /* the highest byte of the mark */
};

struct ask {
	enum ask_what what;
	enum fact_id id;
	struct piece name, member;
	enum ask_reading reading;
	bool by_other; /* under the fact's other name */
	bool closed;   /* nobody can answer any more */
	uint16_t next; /* in the same bucket, plus 1 */
};

enum { ASKS_MOST = 2 * FACTS + 32, ASK_BUCKETS = 1024 };

struct asks {
	struct facts *facts;
	struct initials initials; /* of all names that are asked for */
	unsigned count;
	uint16_t bucket[ASK_BUCKETS]; /* number of an ask, plus 1; 0: empty */
	struct ask ask[ASKS_MOST];
};

/* Ask for everything that `facts` does not know. They are kept, and looked at whether an answer has
 * come. */
void asks_init(struct asks *, struct facts *);

/* The first and then every other ask under a name that is still open; NULL: no more. */
struct ask *asks_find(struct asks *, const char *name);
struct ask *asks_more(struct asks *, const struct ask *, const char *name);

/* Set the fact it asks for. */
void ask_answer(struct asks *, const struct ask *, uint64_t value, const char *source);

/* What an enumerator of this value tells. False: it is not the one meant. */
bool ask_read(const struct ask *, uint64_t enumerator, uint64_t *ret);

#endif
