// SPDX-License-Identifier: GPL-2.0-only
/* arch.c - the machines. */
#include "arch/arch.h"

#include <string.h>

#include "arch/machines.h"

#define ENTRY(name) &arch_##name,
static const struct arch *const machines[] = { MACHINES(ENTRY) };

const struct arch *arch_find(uint16_t elf_machine)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (machines[i]->elf_machine == elf_machine)
			return machines[i];
	return NULL;
}

const struct arch *arch_named(const char *name)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (strcmp(machines[i]->name, name) == 0)
			return machines[i];
	return NULL;
}
