// SPDX-License-Identifier: GPL-2.0-only
/* itself.c - symbols first, for they tell where the types are. */
#include "kernel/itself.h"

#include "base/scope.h"

/* Symbols that say where the types are, are among the facts. */
static err_t answer_symbols(struct memory *memory, struct facts *facts, struct asks *asks)
{
	struct kallsyms kallsyms;

	TRY(kallsyms_open(&kallsyms, memory, facts));
	return kallsyms_answer(&kallsyms, asks);
}

static err_t answer_types(struct memory *memory, struct facts *facts, struct asks *asks)
{
	struct btf btf;

	TRY(btf_open_own(&btf, memory, facts, fact_or(facts, SYMBOL_START_BTF, 0),
			 fact_or(facts, SYMBOL_STOP_BTF, 0)));
	btf_answer(&btf, asks);
	btf_close(&btf);
	return OK;
}

err_t itself_answer(struct memory *memory, struct facts *facts)
{
	FREE_AT_END struct asks *asks = malloc(sizeof(*asks));
	struct kept_text why;

	if (!asks)
		return fail(ERR_NOMEM, "no memory for %zu bytes", sizeof(*asks));
	asks_init(asks, facts);
	err_t symbols = answer_symbols(memory, facts, asks);
	err_keep(&why);
	TRY(answer_types(memory, facts, asks));
	return symbols == OK ? OK : err_again(symbols, &why);
}
