// SPDX-License-Identifier: GPL-2.0-only
/* domain.c - make another domain, by the hypervisor's own interface as dom0 has it: it never runs,
 * but has memory of its own with a text in each page. The letters are made here, so that neither
 * this program nor its memory has the text. Prints "DOMAIN ID PAGES". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xenctrl.h>
#include <xenforeignmemory.h>

enum { PAGES = 4096, PAGE = 4096, KIB_SPARE = 4096, TEXT = 32 };

static int stop(const char *what)
{
	perror(what);
	return 1;
}

/* The text is turned round, and as often in a page as it fits. */
static void fill(char *page)
{
	static const char backwards[] = "NIAMOD-REHTONA-FO-EGAP-A";
	size_t length = sizeof(backwards) - 1;

	memset(page, 0, PAGE);
	for (size_t at = 0; at + TEXT <= PAGE; at += TEXT)
		for (size_t i = 0; i < length; i++)
			page[at + i] = backwards[length - 1 - i];
}

int main(void)
{
	static xen_pfn_t frames[PAGES];
	struct xen_domctl_createdomain config = {
		.handle = { 1 }, .max_vcpus = 1, .max_evtchn_port = 1023, .max_grant_frames = 4,
		.max_maptrack_frames = 4, .grant_opts = XEN_DOMCTL_GRANT_version(1),
	};
	xc_interface *xen = xc_interface_open(NULL, NULL, 0);
	xenforeignmemory_handle *memory = xenforeignmemory_open(NULL, 0);
	uint32_t id = 0;

	if (!xen || !memory)
		return stop("xc_interface_open");
	if (xc_domain_create(xen, &id, &config))
		return stop("xc_domain_create");
	if (xc_domain_setmaxmem(xen, id, PAGES * (PAGE / 1024) + KIB_SPARE))
		return stop("xc_domain_setmaxmem");
	for (unsigned i = 0; i < PAGES; i++)
		frames[i] = i;
	if (xc_domain_populate_physmap_exact(xen, id, PAGES, 0, 0, frames))
		return stop("xc_domain_populate_physmap_exact");
	for (unsigned i = 0; i < PAGES; i++) {
		char *page = xenforeignmemory_map(memory, id, PROT_READ | PROT_WRITE, 1, &frames[i],
						  NULL);
		if (!page)
			return stop("xenforeignmemory_map");
		fill(page);
		xenforeignmemory_unmap(memory, page, 1);
	}
	printf("DOMAIN %u %d\n", id, PAGES);
	return 0;
}
