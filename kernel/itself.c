// SPDX-License-Identifier: GPL-2.0-only
/* itself.c - symbols first, for they tell where the types are. */
#include "kernel/itself.h"

#include "base/scope.h"

err_t itself_types(struct memory *memory, const struct facts *facts, struct btf *ret)
{
	struct kallsyms kallsyms;
	vaddr_t start = fact_or(facts, SYMBOL_START_BTF, 0);
	vaddr_t end = fact_or(facts, SYMBOL_STOP_BTF, 0);

	if (!start || !end) {
		TRY(kallsyms_open(&kallsyms, memory, facts));
		TRY(kallsyms_find(&kallsyms, "__start_BTF", &start));
		TRY(kallsyms_find(&kallsyms, "__stop_BTF", &end));
	}
	return btf_open(ret, memory, start, end, NULL);
}

static err_t answer_types(struct memory *memory, struct facts *facts, struct asks *asks)
{
	struct btf btf;
	vaddr_t ignored;

	TRY(fact_need(facts, SYMBOL_START_BTF, &ignored));
	TRY(itself_types(memory, facts, &btf));
	btf_answer(&btf, asks);
	btf_close(&btf);
	return OK;
}

err_t itself_answer(struct memory *memory, struct facts *facts)
{
	FREE_AT_END struct asks *asks = malloc(sizeof(*asks));
	struct kallsyms kallsyms;

	if (!asks)
		return fail(ERR_NOMEM, "no memory for %zu bytes", sizeof(*asks));
	asks_init(asks, facts);
	TRY(kallsyms_open(&kallsyms, memory, facts));
	TRY(kallsyms_answer(&kallsyms, asks));
	return answer_types(memory, facts, asks);
}
