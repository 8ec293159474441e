// SPDX-License-Identifier: GPL-2.0-only
/* extension.h - shared objects of others that decide about pages (--extension); the interface is
 * told to their authors by makedumpfile-extension.h. */
#ifndef JOBS_EXTENSION_H
#define JOBS_EXTENSION_H

#include "jobs/names.h"

/* Load plan->extension[], fill in what they ask for, begin them, and have the decider ask them. One
 * that cannot be used is said, and passed over. What they erase goes to dump->scrub, which is not
 * sealed yet. ERR_NOMEM. */
err_t extensions_load(struct dump *);
void extensions_unload(struct dump *);

#endif
