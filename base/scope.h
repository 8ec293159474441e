// SPDX-License-Identifier: GPL-2.0-only
/* scope.h - release at the end of a scope, so that early return is always safe. */
#ifndef BASE_SCOPE_H
#define BASE_SCOPE_H

#include <stdlib.h>
#include <unistd.h>

static inline void scope_free(void *slot)
{
	free(*(void **)slot);
}

static inline void scope_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* FREE_AT_END char *bytes = malloc(n); */
#define FREE_AT_END __attribute__((cleanup(scope_free)))

/* CLOSE_AT_END int fd = open(...); negative is fine. */
#define CLOSE_AT_END __attribute__((cleanup(scope_close)))

#endif
