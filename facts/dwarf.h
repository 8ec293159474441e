// SPDX-License-Identifier: GPL-2.0-only
/* dwarf.h - types, array lengths and enumerators out of debug information. */
#ifndef FACTS_DWARF_H
#define FACTS_DWARF_H

#include "facts/asks.h"
#include "facts/types.h"

struct Elf;
struct Dwarf;

/* Where what has a name is defined. */
struct dwarf_names {
	struct dwarf_entry *entry; /* owned: a table by hash, half of it empty at least */
	uint32_t room, entries;
};

struct dwarf {
	struct types types; /* the door: &dwarf.types goes where a struct types * is wanted. Without
			       an index each find() and variable() is a walk over all units */
	struct Dwarf *debug; /* owned */
	bool big_endian;
	uint8_t word_bytes;
	struct dwarf_names names; /* the index; room 0: there is none */
	unsigned members;   /* looked at so far: without an index there is an end to that */
};

/* Memory is what libdw needs to find its way. `name` is the file's, for messages; it and the Elf
 * outlive the struct, which stays where it is while it is open. ERR_CORRUPT: there is no debug
 * information. */
err_t dwarf_open(struct dwarf *, struct Elf *, const char *name);
void dwarf_close(struct dwarf *);

/* For who asks more than once: note where each name is defined. One pass over all units, which
 * takes seconds and some megabytes, whatever the dump. From then on find() and variable() look
 * there, of variables at definitions only; and a type that is only declared in one file is found
 * where another defines it. ERR_NOMEM; ERR_CORRUPT: the debug information is damaged. */
err_t dwarf_index(struct dwarf *);

/* Answer what can be answered: sizes, offsets, lengths, enumerators, files. One pass over the
 * compilation units, which looks below the top of one only where a name is asked for. ERR_CORRUPT:
 * the debug information is damaged. */
err_t dwarf_answer(struct dwarf *, struct asks *);

#endif
