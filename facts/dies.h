// SPDX-License-Identifier: GPL-2.0-only
/* dies.h - small questions to one entry (DIE) of debug information; for the files that read it. */
#ifndef FACTS_DIES_H
#define FACTS_DIES_H

#include <elfutils/libdw.h>

#include "base/types.h"

enum { DIE_LANGUAGE_RUST = 0x1c }; /* its types are not the kernel's of that name */

/* An attribute that is a number. False: it has none, or it is none. */
bool die_number(Dwarf_Die *, unsigned attribute, uint64_t *ret);

/* Where a member lies, in bytes. Members of a union say nothing and lie at its start; a bit field
 * of a struct that tells its bits alone has no place: false. */
bool die_member_offset(Dwarf_Die *member, bool in_union, uint64_t *ret);

/* Elements of one dimension, counted from 0, of an array. False: there is no such dimension, or it
 * has no bound; *dimensions, where it is not NULL, becomes how many there are in any case. */
bool die_elements(Dwarf_Die *array, unsigned dimension, uint64_t *ret, unsigned *dimensions);

#endif
