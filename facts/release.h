// SPDX-License-Identifier: GPL-2.0-only
/* release.h - facts that no table of a kernel has, because they are macros of its sources, or
 * because two members share a place: by the release, where that alone can tell. */
#ifndef FACTS_RELEASE_H
#define FACTS_RELEASE_H

#include "facts/facts.h"

/* Add them. For facts that are complete otherwise; nothing that is known is changed. */
void release_complete(struct facts *);

#endif
