// SPDX-License-Identifier: GPL-2.0-only
/* vmcoreinfo.c - fuzz the VMCOREINFO text and the rules that are chosen from it. */
#include "facts/vmcoreinfo.h"
#include "pages/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct facts facts;
	struct rules rules;

	facts = (struct facts){ 0 };
	if (vmcoreinfo_read(&facts, (const char *)data, size, "fuzz") != OK)
		return 0;
	for (unsigned word = 4; word <= 8; word += 4) {
		struct target target = { .word_bytes = (uint8_t)word, .page_shift = 12,
					 .align_64 = 8 };
		rules_choose(&rules, &target, &facts);
	}
	return 0;
}
