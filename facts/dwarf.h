// SPDX-License-Identifier: GPL-2.0-only
/* dwarf.h - types, array lengths and enumerators out of debug information. */
#ifndef FACTS_DWARF_H
#define FACTS_DWARF_H

#include "facts/asks.h"

struct Elf;

/* Answer what can be answered: sizes, offsets, lengths, enumerators, files. One pass over the
 * compilation units, which looks below the top of one only where a name is asked for, and ends
 * early when nothing is open. Memory is what libdw needs to find its way. `name` is the file's, for
 * messages. ERR_CORRUPT: there is no debug information, or it is damaged. */
err_t dwarf_answer(struct Elf *, const char *name, struct asks *);

#endif
