// SPDX-License-Identifier: GPL-2.0-only
/* say.h - what a person sees: messages by level, and the progress line.
 * Errors are not said here: they travel as err_t to makedumpfile.c, which says them once. */
#ifndef BASE_SAY_H
#define BASE_SAY_H

#include <stdio.h>

#include "base/types.h"

/* Bits of --message-level. */
enum { SAY_PROGRESS = 1, SAY_COMMON = 2, SAY_ERROR = 4, SAY_DEBUG = 8, SAY_REPORT = 16 };

struct say {
	unsigned level;
	FILE *text; /* common, debug and report messages: stdout, or stderr while -F owns stdout */
};

static inline bool says(const struct say *say, unsigned bit)
{
	return (say->level & bit) != 0;
}

/* Say it if its bit is on. Errors go to stderr, the rest to say->text. */
void say(const struct say *, unsigned bit, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* One step of the work with a beginning and an end. On a terminal a line that is redrawn at most
 * once a second; elsewhere (console, journal, pipe) a new line every few seconds. */
struct progress {
	const struct say *say;
	const char *name;
	bool eta;      /* tell when it will be done */
	bool terminal; /* is stderr one? */
	unsigned spins;
	double begun, told; /* seconds; told < 0: nothing yet */
};

void progress_begin(struct progress *, const struct say *, const char *name, bool eta);
void progress_step(struct progress *, uint64_t done, uint64_t total);

/* Say 100 % and how long it took (report level). */
void progress_end(struct progress *);

/* Seconds of a clock that never goes back. */
double seconds_now(void);

#endif
