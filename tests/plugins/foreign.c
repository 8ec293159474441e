// SPDX-License-Identifier: GPL-2.0-only
/* foreign.c - an extension by somebody who never saw makedumpfile-extension.h, but the interface it
 * is for: tables of pointers in .init_ksyms and .init_ktypes, whose bounds foreign.ld names.
 *
 * FOREIGN_SAID names the file for what it was told; FOREIGN_PAGES that for each page it was asked
 * about, with the word 40 bytes into its struct page (page.private of 6.1). FOREIGN_DROP and
 * FOREIGN_KEEP are ranges of page frames, FIRST-END. FOREIGN_ERASE: it erases a part of
 * linux_banner. -DMISSING: it needs what no kernel has. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int readmem(int type, unsigned long long address, void *buffer, size_t size);
unsigned long long next_list(unsigned long long address);
int update_filter_info_raw(unsigned long long address, int fill, int length);

struct symbol {
	char *modname, *symname;
	bool required;
	uint64_t value;
	int index;
};

struct type {
	char *modname, *struct_name, *member_name;
	bool struct_required : 1;
	bool member_required : 1;
	uint32_t member_bit_offset, member_bit_size, member_size, struct_size;
	int index;
};

static struct symbol banner = { "vmlinux", "linux_banner", true, 0, 0 };
static struct symbol init_task = { "vmlinux", "init_task", true, 0, 0 };
static struct symbol nobody = { "vmlinux", "no_such_symbol", false, 0, 0 };
static struct type page = { "vmlinux", "page", NULL, true, false, 0, 0, 0, 0, 0 };
static struct type comm = { "vmlinux", "task_struct", "comm", true, true, 0, 0, 0, 0, 0 };
static struct type tasks = { "vmlinux", "task_struct", "tasks", true, true, 0, 0, 0, 0, 0 };
static struct type nothing = { "vmlinux", "task_struct", "no_such", true, false, 0, 0, 0, 0, 0 };
#ifdef MISSING
static struct symbol missing = { "vmlinux", "no_such_symbol", true, 0, 0 };
#endif

#define IN(name) __attribute__((used, section(name)))
static struct symbol *symbols[] IN(".init_ksyms") = { &banner, &init_task, &nobody,
#ifdef MISSING
						      &missing
#endif
};
static struct type *types[] IN(".init_ktypes") = { &page, &comm, &tasks, &nothing };

static FILE *pages;
static unsigned long drop[2], keep[2];

static void range(const char *name, unsigned long ret[2])
{
	const char *text = getenv(name);

	if (text && sscanf(text, "%lx-%lx", &ret[0], &ret[1]) != 2)
		abort();
}

/* Tasks by their list, with names. */
static void tell_tasks(FILE *to)
{
	unsigned long long head = init_task.value + tasks.member_bit_offset / 8, at = head;
	char name[16];

	for (int i = 0; i < 1000 && (at = next_list(at)) && at != head; i++)
		if (readmem(0, at - tasks.member_bit_offset / 8 + comm.member_bit_offset / 8, name,
			    sizeof(name)))
			fprintf(to, "task %.16s\n", name);
}

void extension_init(void)
{
	FILE *to = fopen(getenv("FOREIGN_SAID"), "w");
	char text[64] = "";
	char byte;

	fprintf(to, "page %u, comm %u, absent %d %d\n", page.struct_size, comm.member_size,
		nobody.index, nothing.index);
	fprintf(to, "read %d\n", readmem(0, banner.value, text, sizeof(text) - 1) != 0);
	fprintf(to, "banner %s\n", text);
	fprintf(to, "nowhere %d %d\n", readmem(0, 0x1000, &byte, 1),
		readmem(1, 1ULL << 50, &byte, 1));
	fprintf(to, "physical %d\n", readmem(1, 0x100000, &byte, 1) != 0);
	tell_tasks(to);
	if (getenv("FOREIGN_ERASE"))
		fprintf(to, "erased %d\n", update_filter_info_raw(banner.value + 6, 'Z', 7));
	fclose(to);
	if (getenv("FOREIGN_PAGES"))
		pages = fopen(getenv("FOREIGN_PAGES"), "w");
	range("FOREIGN_DROP", drop);
	range("FOREIGN_KEEP", keep);
}

int extension_callback(unsigned long pfn, const void *struct_page)
{
	uint64_t private;

	memcpy(&private, (const char *)struct_page + 40, sizeof(private));
	if (pages)
		fprintf(pages, "%lx %llx\n", pfn, (unsigned long long)private);
	if (pfn >= keep[0] && pfn < keep[1])
		return 0;
	return pfn >= drop[0] && pfn < drop[1] ? 1 : 2;
}
