// SPDX-License-Identifier: GPL-2.0-only
/* xen.c - the hypervisor's crash note, and the p2m of dom0.
 * The p2m as the hypervisor is told of it (pfn_to_mfn_frame_list_list of struct arch_shared_info):
 *
 *     top page      up to 512 machine frames of
 *     list pages    up to 512 machine frames of
 *     p2m pages     512 entries, one for each page frame of dom0 */
#include "kernel/xen.h"

#include "base/bytes.h"

enum {
	/* words of the note; version 2 has the image before the last (Xen 3.1) */
	NOTE_MAJOR = 0, NOTE_MINOR = 1, NOTE_LEAST = 8, NOTE_LISTS = 8, NOTE_IMAGE = 8,
	NOTE_LISTS_2 = 9, NOTE_WORDS_1 = 9, NOTE_WORDS_2 = 10,

	ENTRY_BYTES = 8, ENTRIES = 512, ENTRIES_SHIFT = 9, PAGE_SHIFT = 12,
};

/* Linux marks entries that are of another domain, or no RAM (arch/x86/include/asm/xen/page.h). */
static const uint64_t foreign_or_identity = UINT64_C(3) << 62;
static const pfn_t machine_most = UINT64_C(1) << 48;

err_t xen_read_note(const struct target *target, const uint8_t *desc, size_t bytes,
		    struct xen *ret)
{
	size_t words = bytes / target->word_bytes, lists = NOTE_LISTS;

	*ret = (struct xen){ .here = true };
	if (words < NOTE_LEAST)
		return fail(ERR_CORRUPT, "the note Xen has %zu bytes, at least %u are needed",
			    bytes, NOTE_LEAST * target->word_bytes);
	uint64_t major = get_word(target, desc + NOTE_MAJOR * target->word_bytes);
	uint64_t minor = get_word(target, desc + NOTE_MINOR * target->word_bytes);
	if (major > UINT8_MAX || minor > UINT8_MAX)
		return fail(ERR_CORRUPT, "the note Xen tells version %" PRIu64 ".%" PRIu64, major,
			    minor);
	ret->version = XEN_VERSION(major, minor);
	if (words >= NOTE_WORDS_2) {
		ret->image_known = true;
		ret->image = get_word(target, desc + NOTE_IMAGE * target->word_bytes);
		lists = NOTE_LISTS_2;
	}
	if (words >= NOTE_WORDS_1) {
		uint64_t frame = get_word(target, desc + lists * target->word_bytes);
		ret->p2m_known = frame && frame < machine_most;
		ret->p2m = frame << PAGE_SHIFT;
	}
	return OK;
}

/* An entry of a table at a machine frame. 0: it cannot be read. */
static uint64_t entry(struct xen *xen, paddr_t table, uint64_t index)
{
	uint8_t bytes[ENTRY_BYTES];

	if (reader_read(xen->reader, table + index * ENTRY_BYTES, bytes, sizeof(bytes)) != OK)
		return 0;
	return get_64(false, bytes);
}

/* The p2m page with the entry of a pfn, as a machine frame. 0: there is none. */
static pfn_t find_leaf(struct xen *xen, pfn_t pfn)
{
	pfn_t number = pfn >> ENTRIES_SHIFT, list;

	if (xen->leaf && xen->leaf_of == number)
		return xen->leaf;
	if (number >> ENTRIES_SHIFT >= ENTRIES)
		return 0;
	list = entry(xen, xen->p2m, number >> ENTRIES_SHIFT);
	if (!list || list >= machine_most)
		return 0;
	xen->leaf = entry(xen, list << PAGE_SHIFT, number % ENTRIES);
	if (xen->leaf >= machine_most)
		xen->leaf = 0;
	xen->leaf_of = number;
	return xen->leaf;
}

bool xen_machine(struct xen *xen, pfn_t pfn, pfn_t *ret)
{
	pfn_t leaf = xen->p2m_known ? find_leaf(xen, pfn) : 0;
	uint64_t value = leaf ? entry(xen, leaf << PAGE_SHIFT, pfn % ENTRIES) : 0;

	*ret = value;
	return value && !(value & foreign_or_identity) && value < machine_most;
}

/* How many entries of a table are used, one after the other from the first on. */
static uint64_t count_used(struct xen *xen, paddr_t table)
{
	uint64_t used = 0;

	while (used < ENTRIES && entry(xen, table, used))
		used++;
	return used;
}

err_t xen_measure_dom0(struct xen *xen)
{
	uint64_t lists = count_used(xen, xen->p2m), leaves;

	if (!lists)
		return fail(ERR_CORRUPT, "the p2m of dom0, at %#" PRIx64 ", is empty or not in the "
			    "dump", xen->p2m);
	leaves = count_used(xen, entry(xen, xen->p2m, lists - 1) << PAGE_SHIFT);
	if (!leaves)
		return fail(ERR_CORRUPT, "list %" PRIu64 " of the p2m of dom0 is empty or not in "
			    "the dump", lists - 1);
	pfn_t last = (lists - 1) * ENTRIES + leaves - 1;
	pfn_t leaf = find_leaf(xen, last << ENTRIES_SHIFT);
	xen->dom0_end = (last << ENTRIES_SHIFT) + (leaf ? count_used(xen, leaf << PAGE_SHIFT) : 0);
	return OK;
}
