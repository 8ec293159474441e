// SPDX-License-Identifier: GPL-2.0-only
/* command.h - a command line whose options are taken: what it asks for, and is it allowed. Between
 * options.c, which knows the options, and command.c, which knows the rules. */
#ifndef COMMAND_H
#define COMMAND_H

#include "makedumpfile.h"

enum { OPTIONS_MOST = 64 };

/* What was on the command line beside what the plan keeps. */
struct command {
	struct plan *plan;
	bool given[OPTIONS_MOST]; /* by place in the table of options */
	char **file;              /* file names, in argv */
	int files;
};

/* Was any of these options given? Letters and names with blanks between. */
bool command_any(const struct command *, const char *names);

/* Choose the job, check what does not go together, and take the file names into the plan.
 * ERR_PARAMETER: it is not allowed; the sentence is empty where upstream's callers know none. */
err_t command_check(struct command *);

#endif
