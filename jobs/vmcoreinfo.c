// SPDX-License-Identifier: GPL-2.0-only
/* vmcoreinfo.c - what a vmlinux tells, as the text that -i reads. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arch/arch.h"
#include "facts/vmcoreinfo.h"
#include "facts/vmlinux.h"
#include "makedumpfile.h"

static err_t read_kernel(const char *name, struct facts *facts)
{
	struct vmlinux vmlinux;

	TRY(vmlinux_open(&vmlinux, name));
	const struct arch *arch = arch_find(vmlinux.machine);
	err_t result = vmlinux_facts(&vmlinux, facts);
	if (result == OK && !fact_known(facts, TEXT_OSRELEASE))
		result = fail(ERR_CORRUPT, "%s: neither init_uts_ns nor linux_banner tells its "
			      "release", name);
	if (result == OK && !fact_known(facts, DECIMAL_PAGESIZE) && !arch)
		result = fail(ERR_UNSUPPORTED, "%s: is of machine %u (e_machine), whose page size "
			      "is not known", name, vmlinux.machine);
	if (result == OK && !fact_known(facts, DECIMAL_PAGESIZE))
		fact_set(facts, DECIMAL_PAGESIZE, UINT64_C(1) << arch->page_shift, arch->name);
	vmlinux_close(&vmlinux);
	return result;
}

/* Truncating the output must not destroy the input. */
static err_t check_not_same(const struct plan *plan, const char *given)
{
	struct stat in, out;

	if (stat(given, &in) || stat(plan->vmcoreinfo_out, &out) ||
	    in.st_dev != out.st_dev || in.st_ino != out.st_ino)
		return OK;
	return fail(ERR_USAGE, "Can't open the vmcoreinfo file(%s). It is the kernel file itself",
		    plan->vmcoreinfo_out);
}

static err_t read_hypervisor(const char *name, struct facts *facts)
{
	TRY(vmlinux_read(name, facts));
	fact_set(facts, DECIMAL_PAGESIZE, 4096, "the hypervisor, whose pages are so large");
	return fact_known(facts, SYMBOL_XEN_DOMAIN_LIST) ? OK :
		fail(ERR_CORRUPT, "%s: is no Xen hypervisor, it has no domain_list", name);
}

static err_t write_file(const char *name, const struct facts *facts, bool xen)
{
	FILE *file = fopen(name, "we");

	if (!file)
		return fail(ERR_USAGE, "Can't open the vmcoreinfo file(%s). %s", name,
			    strerror(errno));
	(xen ? vmcoreinfo_write_xen : vmcoreinfo_write)(facts, file);
	bool wrong = fflush(file) || ferror(file) ||
		     (fsync(fileno(file)) && errno != EINVAL && errno != EROFS);
	if (fclose(file) || wrong)
		return fail(ERR_IO, "Can't write the vmcoreinfo file(%s). %s", name,
			    strerror(errno));
	return OK;
}

err_t job_vmcoreinfo(const struct plan *plan)
{
	struct facts facts = { 0 };

	TRY(check_not_same(plan, plan->xen_syms ? plan->xen_syms : plan->vmlinux));
	if (plan->xen_syms)
		TRY(read_hypervisor(plan->xen_syms, &facts));
	else
		TRY(read_kernel(plan->vmlinux, &facts));
	TRY(write_file(plan->vmcoreinfo_out, &facts, plan->xen_syms));
	say(&plan->say, SAY_COMMON, "\nThe vmcoreinfo is saved to %s.\n", plan->vmcoreinfo_out);
	return OK;
}
