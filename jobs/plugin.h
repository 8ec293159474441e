// SPDX-License-Identifier: GPL-2.0-only
/* plugin.h - shared objects of others, which this program loads and calls. */
#ifndef JOBS_PLUGIN_H
#define JOBS_PLUGIN_H

#include "base/err.h"
#include "base/types.h"

/* Can this program load any? A statically linked one cannot. */
bool plugin_possible(void);

/* Load a shared object; *ret is for the calls below. Looked at first is whether the file is whole
 * and for this machine: the loader of the C library dies of a file that was cut. ERR_IO,
 * ERR_CORRUPT: it cannot be loaded; the sentence says why. */
err_t plugin_load(const char *path, void **ret);

/* A symbol of it; NULL: it has none of that name. */
void *plugin_symbol(void *handle, const char *name);
void plugin_unload(void *handle);

#endif
