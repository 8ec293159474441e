// SPDX-License-Identifier: GPL-2.0-only
/* debugfile.h - where debug information lies that was cut off a kernel: in a file of its own, found
 * by build id or by the name that the kernel's file has of it (.gnu_debuglink). */
#ifndef FACTS_DEBUGFILE_H
#define FACTS_DEBUGFILE_H

#include <limits.h>
#include <stdbool.h>

struct Elf;

/* The n-th place (from 0) where the debug information of `file` may be, as debuggers look for it.
 * `build_id` is in hexadecimal, "" if it has none. False: there are no more places. Whether there
 * is a file is for the caller to find out, and whether it is the right one. */
bool debugfile_place(struct Elf *, const char *file, const char *build_id, unsigned n,
		     char path[PATH_MAX]);

#endif
