// SPDX-License-Identifier: GPL-2.0-only
/* stop.h - asked to stop: SIGTERM, SIGINT and SIGHUP end the work, not the process.
 * The signal is noted, and whoever works in a long loop asks stop_check() now and then; what it
 * returns goes up like any failure, so that a dump in the making still gets its mark. Asked again
 * and again, the program does not stop sooner; that is what SIGKILL is for. */
#ifndef BASE_STOP_H
#define BASE_STOP_H

#include "base/err.h"

/* Take care of these signals, but where the caller had them ignored (nohup, `&` in a script), and
 * ignore SIGPIPE and SIGXFSZ: a write that fails says so itself. Once, before any thread starts. */
void stop_setup(void);

/* ERR_STOPPED, with the sentence that names the signal, since one came; else OK. Costs nothing. */
err_t stop_check(void);

#endif
