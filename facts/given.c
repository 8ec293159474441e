// SPDX-License-Identifier: GPL-2.0-only
/* given.c - join what a file says of a kernel with what the dump says of itself. */
#include "facts/given.h"

#include <string.h>

#include "facts/table.h"

err_t given_match(const struct facts *given, const char *file, const struct facts *own,
		  const char *dump)
{
	bool by_id = fact_known(given, TEXT_BUILD_ID) && fact_known(own, TEXT_BUILD_ID);
	enum fact_id id = by_id ? TEXT_BUILD_ID : TEXT_OSRELEASE;

	if (!fact_known(given, id) || !fact_known(own, id) ||
	    !strcmp(fact_text(given, id), fact_text(own, id)))
		return OK;
	return fail(ERR_MISMATCH, "%s and %s don't match. The one is of %s \"%s\", the other of "
		    "\"%s\"", file, dump, by_id ? "build id" : "release", fact_text(given, id),
		    fact_text(own, id));
}

/* Variables of each CPU count from 0 on some machines, far below the image, and do not move. */
static bool moves(const struct facts *given, enum fact_id id)
{
	enum { BEFORE_TEXT_MOST = 16 << 20 };
	uint64_t text = fact_or(given, SYMBOL_STEXT, 0);

	return fact_table[id].kind == KIND_SYMBOL && fact_known(given, id) &&
	       (text < BEFORE_TEXT_MOST || given->value[id] >= text - BEFORE_TEXT_MOST);
}

void given_slide(struct facts *given, const struct facts *own)
{
	uint64_t by = fact_or(own, HEX_KERNELOFFSET, 0);
	struct facts linked = *given;

	if (fact_known(given, SYMBOL_STEXT) && fact_known(own, SYMBOL_STEXT))
		by = own->value[SYMBOL_STEXT] - given->value[SYMBOL_STEXT];
	for (enum fact_id id = 0; id < FACTS; id++)
		if (moves(&linked, id))
			given->value[id] += by;
}

void given_join(struct facts *given, const struct facts *own)
{
	/* The last because since 4.15 (83e3c48729d9) vmlinux has a pointer of that name, and the
	 * note tells where it points (a0b1280368d1). */
	static const enum fact_id own_first[] = {
		DECIMAL_PAGESIZE, DECIMAL_CRASHTIME, HEX_KERNELOFFSET, NUMBER_PHYS_BASE,
		SYMBOL_MEM_SECTION,
	};

	for (size_t i = 0; i < sizeof(own_first) / sizeof(own_first[0]); i++)
		given->known[own_first[i]] &= !fact_known(own, own_first[i]);
	for (enum fact_id id = 0; id < FACTS; id++) {
		if (fact_known(given, id) || !fact_known(own, id))
			continue;
		if (fact_table[id].kind == KIND_TEXT)
			fact_set_text(given, id, fact_text(own, id), own->value[id],
				      own->source[id]);
		else
			fact_set(given, id, own->value[id], own->source[id]);
		given->by_other[id] = own->by_other[id];
	}
}
