// SPDX-License-Identifier: GPL-2.0-only
/* say.c - messages and progress. */
#include "base/say.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ETA_BYTES = 24 };

static const double terminal_pause = 1, log_pause = 5;

void say(const struct say *say, unsigned bit, const char *fmt, ...)
{
	va_list args;

	if (!says(say, bit))
		return;
	FILE *to = bit == SAY_ERROR ? stderr : say->text;
	va_start(args, fmt);
	vfprintf(to, fmt, args);
	va_end(args);
	fflush(to);
}

double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Two units at most, as people read it: 42s, 3m10s, 2h05m, 4d03h. */
static void eta_text(double seconds, char text[ETA_BYTES])
{
	unsigned long left = seconds < 1e7 ? (unsigned long)seconds : 10000000;

	if (left < 100)
		snprintf(text, ETA_BYTES, "eta: %lus", left);
	else if (left < 100 * 60)
		snprintf(text, ETA_BYTES, "eta: %lum%lus", left / 60, left % 60);
	else if (left < 48 * 3600)
		snprintf(text, ETA_BYTES, "eta: %luh%lum", left / 3600, left / 60 % 60);
	else if (left < 100 * 86400)
		snprintf(text, ETA_BYTES, "eta: %lud%luh", left / 86400, left / 3600 % 24);
	else
		snprintf(text, ETA_BYTES, "eta: >100day");
}

void progress_begin(struct progress *progress, const struct say *say, const char *name, bool eta)
{
	*progress = (struct progress){ .say = say, .name = name, .eta = eta,
				       .terminal = isatty(STDERR_FILENO) == 1,
				       .begun = seconds_now(), .told = -1 };
}

/* The shape "NAME : [ 42.7 %]" is what wrappers look for. */
static void draw(struct progress *progress, unsigned permille, double spent)
{
	static const char spinner[] = "/|\\-";
	char eta[ETA_BYTES] = "";

	if (progress->eta && permille && permille < 1000)
		eta_text(spent * (1000 - permille) / permille, eta);
	if (progress->terminal)
		fprintf(stderr, "\r%-27.27s%23s: [%3u.%u %%] %c  %16s", progress->name, "",
			permille / 10, permille % 10, spinner[progress->spins++ % 4], eta);
	else
		fprintf(stderr, "%-27.27s%23s: [%3u.%u %%]    %s\n", progress->name, "",
			permille / 10, permille % 10, eta);
	fflush(stderr);
}

void progress_step(struct progress *progress, uint64_t done, uint64_t total)
{
	if (!says(progress->say, SAY_PROGRESS) || !total)
		return;
	double now = seconds_now(), last = progress->told < 0 ? progress->begun : progress->told;
	if (now - last < (progress->terminal ? terminal_pause : log_pause))
		return;
	progress->told = now;
	draw(progress, (unsigned)min_u64(999, (uint64_t)((double)done / (double)total * 1000)),
	     now - progress->begun);
}

void progress_end(struct progress *progress)
{
	double spent = seconds_now() - progress->begun;

	if (says(progress->say, SAY_PROGRESS)) {
		draw(progress, 1000, spent);
		if (progress->terminal)
			fputc('\n', stderr);
	}
	say(progress->say, SAY_REPORT, "STEP [%-27s] : %f seconds\n", progress->name, spent);
}
