// SPDX-License-Identifier: GPL-2.0-only
/* say.h - what a person sees: messages by level, and the progress line.
 * Errors are not said here: they travel as err_t to makedumpfile.c, which says them once. */
#ifndef BASE_SAY_H
#define BASE_SAY_H

#include <stdio.h>

#include "base/types.h"

/* Bits of --message-level. */
enum { SAY_PROGRESS = 1, SAY_COMMON = 2, SAY_ERROR = 4, SAY_DEBUG = 8, SAY_REPORT = 16 };

/* How progress is shown, if SAY_PROGRESS lets it be. */
enum progress_style {
	PROGRESS_AUTO,  /* on a terminal one line that is redrawn, elsewhere lines */
	PROGRESS_PLAIN, /* lines, always */
	PROGRESS_JSON,  /* a JSON object a line */
	PROGRESS_NONE,
};

struct say {
	unsigned level;
	enum progress_style progress;
	FILE *text; /* common, debug and report messages: stdout, or stderr while -F owns stdout */
};

static inline bool says(const struct say *say, unsigned bit)
{
	return (say->level & bit) != 0;
}

/* Say it if its bit is on. Errors go to stderr, the rest to say->text. */
void say(const struct say *, unsigned bit, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* One step of the work with a beginning and an end. It is told to stderr: a redrawn line and JSON
 * at most once a second, lines (for console, journal, pipe) every few seconds. In JSON,
 *     {"step":"Copying data","done":427,"total":1000,"percent":42.7,"eta_seconds":12}
 * done and total are whatever the step counts. */
struct progress {
	const struct say *say;
	const char *name;
	bool eta;      /* tell when it will be done */
	bool redrawn;  /* on one line of a terminal */
	unsigned spins;
	uint64_t total;
	double begun, told; /* seconds; told < 0: nothing yet */
};

void progress_begin(struct progress *, const struct say *, const char *name, bool eta);
void progress_step(struct progress *, uint64_t done, uint64_t total);

/* Tell 100 %, and say how long it took (report level). */
void progress_end(struct progress *);

/* Seconds of a clock that never goes back. */
double seconds_now(void);

#endif
