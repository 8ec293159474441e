// SPDX-License-Identifier: GPL-2.0-only
/* answer.c - types meet questions. */
#include "facts/answer.h"

#include <string.h>

enum { MEMBER_NAME_BYTES = 64 };

static bool of_member(const struct ask *ask)
{
	return ask->what == ASK_OFFSET || ask->what == ASK_MEMBER_LENGTH;
}

bool answer_wants_type(struct asks *asks, const char *name)
{
	for (struct ask *ask = asks_find(asks, name); ask; ask = asks_more(asks, ask, name))
		if (ask->what == ASK_TYPE_SIZE || of_member(ask))
			return true;
	return false;
}

/* Elements of an array. False: it is none, or has no bound. */
static bool length_of(struct types *types, const struct type *type, uint64_t *ret)
{
	struct type array;

	if (!types_bare(types, type, &array) || array.kind != TYPE_ARRAY || !array.elements)
		return false;
	*ret = array.elements;
	return true;
}

static bool answer_member(struct types *types, struct asks *asks, const struct ask *ask,
			  const struct type *whole)
{
	char name[MEMBER_NAME_BYTES];
	struct member member;
	struct type type;
	uint64_t length;

	if (ask->member.length >= sizeof(name))
		return false;
	memcpy(name, ask->member.at, ask->member.length);
	name[ask->member.length] = 0;
	if (!types_member_within(types, whole, name, &member))
		return false;
	if (ask->what == ASK_OFFSET) {
		if (member.bits || member.bit_offset % 8)
			return false;
		ask_answer(asks, ask, member.bit_offset / 8, types->source);
		return true;
	}
	if (!types->get(types, member.type, &type) || !length_of(types, &type, &length))
		return false;
	ask_answer(asks, ask, length, types->source);
	return true;
}

void answer_type(struct asks *asks, struct types *types, const char *name, const struct type *type)
{
	unsigned wanted = 0, found = 0;

	for (struct ask *ask = asks_find(asks, name); ask; ask = asks_more(asks, ask, name)) {
		wanted += of_member(ask);
		found += of_member(ask) && answer_member(types, asks, ask, type);
	}
	if (wanted && !found)
		return;
	for (struct ask *ask = asks_find(asks, name); ask; ask = asks_more(asks, ask, name)) {
		if (ask->what == ASK_TYPE_SIZE && type->bytes)
			ask_answer(asks, ask, type->bytes, types->source);
		else if (of_member(ask))
			ask->closed = true;
	}
}

void answer_variable(struct asks *asks, struct types *types, const char *name,
		     const struct type *type)
{
	uint64_t length;

	for (struct ask *ask = asks_find(asks, name); ask; ask = asks_more(asks, ask, name))
		if (ask->what == ASK_VARIABLE_LENGTH && length_of(types, type, &length))
			ask_answer(asks, ask, length, types->source);
}

void answer_enumerator(struct asks *asks, const char *name, uint64_t value, const char *source)
{
	uint64_t told;

	for (struct ask *ask = asks_find(asks, name); ask; ask = asks_more(asks, ask, name))
		if (ask->what == ASK_ENUMERATOR && ask_read(ask, value, &told))
			ask_answer(asks, ask, told, source);
}
