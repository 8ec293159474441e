// SPDX-License-Identifier: GPL-2.0-only
/* fault.c - the SIGBUS handler.
 * The list of a thread's areas is the second variable at file scope: a handler is given no
 * argument, so it has to find them by itself. A fault outside all areas is our own bug and stays
 * deadly. */
#include "base/fault.h"

#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

static _Thread_local struct fault_area *areas;

static bool heal(uintptr_t at)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	for (struct fault_area *area = areas; area; area = area->next) {
		if (at < area->start || at - area->start >= area->bytes)
			continue;
		void *put = mmap((void *)(at & ~(page - 1)), page, PROT_READ,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		area->count++;
		return put != MAP_FAILED;
	}
	return false;
}

static void on_sigbus(int number, siginfo_t *what, void *context)
{
	(void)context;
	if (!heal((uintptr_t)what->si_addr))
		signal(number, SIG_DFL); /* the access is tried again, and kills */
}

void fault_setup(void)
{
	struct sigaction action = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };

	sigaction(SIGBUS, &action, NULL);
}

void fault_enter(struct fault_area *area)
{
	area->next = areas;
	areas = area;
}

void fault_leave(struct fault_area *area)
{
	for (struct fault_area **at = &areas; *at; at = &(*at)->next) {
		if (*at == area) {
			*at = area->next;
			return;
		}
	}
}
