// SPDX-License-Identifier: GPL-2.0-only
/* small_kernel.h - 2 MiB of memory with as much of an x86_64 kernel as finding its vmcoreinfo
 * needs: utsname, page tables and an IDT, all in one huge page that is mapped as the image. */
#ifndef TESTS_SMALL_KERNEL_H
#define TESTS_SMALL_KERNEL_H

#include <elf.h>
#include <string.h>

#include "arch/arch.h"
#include "base/bytes.h"
#include "tests/unit/memory_source.h"

enum {
	SMALL_BYTES = 2 << 20,
	SMALL_PGD = 0x2000, SMALL_PUD = 0x3000, SMALL_PMD = 0x4000, SMALL_UTS = 0x5000,
	SMALL_IDT = 0x6000, SMALL_REST = 0x8000, /* from here on it is the test's */
	QEMU_BYTES = 440, SMALL_NOTE = 12 + 8 + QEMU_BYTES,
};

static const uint64_t small_image = 0xffffffff80000000;

#define SMALL_TEXT                                                                                 \
	"OSRELEASE=6.1.0\nPAGESIZE=4096\nSYMBOL(init_uts_ns)=ffffffff80005000\n"                   \
	"OFFSET(uts_namespace.name)=0\nSYMBOL(init_top_pgt)=ffffffff80002000\n"
#define SMALL_BASE "NUMBER(phys_base)=0\n"

static inline void small_kernel(uint8_t *memory)
{
	memset(memory, 0, SMALL_BYTES);
	put_64(false, memory + SMALL_PGD + 511 * 8, SMALL_PUD | 0x63);
	put_64(false, memory + SMALL_PUD + 510 * 8, SMALL_PMD | 0x63);
	put_64(false, memory + SMALL_PMD, 0xe3);
	strcpy((char *)memory + SMALL_UTS + 2 * UTS_FIELD, "6.1.0");
	memcpy(memory + SMALL_IDT, "\0\0\x10\0\0\x8e\x01\x80\xff\xff\xff\xff", 12);
}

/* QEMU's note of a CPU. */
static inline void small_cpu(uint8_t note[SMALL_NOTE], paddr_t root, vaddr_t idt)
{
	uint8_t *desc = note + SMALL_NOTE - QEMU_BYTES;

	memset(note, 0, SMALL_NOTE);
	put_32(false, note, 5);
	put_32(false, note + 4, QEMU_BYTES);
	strcpy((char *)note + 12, "QEMU");
	put_32(false, desc, 1);
	put_32(false, desc + 4, QEMU_BYTES);
	put_64(false, desc + 384, idt);
	put_64(false, desc + 392, 0x80050033);
	put_64(false, desc + 416, root);
}

#endif
