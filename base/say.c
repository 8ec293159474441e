// SPDX-License-Identifier: GPL-2.0-only
/* say.c - messages and progress. */
#include "base/say.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"

enum { ETA_BYTES = 24 };

static const double short_pause = 1, long_pause = 5;

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
				       .redrawn = say->progress == PROGRESS_AUTO &&
						  isatty(STDERR_FILENO) == 1,
				       .begun = seconds_now(), .told = -1 };
}

/* The shape "NAME : [ 42.7 %]" is what wrappers look for. `left` in seconds; < 0: not told. */
static void draw_line(struct progress *progress, unsigned permille, double left)
{
	static const char spinner[] = "/|\\-";
	char eta[ETA_BYTES] = "";

	if (left >= 0)
		eta_text(left, eta);
	if (progress->redrawn)
		fprintf(stderr, "\r%-27.27s%23s: [%3u.%u %%] %c  %16s", progress->name, "",
			permille / 10, permille % 10, spinner[progress->spins++ % 4], eta);
	else
		fprintf(stderr, "%-27.27s%23s: [%3u.%u %%]    %s\n", progress->name, "",
			permille / 10, permille % 10, eta);
	fflush(stderr);
}

static void draw_json(const struct progress *progress, uint64_t done, unsigned permille,
		      double left)
{
	struct json json;

	json_begin(&json, stderr);
	json_text(&json, "step", progress->name, strlen(progress->name));
	json_number(&json, "done", done);
	json_number(&json, "total", progress->total);
	json_tenths(&json, "percent", permille);
	if (left >= 0)
		json_number(&json, "eta_seconds", left < 1e15 ? (uint64_t)left : 1000000000000000);
	json_end(&json);
}

/* If nobody reads it, the work goes on all the same. */
static void draw(struct progress *progress, uint64_t done, unsigned permille, double spent)
{
	bool tell_eta = progress->eta && permille && permille < 1000;
	double left = tell_eta ? spent * (1000 - permille) / permille : -1;

	if (progress->say->progress == PROGRESS_JSON)
		draw_json(progress, done, permille, left);
	else
		draw_line(progress, permille, left);
}

static bool shown(const struct progress *progress)
{
	return says(progress->say, SAY_PROGRESS) && progress->say->progress != PROGRESS_NONE;
}

void progress_step(struct progress *progress, uint64_t done, uint64_t total)
{
	bool often = progress->redrawn || progress->say->progress == PROGRESS_JSON;

	progress->total = total;
	if (!shown(progress) || !total)
		return;
	double now = seconds_now(), last = progress->told < 0 ? progress->begun : progress->told;
	if (now - last < (often ? short_pause : long_pause))
		return;
	progress->told = now;
	draw(progress, done,
	     (unsigned)min_u64(999, (uint64_t)((double)done / (double)total * 1000)),
	     now - progress->begun);
}

void progress_end(struct progress *progress)
{
	double spent = seconds_now() - progress->begun;

	if (shown(progress)) {
		draw(progress, progress->total, 1000, spent);
		if (progress->redrawn)
			fputc('\n', stderr);
	}
	say(progress->say, SAY_REPORT, "STEP [%-27s] : %f seconds\n", progress->name, spent);
}
