// SPDX-License-Identifier: GPL-2.0-only
/* btf.c - fuzz BTF: any bytes, the first of which says in which byte order; all is asked of it. */
#include <stdlib.h>
#include <string.h>

#include "kernel/btf.h"

/* Every type and member, and chains of names through them. */
static void look_at_all(struct btf *btf)
{
	struct types *types = &btf->types;
	struct type type, bare;

	for (uint64_t id = 0; id < 256 && types->get(types, id, &type); id++) {
		struct member member = { 0 };
		while (types->next_member(types, &type, &member))
			if (member.place > 64)
				break;
		types_member_within(types, &type, "next", &member);
		types_chain(types, &type, "lru.next", &member);
		types_bare(types, &type, &bare);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct asks asks;
	struct facts facts = { 0 };
	struct btf btf;
	uint64_t value;

	if (!size)
		return 0;
	struct target target = { .word_bytes = data[0] & 2 ? 4 : 8, .big_endian = data[0] & 1 };
	uint8_t *bytes = malloc(size);
	if (!bytes)
		return 0;
	memcpy(bytes, data + 1, size - 1);
	if (btf_parse(&btf, &target, bytes, size - 1, NULL) != OK)
		return 0;
	asks_init(&asks, &facts);
	btf_answer(&btf, &asks);
	look_at_all(&btf);
	btf.types.enumerator(&btf.types, "PG_lru", &value);
	btf_close(&btf);
	return 0;
}
