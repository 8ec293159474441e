// SPDX-License-Identifier: GPL-2.0-only
/* anydump.c - a dump of any machine and kernel, opened for its own sake: what it says of itself,
 * and how its pages are cut. */
#include <elf.h>

#include "arch/arch.h"
#include "facts/vmcoreinfo.h"
#include "makedumpfile.h"

enum { PAGE_SHIFT_LEAST = 12, PAGE_SHIFT_MOST = 16, PAGE_SHIFT_GUESS = 12 };

/* A word of the kernel has not always the size that the class of the container tells. */
static uint8_t word_bytes(const struct source *source)
{
	switch (source->elf_machine) {
	case EM_386:
	case EM_ARM:
	case EM_PPC:
		return 4;
	case EM_X86_64:
	case EM_AARCH64:
	case EM_PPC64:
		return 8;
	default:
		return source->class_bytes;
	}
}

/* The page size as VMCOREINFO or the machine tells it. A kdump file has told already. */
static void find_target(struct any_dump *dump)
{
	struct source *source = &dump->source;
	uint64_t page = fact_or(&dump->facts, DECIMAL_PAGESIZE, 0);
	const struct arch *arch = arch_find(source->elf_machine);
	uint8_t shift = PAGE_SHIFT_GUESS;

	dump->page_size_known = true;
	if (source->stored.known)
		return;
	if (page && !(page & (page - 1)) && page >> PAGE_SHIFT_LEAST &&
	    page >> PAGE_SHIFT_MOST <= 1)
		shift = (uint8_t)__builtin_ctzll(page);
	else if (arch)
		shift = arch->page_shift;
	else
		dump->page_size_known = false;
	source->target = (struct target){ .word_bytes = word_bytes(source),
					  .big_endian = source->big_endian,
					  .page_shift = shift, .align_64 = 8 };
}

err_t any_dump_open(struct any_dump *dump, const struct plan *plan, const char *name)
{
	struct source *source = &dump->source;

	*dump = (struct any_dump){ .source = { .name = name, .mapping = plan->mapping } };
	TRY(source_open(source));
	notes_scan(source->big_endian, source->notes, source->notes_bytes, &dump->notes);
	if (dump->notes.vmcoreinfo)
		dump->vmcoreinfo = vmcoreinfo_read(&dump->facts,
						   (const char *)dump->notes.vmcoreinfo,
						   dump->notes.vmcoreinfo_bytes,
						   "the note VMCOREINFO");
	find_target(dump);
	return OK;
}

void any_dump_close(struct any_dump *dump)
{
	source_close(&dump->source);
}
