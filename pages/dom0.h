// SPDX-License-Identifier: GPL-2.0-only
/* dom0.h - which pages of a machine with Xen stay: those of other domains go first, then dom0 is
 * asked about its own. */
#ifndef PAGES_DOM0_H
#define PAGES_DOM0_H

#include "pages/decide.h"

/* decide() for a range of the machine's page frames. dom0 decides about its own page frames in
 * their order, each time all of them: they lie anywhere in the machine's, and blocks of them in
 * pieces. What is counted, the range that begins at 0 counts for all. */
err_t dom0_decide(struct decider *, struct decision *);

#endif
