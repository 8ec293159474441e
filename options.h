// SPDX-License-Identifier: GPL-2.0-only
/* options.h - the command line: one table of options, one plan out of it. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "makedumpfile.h"

/* Fill the plan from the command line, argv[0] being the program. What the plan points to lives in
 * argv. ERR_USAGE: one option's argument is wrong. ERR_PARAMETER: options or file names do not go
 * together, or getopt has already said what is wrong (then the sentence is empty). On failure the
 * plan still tells how to say so: say, check_params. */
err_t options_parse(struct plan *, int argc, char **argv);

/* -h: the usage, made from the table. */
void options_help(const struct say *);

#endif
