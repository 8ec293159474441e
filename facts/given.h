// SPDX-License-Identifier: GPL-2.0-only
/* given.h - facts from a file that was given (-x, -i) and facts of the dump's own note, put
 * together. Order: given_match, given_slide, given_join. */
#ifndef FACTS_GIVEN_H
#define FACTS_GIVEN_H

#include "facts/facts.h"

/* Do both speak of the same kernel? By build id where both have one, else by release; what only one
 * tells cannot contradict. ERR_MISMATCH: they do not; the sentence names file and dump. */
err_t given_match(const struct facts *given, const char *file, const struct facts *own,
		  const char *dump);

/* Move the given addresses, which are as linked, to where KASLR put that kernel: by what the dump
 * says of _stext, else by its KERNELOFFSET. Does nothing when it says neither. */
void given_slide(struct facts *given, const struct facts *own);

/* Add to the given facts what only the dump knows. What is of one boot, and not of a kernel, is
 * always the dump's. */
void given_join(struct facts *given, const struct facts *own);

#endif
