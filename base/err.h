// SPDX-License-Identifier: GPL-2.0-only
/* err.h - one way to fail: a code to act on and one sentence for a person.
 * The sentence lives in a buffer of the calling thread, so failing needs no memory. It is made
 * where the fact is known, may gain a "where" on the way up, and is printed once, by
 * makedumpfile.c. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stddef.h>

typedef enum {
	OK = 0,
	ERR_HOLE,   /* an answer, not a failure: no such memory, or not mapped. Carries no text */
	ERR_NOFACT, /* an answer: the dump does not say */
	ERR_CORRUPT,
	ERR_IO,
	ERR_NOSPACE, /* the output is full, or reached its limit */
	ERR_NOMEM,
	ERR_UNSUPPORTED,
	ERR_USAGE,
	ERR_PARAMETER, /* the options contradict each other or the input */
	ERR_MISMATCH,  /* a file that was given is of another kernel than the dump */
	ERR_STOPPED,   /* a signal asked to stop */
} err_t;

enum { ERR_TEXT_BYTES = 512 }; /* longer sentences are cut */

/* Set this thread's sentence and return the code. */
err_t fail(err_t code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Put "where: " before the sentence already there and return the code. Does nothing for OK. */
err_t within(err_t code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* This thread's sentence. Lent until the next fail() or within() of the thread; "" if there is
 * none. */
const char *err_text(void);

/* A sentence kept while something else is tried that may fail, too. */
struct kept_text {
	char text[ERR_TEXT_BYTES];
};

/* Keep this thread's sentence; make it the thread's again, and return the code it belongs to. */
void err_keep(struct kept_text *);
err_t err_again(err_t code, const struct kept_text *);

/* Return early when the call did not succeed. */
#define TRY(call)                                                                                  \
	do {                                                                                       \
		err_t try_code = (call);                                                           \
		if (try_code != OK)                                                                \
			return try_code;                                                           \
	} while (0)

#endif
