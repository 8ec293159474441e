// SPDX-License-Identifier: GPL-2.0-only
/* dwarf_types.h - the types of a kernel, and of all its variables, out of debug information.
 * Where it is opened, one pass over all units notes where each name is defined; that takes seconds
 * and some megabytes, whatever the dump. */
#ifndef FACTS_DWARF_TYPES_H
#define FACTS_DWARF_TYPES_H

#include "base/err.h"
#include "facts/types.h"

struct Elf;
struct dwarf_entry;

struct dwarf_types {
	struct types types; /* the door: &dwarf.types goes where a struct types * is wanted */
	const char *name;   /* of the file; lent */
	struct Dwarf *dwarf;       /* owned */
	struct dwarf_entry *entry; /* owned: a table by hash, half of it empty at least */
	uint32_t room, entries;
	uint8_t word_bytes;
};

/* Open what an ELF file has. It must stay open, and the struct where it is. ERR_CORRUPT: there is
 * no debug information, or it is damaged. ERR_NOMEM. After a failure nothing is held. */
err_t dwarf_types_open(struct dwarf_types *, struct Elf *, const char *name, uint8_t word_bytes);
void dwarf_types_close(struct dwarf_types *);

#endif
