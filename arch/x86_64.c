// SPDX-License-Identifier: GPL-2.0-only
/* x86_64.c - 4 or 5 levels, 2 MiB and 1 GiB pages, a kernel image that KASLR moved.
 * Every kernel address is looked up in the kernel's own tables; only their root is computed. */
#include <elf.h>
#include <string.h>

#include "arch/machines.h"
#include "base/bytes.h"
#include "input/smram.h"

static const vaddr_t kernel_map = 0xffffffff80000000; /* __START_KERNEL_map, never changed */
static const uint64_t entry_address = 0x000ffffffffff000;

enum { ENTRY_PRESENT = 1, ENTRY_WRITABLE = 2, ENTRY_HUGE = 1 << 7, HUGE_LEVEL_MOST = 3 };

static enum pte decode(const struct space *space, uint64_t entry, unsigned level, paddr_t *next,
		       unsigned *shift)
{
	(void)shift;
	if (!(entry & ENTRY_PRESENT))
		return PTE_ABSENT;
	*next = entry & entry_address & space->address_mask;
	if (level == 1 || (entry & ENTRY_HUGE && level <= HUGE_LEVEL_MOST))
		return PTE_LEAF;
	return PTE_TABLE;
}

static const struct paging four_levels = { 4, { 12, 9, 9, 9, 9 }, 8, decode };
static const struct paging five_levels = { 5, { 12, 9, 9, 9, 9, 9 }, 8, decode };

/* Where the image lies: physical = virtual - kernel_map + phys_base. Exported since 4.10; before,
 * a kdump header or the dump's segment for the kernel image tells. Without any the image was not
 * moved. */
static uint64_t find_phys_base(const struct facts *facts, const struct source *source)
{
	if (fact_known(facts, NUMBER_PHYS_BASE))
		return facts->value[NUMBER_PHYS_BASE];
	if (source->stored.known)
		return source->stored.phys_base;
	for (size_t i = 0; i < source->segments; i++) {
		const struct segment *segment = &source->segment[i];
		if (segment->virtual >= kernel_map && segment->start != UINT64_MAX)
			return segment->start - (segment->virtual - kernel_map);
	}
	return 0;
}

static err_t find_root(const struct facts *facts, vaddr_t *ret)
{
	static const enum fact_id roots[] = {
		SYMBOL_INIT_TOP_PGT, SYMBOL_INIT_LEVEL4_PGT, SYMBOL_SWAPPER_PG_DIR,
	};

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		if (fact_known(facts, roots[i])) {
			*ret = facts->value[roots[i]];
			return OK;
		}
	}
	return fail(ERR_NOFACT, "vmcoreinfo does not tell SYMBOL(init_top_pgt), "
		    "SYMBOL(init_level4_pgt) or SYMBOL(swapper_pg_dir)");
}

/* MAX_PHYSMEM_BITS by version, for kernels before 5.9, which do not export it: 40, since 2.6.26
 * 44, since 2.6.31 46; 52 with five levels (4.13, 4c7c44837be7). */
static unsigned physmem_bits(const struct facts *facts, bool five)
{
	uint32_t version = facts_version(facts);

	if (five)
		return 52;
	if (version && version < KERNEL_VERSION(2, 6, 26))
		return 40;
	if (version && version < KERNEL_VERSION(2, 6, 31))
		return 44;
	return 46;
}

static err_t setup(struct space *space, const struct facts *facts, const struct source *source)
{
	bool five = fact_or(facts, NUMBER_PGTABLE_L5_ENABLED, 0) != 0;
	vaddr_t root = 0;

	TRY(find_root(facts, &root));
	space->paging = five ? &five_levels : &four_levels;
	space->phys_base = find_phys_base(facts, source);
	space->address_mask = ~fact_or(facts, NUMBER_SME_MASK, 0);
	space->write_bits = space->write_value = ENTRY_WRITABLE;
	space->root = (root - kernel_map + space->phys_base) & space->address_mask;
	space->kernel_start = five ? 0xff00000000000000 : 0xffff800000000000;
	space->user_tables = true;
	space->section_bits = 27;
	space->physmem_bits = physmem_bits(facts, five);
	return OK;
}

/* QEMU's note about a CPU, version 1 (struct QEMUCPUState of its target/i386/arch_dump.c, since
 * 1.2): a 32-bit version and size, 18 registers, ten segments {selector, limit, flags, pad, base},
 * of which the last is the IDT's, and cr0 to cr4. */
enum {
	QEMU_NOTE = 0, QEMU_VERSION = 1, QEMU_IDT_BASE = 384, QEMU_CR = 392, QEMU_LEAST = 432,
	CR_BYTES = 8,
};

/* What is needed of them. */
struct registers {
	uint64_t cr0, cr3, cr4, idt;
};

static bool read_qemu(const struct note *note, struct registers *ret)
{
	const uint8_t *cr = note->desc + QEMU_CR;

	if (!note_is(note, "QEMU", QEMU_NOTE) || note->desc_bytes < QEMU_LEAST ||
	    get_32(false, note->desc) != QEMU_VERSION)
		return false;
	*ret = (struct registers){ get_64(false, cr), get_64(false, cr + 3 * CR_BYTES),
				   get_64(false, cr + 4 * CR_BYTES),
				   get_64(false, note->desc + QEMU_IDT_BASE) };
	return true;
}

static bool read_smram(const struct note *note, struct registers *ret)
{
	const uint8_t *state = smram_of(note);

	if (!state)
		return false;
	*ret = (struct registers){ get_64(false, state + SMRAM_CR0),
				   get_64(false, state + SMRAM_CR3),
				   get_32(false, state + SMRAM_CR4), smram_idt(state) };
	return true;
}

/* With page table isolation (4.15, and its backports) a process has a table of its own behind the
 * kernel's, which is at a multiple of two pages. */
static bool cpu_state(const struct note *note, struct cpu_state *ret)
{
	static const uint64_t paging_on = UINT64_C(1) << 31, la57 = 1 << 12, page = 4096;
	struct registers cpu;

	if (!read_qemu(note, &cpu) && !read_smram(note, &cpu))
		return false;
	uint64_t root = cpu.cr3 & entry_address;
	*ret = (struct cpu_state){ .paging = cpu.cr4 & la57 ? &five_levels : &four_levels,
				   .root = { root, root & ~page }, .vectors = cpu.idt };
	return cpu.cr0 & paging_on && root;
}

/* struct elf_prstatus: 112 bytes about the process, 27 registers in the order of struct
 * user_regs_struct, and one word; of these the process and orig_rax are zeros here. */
static size_t status(const struct note *note, uint8_t ret[STATUS_MOST])
{
	enum { STATUS_BYTES = 336, REGISTERS_AT = 112 };
	static const struct {
		uint16_t at, bytes; /* 0 bytes: not told */
	} saved[] = {
		{ SMRAM_R15, 8 },      { SMRAM_R15 + 8, 8 },  { SMRAM_R15 + 16, 8 }, /* r15 - r13 */
		{ SMRAM_R15 + 24, 8 }, { SMRAM_RBP, 8 },      { SMRAM_RBX, 8 },      /* r12 */
		{ SMRAM_R15 + 32, 8 }, { SMRAM_R15 + 40, 8 }, { SMRAM_R15 + 48, 8 }, /* r11 - r9 */
		{ SMRAM_R15 + 56, 8 }, { SMRAM_RAX, 8 },      { SMRAM_RCX, 8 },      /* r8 */
		{ SMRAM_RDX, 8 },      { SMRAM_RSI, 8 },      { SMRAM_RDI, 8 },      { 0, 0 },
		{ SMRAM_RIP, 8 },      { SMRAM_CS, 4 },	      { SMRAM_RFLAGS, 8 },
		{ SMRAM_RSP, 8 },      { SMRAM_SS, 4 },	      { 0, 0 },		     { 0, 0 },
		{ SMRAM_DS, 4 },       { SMRAM_ES, 4 },       { SMRAM_FS, 4 },
		{ SMRAM_GS, 4 },
	};
	const uint8_t *state = smram_of(note);

	if (!state)
		return 0;
	memset(ret, 0, STATUS_BYTES);
	for (size_t i = 0; i < sizeof(saved) / sizeof(saved[0]); i++)
		memcpy(ret + REGISTERS_AT + 8 * i, state + saved[i].at, saved[i].bytes);
	return STATUS_BYTES;
}

/* A gate of the IDT has its handler in three parts. */
static vaddr_t handler(const uint8_t gate[VECTOR_BYTES])
{
	vaddr_t at = get_16(false, gate) | (vaddr_t)get_16(false, gate + 6) << 16 |
		     (vaddr_t)get_32(false, gate + 8) << 32;

	return at >= kernel_map ? at : 0;
}

static bool place(struct facts *facts, vaddr_t at, paddr_t physical, const struct cpu_state *cpu,
		  const char *source)
{
	bool told = fact_known(facts, NUMBER_PHYS_BASE);

	if (cpu && !fact_known(facts, NUMBER_PGTABLE_L5_ENABLED))
		fact_set(facts, NUMBER_PGTABLE_L5_ENABLED, cpu->paging == &five_levels, source);
	if (!told)
		fact_set(facts, NUMBER_PHYS_BASE, physical - (at - kernel_map), source);
	return !told;
}

/* Five levels, where it is not told how many: since 4.18 it is. */
static bool guess(struct facts *facts)
{
	if (fact_known(facts, NUMBER_PGTABLE_L5_ENABLED))
		return false;
	fact_set(facts, NUMBER_PGTABLE_L5_ENABLED, 1, "a guess that proved right");
	return true;
}

/* xen/include/asm-x86/config.h: the image has 1 GiB, and the mapping of all memory 1 TiB, since Xen
 * 4 up to 5. What is neither, is looked up. */
static err_t hypervisor(struct space *space, const struct facts *facts, bool old, paddr_t image)
{
	static const uint64_t image_bytes = 1 << 30;
	static const vaddr_t direct = 0xffff830000000000;
	vaddr_t symbol, root;

	TRY(fact_need(facts, SYMBOL_XEN_DOMAIN_LIST, &symbol));
	TRY(fact_need(facts, SYMBOL_XEN_PGD_L4, &root));
	vaddr_t start = symbol & ~(image_bytes - 1);
	space->paging = &four_levels;
	space->address_mask = UINT64_MAX;
	space->root = root - start + image;
	space->kernel_start = 0xffff800000000000;
	space->regions = 2;
	space->region[0] = (struct region){ start, start + image_bytes - 1, start - image };
	space->region[1] = (struct region){ direct,
					    old ? 0xffff83ffffffffff : 0xffff87ffffffffff, direct };
	return OK;
}

const struct arch arch_x86_64 = {
	.name = "x86_64",
	.elf_machine = EM_X86_64,
	.word_bytes = 8,
	.align_64 = 8,
	.page_shift = 12,
	.setup = setup,
	.cpu_state = cpu_state,
	.hypervisor = hypervisor,
	.status = status,
	.handler = handler,
	.place = place,
	.guess = guess,
	.image_align = 2 << 20,
	.image_most = 1 << 30, /* KERNEL_IMAGE_SIZE with KASLR */
};
