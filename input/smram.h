// SPDX-License-Identifier: GPL-2.0-only
/* smram.h - what an x86 CPU saves of itself when it goes into system management mode, where
 * firmware makes its dumps: the upper 1024 bytes of the save area with 64-bit registers (Intel's
 * manual, volume 3, "SMRAM state save map"; offset 0 here is SMBASE + 8000H + 7C00H there). */
#ifndef INPUT_SMRAM_H
#define INPUT_SMRAM_H

#include "base/bytes.h"
#include "input/notes.h"
#include "input/sadump.h"

enum {
	SMRAM_IDT_HIGH = 472, SMRAM_CR4 = 576, SMRAM_IDT_LOW = 660,
	SMRAM_R15 = 796, /* then down to r8 */
	SMRAM_RAX = 860, SMRAM_RCX = 868, SMRAM_RDX = 876, SMRAM_RBX = 884, SMRAM_RSP = 892,
	SMRAM_RBP = 900, SMRAM_RSI = 908, SMRAM_RDI = 916,
	SMRAM_ES = 936, SMRAM_CS = 940, SMRAM_SS = 944, SMRAM_DS = 948, SMRAM_FS = 952,
	SMRAM_GS = 956, SMRAM_RIP = 984, SMRAM_EFER = 992, SMRAM_RFLAGS = 1000, SMRAM_CR3 = 1008,
	SMRAM_CR0 = 1016,
};

/* The state in a note of sadump; NULL: it is another note. */
static inline const uint8_t *smram_of(const struct note *note)
{
	bool is_state = note_is(note, "SADUMP", SADUMP_NOTE) &&
			note->desc_bytes == sizeof(uint64_t) + SADUMP_STATE;

	return is_state ? note->desc + sizeof(uint64_t) : NULL;
}

/* Where the table of interrupt handlers is. */
static inline vaddr_t smram_idt(const uint8_t *state)
{
	return (vaddr_t)get_32(false, state + SMRAM_IDT_HIGH) << 32 |
	       get_32(false, state + SMRAM_IDT_LOW);
}

#endif
