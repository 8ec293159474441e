// SPDX-License-Identifier: GPL-2.0-only
/* answer.h - what a type, a variable or an enumerator answers of what is asked, whoever tells. */
#ifndef FACTS_ANSWER_H
#define FACTS_ANSWER_H

#include "facts/asks.h"
#include "facts/types.h"

/* Is a size, offset or length asked for under the name of a type? */
bool answer_wants_type(struct asks *, const char *name);

/* Of a type by that name, bare: sizes of it, offsets and lengths of its members. What it has no
 * answer for is closed, for others of its name have none either. But if it has none of the members
 * that are asked for, it is somebody else's, who took the same name. */
void answer_type(struct asks *, struct types *, const char *name, const struct type *);

/* Of a variable's type: its length, if it is an array. */
void answer_variable(struct asks *, struct types *, const char *name, const struct type *);

void answer_enumerator(struct asks *, const char *name, uint64_t value, const char *source);

#endif
