// SPDX-License-Identifier: GPL-2.0-only
/* words.h - the words of a line of a recipe, and what they mean: places, numbers, bytes. */
#ifndef TESTS_MAKE_WORDS_H
#define TESTS_MAKE_WORDS_H

#include "tests/make/core.h"

struct words {
	char *word[WORDS + 1];
	unsigned count;
};

/* A place in the kernel: NAME, NAME:NUMBER, or a number; then +OFFSET. */
static uint64_t place(struct recipe *recipe, const char *text, bool is_virtual)
{
	struct kernel *kernel = &recipe->kernel;
	char name[64] = "";
	const char *plus = strchr(text, '+'), *colon = strchr(text, ':');
	uint64_t index = colon ? strtoull(colon + 1, NULL, 0) : 0, at, offset;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(text, "+:"), text);
	offset = plus ? number(plus + 1) : 0;
	if (strcmp(name, "page") == 0 || strcmp(name, "lru") == 0) {
		offset += name[0] == 'l' ? kernel->page->lru : 0;
		return offset + (is_virtual ? page_vaddr(kernel, index)
					    : page_paddr(kernel, index));
	}
	if (strcmp(name, "pcp") == 0)
		at = own_pcp(&recipe->own, index % CPUS);
	else if ((at = log_place(kernel, &recipe->log, name, index)))
		;
	else if (strcmp(name, "pgd") == 0)
		at = kernel->root;
	else if (strcmp(name, "uts") == 0)
		at = kernel->uts;
	else if (strcmp(name, "sections") == 0)
		at = kernel->sections_at;
	else if (strcmp(name, "section") == 0)
		at = section_at(kernel, index);
	else if (strcmp(name, "mem_map") == 0)
		at = kernel->mem_map_at;
	else if (strcmp(name, "zone") == 0)
		at = kernel->zone_at[index % NODES];
	else if (strcmp(name, "node") == 0)
		at = kernel->zone_at[index % NODES] - ZONE_BYTES + PGDAT_REST;
	else if (strcmp(name, "free") == 0) /* the first list of an order */
		at = kernel->zone_at[0] + AREAS_AT + index * AREA_BYTES;
	else
		at = number(name);
	return offset + (is_virtual ? direct(kernel, at) : at);
}

/* A number, or &PLACE: its virtual address. */
static uint64_t value(struct recipe *recipe, const char *text)
{
	return *text == '&' ? place(recipe, text + 1, true) : number(text);
}

static size_t hex_bytes(const char *text, uint8_t *ret, size_t most)
{
	size_t size = strlen(text) / 2;

	if (size > most || strlen(text) % 2)
		die("\"%s\" are no bytes", text);
	for (size_t i = 0; i < size; i++) {
		unsigned byte;
		if (sscanf(text + 2 * i, "%2x", &byte) != 1)
			die("\"%s\" are no bytes", text);
		ret[i] = (uint8_t)byte;
	}
	return size;
}

#endif
