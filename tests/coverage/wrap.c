// SPDX-License-Identifier: GPL-2.0-only
/* wrap.c - a program that confines itself may still write its counters when it ends, and no call
 * fails meanwhile that tests/faults/shim.c would have fail.
 * Linked into the build of `make coverage` alone, where the linker takes this for confine_begin():
 * each list of what stays allowed begins with the folder that the counters are in, COUNTERS. */
#include <dlfcn.h>
#include <stdlib.h>

#include "base/confine.h"

int __real_confine_begin(void);
int __wrap_confine_begin(void);

int __wrap_confine_begin(void)
{
	return confine_allow(__real_confine_begin(), COUNTERS, MAY_READ | MAY_WRITE);
}

/* A destructor writes the counters: what atexit() knows comes before. */
static void on_exit_of_program(void)
{
	void (*end)(void) = (void (*)(void))dlsym(RTLD_DEFAULT, "faults_end");

	if (end)
		end();
}

__attribute__((constructor)) static void begin(void)
{
	atexit(on_exit_of_program);
}
