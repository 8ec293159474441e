// SPDX-License-Identifier: GPL-2.0-only
/* stop.c - note the signal that asks to stop.
 * The number of the signal is the one variable at file scope that all threads share: a handler is
 * given no argument. Without SA_RESTART a write to a pipe that nobody reads ends, too. */
#include "base/stop.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t stopped_by;

static const struct {
	int number;
	const char *name;
} signals[] = { { SIGTERM, "SIGTERM" }, { SIGINT, "SIGINT" }, { SIGHUP, "SIGHUP" } };

enum { SIGNALS = sizeof(signals) / sizeof(signals[0]) };

static void on_signal(int number)
{
	stopped_by = number;
}

void stop_setup(void)
{
	struct sigaction before, action = { .sa_handler = on_signal };

	for (size_t i = 0; i < SIGNALS; i++)
		if (!sigaction(signals[i].number, NULL, &before) && before.sa_handler != SIG_IGN)
			sigaction(signals[i].number, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

err_t stop_check(void)
{
	int number = stopped_by;

	for (size_t i = 0; number && i < SIGNALS; i++)
		if (signals[i].number == number)
			return fail(ERR_STOPPED, "stopped by %s", signals[i].name);
	return OK;
}
