// SPDX-License-Identifier: GPL-2.0-only
/* xen.c - fuzz what a dump says of Xen: ten words are the crash note, the rest is the
 * memory of the machine, in which the image of the hypervisor begins at 0. */
#include <stdlib.h>

#include "arch/arch.h"
#include "kernel/xen.h"
#include "tests/unit/memory_source.h"

enum { NOTE_BYTES = 80, FRAMES = 192, X86_64 = 62 };

static void set_facts(struct facts *facts)
{
	static const uint64_t image = 0xffff82d040000000;
	const struct {
		enum fact_id id;
		uint64_t value;
	} known[] = {
		{ SYMBOL_XEN_PGD_L4, image }, { SYMBOL_XEN_DOMAIN_LIST, image + 0x1000 },
		{ SYMBOL_XEN_ALLOC_BITMAP, image + 0x1010 },
		{ SYMBOL_XEN_MAX_PAGE, image + 0x1018 },
		{ SYMBOL_XEN_HEAP_END, image + 0x1020 }, { SIZE_XEN_PAGE_INFO, 32 },
		{ OFFSET_XEN_COUNT_INFO, 8 }, { OFFSET_XEN_OWNER, 24 },
		{ OFFSET_XEN_DOMAIN_ID, 0 }, { OFFSET_XEN_DOMAIN_NEXT, 136 },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		fact_set(facts, known[i].id, known[i].value, "test");
}

static void look(struct xen *xen, const struct arch *arch, struct reader *tables,
		 struct reader *bytes)
{
	uint64_t words[FRAMES / 64] = { ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0) };
	pfn_t frame;

	xen->reader = bytes;
	if (xen_measure_dom0(xen) == OK && xen->dom0_end > UINT64_C(1) << 27)
		__builtin_trap();
	for (pfn_t pfn = 0; pfn < 2048; pfn++)
		if (xen_machine(xen, pfn, &frame) && frame >> 48)
			__builtin_trap();
	set_facts(&xen->facts);
	xen->image_known = true;
	xen->image = 0;
	if (xen_open_hypervisor(xen, arch, FRAMES, tables, bytes) == OK)
		xen_leave_domains(xen, 0, FRAMES, words);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct arch *arch = arch_find(X86_64);
	struct reader *tables = NULL, *bytes = NULL;
	struct memory_dump dump;
	struct xen *xen = calloc(1, sizeof(*xen));

	size_t note = size < NOTE_BYTES ? size : NOTE_BYTES;
	memory_dump_init(&dump, data + note, size - note);
	if (xen && reader_create(&dump.source, &tables) == OK &&
	    reader_create(&dump.source, &bytes) == OK &&
	    xen_read_note(&dump.source.target, data, note, xen) == OK)
		look(xen, arch, tables, bytes);
	reader_destroy(bytes);
	reader_destroy(tables);
	free(xen);
	return 0;
}
