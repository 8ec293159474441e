// SPDX-License-Identifier: GPL-2.0-only
/* findinfo.h - the vmcoreinfo text in the memory of a dump that has no note of it, as hypervisors
 * make them. A kernel keeps the text from boot on, as a note and once more without its header: in
 * pages of its own since 203e9e41219b (4.13), before in its .bss. Others may lie about: in files
 * that are cached, in what a kernel before this one left, in the memory of a crash kernel. One
 * counts only if the page tables that it names lead to a utsname of its release, and if the CPUs,
 * where the dump tells what they were doing, run that kernel or its crash kernel, which has less of
 * the memory. */
#ifndef KERNEL_FINDINFO_H
#define KERNEL_FINDINFO_H

#include "arch/arch.h"
#include "base/say.h"

enum { FOUND_TEXT_MOST = 64 << 10 };

struct found_info {
	char *text;      /* lines, the last with its newline; the caller frees it */
	size_t bytes;
	paddr_t at;
	struct facts facts; /* of the text, and where the image lies */
	const char *placed_by; /* who told where; NULL: the text itself, or it needs no telling */
	bool crashed;    /* the CPUs were in its crash kernel */
};

/* Look for it, and step the progress (NULL: none) from 0 to the end of memory. ERR_NOFACT: there is
 * none, or several that differ; the sentence says which. Uses some 400 KiB, whatever the dump. */
err_t findinfo(const struct source *, const struct arch *, struct progress *,
	       struct found_info *ret);

#endif
