// SPDX-License-Identifier: GPL-2.0-only
/* dwarf.h - types, array lengths and enumerators out of debug information. */
#ifndef FACTS_DWARF_H
#define FACTS_DWARF_H

#include "facts/asks.h"
#include "facts/types.h"

struct Elf;
struct Dwarf;

struct dwarf {
	struct types types; /* the door: &dwarf.types goes where a struct types * is wanted. An id
			       is where the type stands; each find() is a walk over all units */
	struct Dwarf *debug; /* owned */
	bool big_endian;
	unsigned members;   /* looked at so far: there is an end to that */
};

/* Memory is what libdw needs to find its way. `name` is the file's, for messages; it and the Elf
 * outlive the struct, which stays where it is while it is open. ERR_CORRUPT: there is no debug
 * information. */
err_t dwarf_open(struct dwarf *, struct Elf *, const char *name);
void dwarf_close(struct dwarf *);

/* Answer what can be answered: sizes, offsets, lengths, enumerators, files. One pass over the
 * compilation units, which looks below the top of one only where a name is asked for. ERR_CORRUPT:
 * the debug information is damaged. */
err_t dwarf_answer(struct dwarf *, struct asks *);

#endif
