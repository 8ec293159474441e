// SPDX-License-Identifier: GPL-2.0-only
/* xen.c - open what a dump of a machine with Xen has beside a kernel's: the hypervisor. */
#include <stdlib.h>

#include "base/io.h"
#include "base/scope.h"
#include "facts/given.h"
#include "facts/vmcoreinfo.h"
#include "facts/vmlinux.h"
#include "makedumpfile.h"

enum { TEXT_MOST = 1 << 20 };

/* What a file or a note tells of the hypervisor, and `facts` does not know yet. */
static err_t read_text(struct facts *facts, const char *text, size_t bytes, const char *name)
{
	uint64_t page;

	TRY(vmcoreinfo_read(facts, text, bytes, name));
	TRY(within(fact_need(facts, DECIMAL_PAGESIZE, &page), "Invalid format in %s", name));
	return page == 4096 ? OK : fail(ERR_CORRUPT, "Invalid format in %s: PAGESIZE %" PRIu64
					" is none of the hypervisor", name, page);
}

static err_t read_file(struct facts *facts, const char *name)
{
	FREE_AT_END char *text = NULL;
	size_t bytes;

	TRY(io_slurp(name, TEXT_MOST, &text, &bytes));
	text[bytes++] = '\n'; /* in place of the NUL: a file is not cut off */
	return read_text(facts, text, bytes, name);
}

/* The files that were given come first, then the dump's own note. */
static err_t read_facts(const struct plan *plan, const struct notes_found *found,
			struct facts *facts)
{
	if (plan->xen_syms)
		TRY(vmlinux_read(plan->xen_syms, facts));
	if (plan->xen_vmcoreinfo)
		TRY(read_file(facts, plan->xen_vmcoreinfo));
	if (found->xen_info)
		TRY(read_text(facts, (const char *)found->xen_info, found->xen_info_bytes,
			      "the note VMCOREINFO_XEN"));
	return OK;
}

static void tell(const struct plan *plan, const struct xen *xen)
{
	const struct say *to = &plan->say;

	say(to, SAY_DEBUG, "Xen kdump\nXen version  : %u.%u\n", xen->version >> XEN_MINOR_BITS,
	    xen->version & ((1u << XEN_MINOR_BITS) - 1));
	say(to, SAY_DEBUG, "Xen image    : %#" PRIx64 "%s\n", xen->image,
	    xen->image_known ? "" : " (not known)");
	say(to, SAY_DEBUG, "dom0 p2m     : %#" PRIx64 ", %#" PRIx64 " page frames\n", xen->p2m,
	    xen->dom0_end);
	if (xen->frames)
		say(to, SAY_DEBUG, "frame_table  : %#" PRIx64 "\ndom0         : %#x\n",
		    xen->frames, xen->dom0);
}

/* Levels above 1 need dom0's page frames, and so a machine whose p2m is known. */
static err_t check_levels(const struct plan *plan, const struct arch *arch)
{
	for (unsigned i = 0; i < plan->levels; i++)
		if (plan->level[i] > LEVEL_ZERO && !(arch && arch->hypervisor))
			return fail(ERR_PARAMETER, "Dump_level is invalid. It should be 0 or 1.");
	return OK;
}

err_t xen_open(struct dump *dump, const struct arch *arch, const struct notes_found *found)
{
	const struct plan *plan = dump->plan;
	struct source *source = &dump->source;
	struct xen *xen = &dump->xen;

	TRY(check_levels(plan, arch));
	TRY(within(xen_read_note(&source->target, found->xen, found->xen_bytes, xen), "%s",
		   source->name));
	if (plan->want_xen_image) {
		xen->image = plan->xen_image;
		xen->image_known = true;
	}
	TRY(reader_create(source, &xen->reader));
	if (arch && arch->hypervisor && xen->p2m_known && xen_measure_dom0(xen) != OK)
		say(&plan->say, SAY_COMMON, "dom0 cannot be read: %s\n", err_text());
	return OK;
}

/* When the note of the kernel was read, since facts of hypervisor and kernel may both fail. */
err_t xen_open_pages(struct dump *dump, const struct arch *arch, const struct notes_found *found)
{
	const struct plan *plan = dump->plan;
	struct xen *xen = &dump->xen;

	if (!xen->here && plan->leave_domains)
		return fail(ERR_PARAMETER, "'-X' option is disabled, because %s is not Xen's "
			    "memory core image.", dump->source.name);
	if (!xen->here)
		return OK;
	dump->decider.xen = xen;
	if (plan->leave_domains) {
		if (!plan->xen_syms && !plan->xen_vmcoreinfo && !found->xen_info)
			return fail(ERR_PARAMETER, "%s doesn't contain a vmcoreinfo for Xen.\n"
				    "Specify '--xen-syms' option or '--xen-vmcoreinfo' option.",
				    dump->source.name);
		TRY(read_facts(plan, found, &xen->facts));
		TRY(within(xen_open_hypervisor(xen, arch, dump->max_mapnr, dump->tables,
					       xen->reader), "%s", dump->source.name));
		dump->decider.leave_domains = true;
	}
	tell(plan, xen);
	return OK;
}
