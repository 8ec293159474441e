// SPDX-License-Identifier: GPL-2.0-only
/* elf.h - ELF cores: the input format, and where fields lie in the two classes. */
#ifndef INPUT_ELF_H
#define INPUT_ELF_H

#include "input/source.h"

extern const struct input_format elf_format;

/* Offsets in the ELF header (e_ident, type, machine lie alike), a program and a section header. */
struct elf_shape {
	uint8_t class_bytes, header, phoff, shoff, flags, ehsize, phentsize, phnum, shentsize,
		shnum, shstrndx;
	uint8_t phdr, p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_flags, p_align;
	uint8_t shdr, sh_size, sh_info;
};

/* 32 and 64 bit. */
static const struct elf_shape elf_shapes[] = {
	{ 4, 52, 28, 32, 36, 40, 42, 44, 46, 48, 50, 32, 4, 8, 12, 16, 20, 24, 28, 40, 20, 28 },
	{ 8, 64, 32, 40, 48, 52, 54, 56, 58, 60, 62, 56, 8, 16, 24, 32, 40, 4, 48, 64, 32, 44 },
};

#endif
