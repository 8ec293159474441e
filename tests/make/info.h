// SPDX-License-Identifier: GPL-2.0-only
/* info.h - statements of a recipe: vmcoreinfo, and who else tells where the kernel lies. */
#ifndef TESTS_MAKE_INFO_H
#define TESTS_MAKE_INFO_H

#include "tests/make/words.h"

/* The line that begins with KEY=, or NULL. */
static char *find_info(struct recipe *recipe, const char *key, size_t length)
{
	for (char *line = recipe->info; *line; line += strcspn(line, "\n") + 1)
		if (strncmp(line, key, length) == 0 && line[length] == '=')
			return line;
	return NULL;
}

static void drop_info(struct recipe *recipe, const char *key, size_t length)
{
	char *line = find_info(recipe, key, length);

	if (line)
		memmove(line, strchr(line, '\n') + 1, strlen(strchr(line, '\n') + 1) + 1);
}

static void do_drop(struct recipe *recipe, const struct words *words)
{
	if (strcmp(words->word[1], "vmcoreinfo") == 0)
		recipe->info_wanted = false;
	else if (!find_info(recipe, words->word[1], strlen(words->word[1])))
		die("vmcoreinfo has no %s", words->word[1]);
	drop_info(recipe, words->word[1], strlen(words->word[1]));
}

static void add_info(struct recipe *recipe, const char *line)
{
	size_t used = strlen(recipe->info);

	if (used + strlen(line) + 2 > INFO_BYTES)
		die("vmcoreinfo is too long");
	drop_info(recipe, line, strcspn(line, "="));
	used = strlen(recipe->info);
	sprintf(recipe->info + used, "%s\n", line);
	recipe->info_wanted = true;
}

/* info KEY=VALUE; VALUE may be &PLACE or @PLACE (direct mapping, physical), for hexadecimal keys */
static void do_info(struct recipe *recipe, const struct words *words)
{
	char line[512], *equals = strchr(words->word[1], '=');

	snprintf(line, sizeof(line), "%s", words->word[1]);
	if (equals && (equals[1] == '&' || equals[1] == '@'))
		snprintf(line, sizeof(line), "%.*s%" PRIx64, (int)(equals + 1 - words->word[1]),
			 words->word[1], place(recipe, equals + 2, equals[1] == '&'));
	add_info(recipe, line);
}

/* text PADDR note|plain [KEY=VALUE...]: vmcoreinfo as told so far, with lines of its own instead or
 * behind, into memory; a note has its header in front, which ends at PADDR */
static void do_text(struct recipe *recipe, const struct words *words)
{
	uint64_t at = place(recipe, words->word[1], false), size = 0;
	static const uint8_t name[12] = "VMCOREINFO";
	char text[INFO_BYTES + 4096] = "";
	bool used[WORDS] = { false };

	for (char *line = recipe->info; *line; line += strcspn(line, "\n") + 1) {
		const char *as = line;
		for (unsigned i = 3; i < words->count; i++) {
			size_t key = strcspn(words->word[i], "=") + 1;
			if (strncmp(words->word[i], line, key) == 0) {
				as = words->word[i];
				used[i] = true;
			}
		}
		size += sprintf(text + size, "%.*s\n", (int)strcspn(as, "\n"), as);
	}
	for (unsigned i = 3; i < words->count; i++)
		if (!used[i])
			size += sprintf(text + size, "%s\n", words->word[i]);
	for (size_t i = 0; i < size; i++)
		*bytes_at(&recipe->kernel, at + i) = (uint8_t)text[i];
	if (strcmp(words->word[2], "note"))
		return;
	set_32(&recipe->kernel, at - 24, 11);
	set_32(&recipe->kernel, at - 20, size);
	set_32(&recipe->kernel, at - 16, 0);
	for (size_t i = 0; i < sizeof(name); i++)
		*bytes_at(&recipe->kernel, at - 12 + i) = name[i];
}

/* cpu ROOT [IDT]: QEMU's note of one that uses the page tables at ROOT; IDT is a virtual address */
static void do_cpu(struct recipe *recipe, const struct words *words)
{
	enum { QEMU_BYTES = 440, IDT_AT = 384, CR0_AT = 392, CR3_AT = 416, CR4_AT = 424 };
	uint8_t *desc = calloc(1, QEMU_BYTES);

	if (recipe->notes == NOTES || !desc)
		die("more than %d notes", NOTES);
	put_32(false, desc, 1);
	put_32(false, desc + 4, QEMU_BYTES);
	put_64(false, desc + IDT_AT, words->count > 2 ? value(recipe, words->word[2]) : 0);
	put_64(false, desc + CR0_AT, 0x80050033);
	put_64(false, desc + CR3_AT, place(recipe, words->word[1], false));
	put_64(false, desc + CR4_AT, recipe->kernel.five_levels ? 0x1020 : 0x20);
	recipe->note[recipe->notes++] = (struct note){ "QEMU", 0, desc, QEMU_BYTES };
}

/* map VADDR PADDR [LEVEL]: what an entry of the lowest level maps, or of another */
static void do_map(struct recipe *recipe, const struct words *words)
{
	if (!recipe->made)
		die("there is no kernel yet");
	map_page(&recipe->kernel, value(recipe, words->word[1]),
		 place(recipe, words->word[2], false),
		 words->count > 3 ? (unsigned)number(words->word[3]) : 1);
}

static void do_info_most(struct recipe *recipe, const struct words *words)
{
	recipe->info_most = number(words->word[1]);
}

static void tell_kernel(struct recipe *recipe)
{
	const struct kernel *kernel = &recipe->kernel;
	char line[128];

	snprintf(line, sizeof(line), "OSRELEASE=%s", kernel->release);
	add_info(recipe, line);
	snprintf(line, sizeof(line), "PAGESIZE=%" PRIu64, page_size(kernel));
	add_info(recipe, line);
	for (size_t i = 0; i < sizeof(info_keys) / sizeof(info_keys[0]); i++) {
		const struct info_key *key = &info_keys[i];
		uint64_t number = kernel->value[key->value];
		if (number == NOTHING || kernel->version < key->since ||
		    kernel->version >= key->until)
			continue;
		if (key->form == 's')
			number = (uint64_t)(int64_t)(int32_t)number;
		snprintf(line, sizeof(line), key->form == 'x' ? "%s=%" PRIx64 :
			 key->form == 'h' ? "%s=0x%" PRIx64 : key->form == 'y' ? "%s=y" :
			 "%s=%" PRId64, key->key, number);
		add_info(recipe, line);
	}
	add_info(recipe, "CRASHTIME=1700000000");
}

#endif
