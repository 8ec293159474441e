// SPDX-License-Identifier: GPL-2.0-only
/* x86.c - i386: 2 levels and 4 MiB pages, or with PAE 3 levels and 2 MiB pages.
 * Every kernel address is looked up in the kernel's own tables, which map themselves: that tells
 * where the linear map begins (CONFIG_VMSPLIT_...), for nothing exports it. The image lies in the
 * linear map wherever it was loaded. */
#include <elf.h>
#include <string.h>

#include "arch/machines.h"
#include "input/smram.h"

enum { ENTRY_PRESENT = 1, ENTRY_HUGE = 1 << 7, HUGE_LEVEL = 2 };

static enum pte kind_of(uint64_t entry, unsigned level)
{
	if (!(entry & ENTRY_PRESENT))
		return PTE_ABSENT;
	return level == 1 || (level == HUGE_LEVEL && entry & ENTRY_HUGE) ? PTE_LEAF : PTE_TABLE;
}

/* A page of 4 MiB has bits 39:32 of its address in bits 20:13 (PSE-36). */
static enum pte decode(const struct space *space, uint64_t entry, unsigned level, paddr_t *next,
		       unsigned *shift)
{
	enum pte kind = kind_of(entry, level);

	(void)space, (void)shift;
	*next = entry & 0xfffff000;
	if (kind == PTE_LEAF && level == HUGE_LEVEL)
		*next = (entry & 0xffc00000) | (entry & 0x1fe000) << 19;
	return kind;
}

/* The four entries of the top table have no bit for huge pages. */
static enum pte decode_pae(const struct space *space, uint64_t entry, unsigned level,
			   paddr_t *next, unsigned *shift)
{
	(void)space, (void)shift;
	*next = entry & UINT64_C(0x000ffffffffff000);
	return kind_of(entry, level);
}

static const struct paging two_levels = { 2, { 12, 10, 10 },  4, decode };
static const struct paging pae =        { 3, { 12, 9, 9, 2 }, 8, decode_pae };

static bool try(struct space *space, const struct source *source, const struct paging *paging,
		vaddr_t root)
{
	static const vaddr_t page_offsets[] = {
		0xc0000000, 0xb0000000, 0x80000000, 0x78000000, 0x40000000,
	};

	space->paging = paging;
	for (size_t i = 0; i < sizeof(page_offsets) / sizeof(page_offsets[0]); i++) {
		if (root < page_offsets[i])
			continue;
		space->kernel_start = page_offsets[i];
		space->root = root - page_offsets[i];
		if (space_leads_home(space, source, root))
			return true;
	}
	return false;
}

/* vmcoreinfo tells of PAE, a vmlinux does not. */
static err_t setup(struct space *space, const struct facts *facts, const struct source *source)
{
	static const struct section_sizes small[] = { { 26, 32 } };
	/* SECTION_SIZE_BITS was 30 until 2.6.26. */
	static const struct section_sizes large[] = { { 29, 36 }, { 30, 36 } };
	vaddr_t root = 0;

	TRY(fact_need(facts, SYMBOL_SWAPPER_PG_DIR, &root));
	space->tables_last = UINT32_MAX;
	if ((fact_known(facts, FLAG_X86_PAE) || !try(space, source, &two_levels, root)) &&
	    !try(space, source, &pae, root))
		return fail(ERR_CORRUPT, "swapper_pg_dir %#" PRIx64 ": no page tables that map "
			    "themselves are found there", root);
	if (space->paging == &pae)
		space_choose_sections(space, facts, large, 2);
	else
		space_choose_sections(space, facts, small, 1);
	return OK;
}

/* struct elf_prstatus: 72 bytes about the process, 17 registers in the order of struct
 * user_regs_struct, and one word; of these the process and orig_eax are zeros here. */
static size_t status(const struct note *note, uint8_t ret[STATUS_MOST])
{
	enum { STATUS_BYTES = 144, REGISTERS_AT = 72, WORD = 4, NOT_TOLD = 0 };
	static const uint16_t saved[] = {
		SMRAM_RBX, SMRAM_RCX, SMRAM_RDX, SMRAM_RSI, SMRAM_RDI, SMRAM_RBP, SMRAM_RAX,
		SMRAM_DS, SMRAM_ES, SMRAM_FS, SMRAM_GS, NOT_TOLD, SMRAM_RIP, SMRAM_CS, SMRAM_RFLAGS,
		SMRAM_RSP, SMRAM_SS,
	};
	const uint8_t *state = smram_of(note);

	if (!state)
		return 0;
	memset(ret, 0, STATUS_BYTES);
	for (size_t i = 0; i < sizeof(saved) / sizeof(saved[0]); i++)
		if (saved[i])
			memcpy(ret + REGISTERS_AT + WORD * i, state + saved[i], WORD);
	return STATUS_BYTES;
}

const struct arch arch_x86 = {
	.name = "i686",
	.elf_machine = EM_386,
	.word_bytes = 4,
	.align_64 = 4,
	.page_shift = 12,
	.setup = setup,
	.status = status,
};
