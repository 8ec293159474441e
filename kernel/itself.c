// SPDX-License-Identifier: GPL-2.0-only
/* itself.c - symbols first, for they tell where the types are. */
#include "kernel/itself.h"

#include "base/scope.h"

/* Where symbols say that the types are. */
static err_t find_types(struct memory *memory, const struct facts *facts, vaddr_t *start,
			vaddr_t *end)
{
	struct kallsyms kallsyms;

	*start = fact_or(facts, SYMBOL_START_BTF, 0);
	*end = fact_or(facts, SYMBOL_STOP_BTF, 0);
	if (*start && *end)
		return OK;
	TRY(kallsyms_open(&kallsyms, memory, facts));
	TRY(kallsyms_find(&kallsyms, "__start_BTF", start));
	return kallsyms_find(&kallsyms, "__stop_BTF", end);
}

err_t itself_types(struct memory *memory, const struct facts *facts, struct btf *ret)
{
	struct constants constants;
	vaddr_t start, end;

	err_t result = find_types(memory, facts, &start, &end);
	if (result != OK && result != ERR_NOMEM) {
		TRY(constants_find(facts, &constants));
		result = btf_search(memory, &constants, &start, &end);
	}
	return result != OK ? result : btf_open(ret, memory, start, end, NULL);
}

static err_t answer_symbols(struct memory *memory, struct facts *facts, struct asks *asks)
{
	struct kallsyms kallsyms;

	TRY(kallsyms_open(&kallsyms, memory, facts));
	return kallsyms_answer(&kallsyms, asks);
}

static err_t answer_types(struct memory *memory, struct facts *facts, struct asks *asks)
{
	struct btf btf;

	TRY(itself_types(memory, facts, &btf));
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
