// SPDX-License-Identifier: GPL-2.0-only
/* wrap.c - a program that confines itself may still write its counters when it ends.
 * Linked into the build of `make coverage` alone, where the linker takes this for confine_begin():
 * each list of what stays allowed begins with the folder that the counters are in, COUNTERS. */
#include "base/confine.h"

int __real_confine_begin(void);
int __wrap_confine_begin(void);

int __wrap_confine_begin(void)
{
	return confine_allow(__real_confine_begin(), COUNTERS, MAY_READ | MAY_WRITE);
}
