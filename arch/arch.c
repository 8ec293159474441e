// SPDX-License-Identifier: GPL-2.0-only
/* arch.c - the machines. */
#include "arch/arch.h"

#include "arch/machines.h"

static const struct arch *const machines[] = {
	&arch_x86_64, &arch_arm64, &arch_riscv64, &arch_s390x,
};

const struct arch *arch_find(uint16_t elf_machine)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (machines[i]->elf_machine == elf_machine)
			return machines[i];
	return NULL;
}
