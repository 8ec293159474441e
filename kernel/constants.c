// SPDX-License-Identifier: GPL-2.0-only
/* constants.c - a search ends with what it may find, or it costs more than the dump. */
#include "kernel/constants.h"

enum { STEP = 4096 }; /* the least page */

err_t constants_find(const struct facts *facts, struct constants *ret)
{
	static const enum fact_id data[] = { SYMBOL_INIT_UTS_NS, SYMBOL_SYSTEM_UTSNAME };

	TRY(fact_need(facts, SYMBOL_STEXT, &ret->from));
	ret->from &= ~(uint64_t)(STEP - 1);
	ret->to = ret->from + CONSTANTS_MOST;
	for (size_t i = 0; i < sizeof(data) / sizeof(data[0]); i++) {
		vaddr_t at = fact_or(facts, data[i], ret->to);
		if (at - ret->from < ret->to - ret->from)
			ret->to = at;
	}
	return OK;
}
