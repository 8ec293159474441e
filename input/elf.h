// SPDX-License-Identifier: GPL-2.0-only
/* elf.h - ELF cores as input: /proc/vmcore, files of kexec, QEMU and virsh, makedumpfile -E. */
#ifndef INPUT_ELF_H
#define INPUT_ELF_H

#include "input/source.h"

extern const struct input_format elf_format;

#endif
