// SPDX-License-Identifier: GPL-2.0-only
/* dwarf_names.h - where debug information defines what has a name; a part of dwarf.h. */
#ifndef FACTS_DWARF_NAMES_H
#define FACTS_DWARF_NAMES_H

#include <elfutils/libdw.h>

#include "facts/dwarf.h"

/* Note a DIE, if it defines a variable or a type that has a name. The first definition counts, of
 * variables the first that all files see, if there is one. ERR_NOMEM; ERR_CORRUPT: more names than
 * any kernel has. */
err_t dwarf_names_note(struct dwarf_names *, Dwarf_Die *);

/* Where the definition of that tag and name stands. 0: there is none. */
uint64_t dwarf_names_find(const struct dwarf_names *, unsigned tag, const char *name);

void dwarf_names_free(struct dwarf_names *);

#endif
