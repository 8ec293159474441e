// SPDX-License-Identifier: GPL-2.0-only
/* confined.c - which files a job may still open. */
#include "base/confine.h"
#include "makedumpfile.h"

/* Each file that the plan makes, one after the other; NULL: no more. */
static const char *output_of(const struct plan *plan, unsigned index)
{
	if (plan->job == JOB_DUMP && plan->split)
		return index < plan->parts ? plan->part[index] : NULL;
	if (index)
		return NULL;
	return plan->job == JOB_GENERATE ? plan->vmcoreinfo_out : plan->output;
}

/* Extensions are other people's code, and nobody can tell what files they need. */
void confine_job(const struct plan *plan)
{
	const char *name;

	if (plan->extensions)
		return;
	int list = confine_allow(confine_begin(), "/", MAY_READ);
	for (unsigned i = 0; (name = output_of(plan, i)); i++) {
		list = confine_allow_folder_of(list, name, MAY_WRITE | MAY_REMOVE);
		list = confine_allow(list, name, MAY_WRITE); /* where a link leads */
	}
	confine(list);
}

void confine_writing(const struct plan *plan)
{
	const char *name;

	if (!plan->confined)
		return;
	int list = confine_allow(confine_begin(), "/proc", MAY_READ); /* how much memory there is */
	list = confine_allow(list, "/sys", MAY_READ);
	for (unsigned i = 0; (name = output_of(plan, i)); i++)
		list = confine_allow_folder_of(list, name, MAY_REMOVE);
	confine(list);
	confine_capabilities();
}
