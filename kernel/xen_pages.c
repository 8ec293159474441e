// SPDX-License-Identifier: GPL-2.0-only
/* xen_pages.c - whose a page of the machine is, as the hypervisor knows: a struct page_info for
 * each tells its state and its owner, a domain by a number made of the address of its struct
 * domain. */
#include "base/bits.h"
#include "base/bytes.h"
#include "input/window.h"
#include "kernel/xen.h"

enum {
	DOMAINS_MOST = 1 << 16, DOM0_ID = 0,
	PAGE = 4096, PAGE_SHIFT = 12,
	INFO_MOST = 512,           /* bytes of a struct page_info */
	OLD_COUNT = 0xffff,        /* before Xen 4: uses of the page */
	STATE_OFFLINED = 2, STATE_FREE = 3, STATE_MASK = 3,
	SAMPLES = 4096,            /* of 64 page_infos, to see where the state of pages is */
};

/* count_info since Xen 4 (PGC_... of asm-x86/mm.h). A free page that has still to be scrubbed has
 * the bit `allocated`, too. */
static const uint64_t allocated = UINT64_C(1) << 63, xen_heap = UINT64_C(1) << 62;

/* Where the state of a page is, and the mark of a broken one, moved; nothing tells but free pages,
 * which have nothing else there. */
static const struct xen_states layouts[] = {
	{ 55, UINT64_C(1) << 57 }, /* 4.0 */
	{ 54, 0 },		   /* 4.17 */
	{ 58, UINT64_C(1) << 60 }, /* later */
};

/* --- domains --- */

/* What page_info has for the domain at this address. Since 3.4 its page in the direct mapping. */
static uint32_t pickle(const struct xen *xen, vaddr_t domain)
{
	if (xen->version < XEN_VERSION(3, 4))
		return (uint32_t)domain;
	return (uint32_t)((domain - xen->space.region[1].first) >> PAGE_SHIFT);
}

/* Look for dom0 in the list of all domains. */
static err_t find_dom0(struct xen *xen)
{
	uint64_t head, id_at, next_at, id;
	vaddr_t domain;

	TRY(fact_need(&xen->facts, SYMBOL_XEN_DOMAIN_LIST, &head));
	TRY(fact_need(&xen->facts, OFFSET_XEN_DOMAIN_ID, &id_at));
	TRY(fact_need(&xen->facts, OFFSET_XEN_DOMAIN_NEXT, &next_at));
	TRY(within(memory_word(&xen->memory, head, &domain), "domain_list"));
	for (unsigned i = 0; domain; i++) {
		if (i == DOMAINS_MOST)
			return fail(ERR_CORRUPT, "domain_list has no end within %d domains",
				    DOMAINS_MOST);
		TRY(within(memory_number(&xen->memory, domain + id_at, 2, &id), "domain %u", i));
		if (id == DOM0_ID) {
			xen->dom0 = pickle(xen, domain);
			return OK;
		}
		TRY(within(memory_word(&xen->memory, domain + next_at, &domain), "domain %u", i));
	}
	return fail(ERR_CORRUPT, "domain_list at %#" PRIx64 " has no dom0: is the hypervisor's "
		    "image at %#" PRIx64 "?", head, xen->image);
}

/* The hypervisor has domains of its own, which are in no list: dom_io owns the first MiB, with the
 * code that starts CPUs, and dom_xen what it shares. */
static void find_own(struct xen *xen)
{
	static const enum fact_id names[] = { SYMBOL_XEN_DOM_XEN, SYMBOL_XEN_DOM_IO };
	vaddr_t domain;

	for (unsigned i = 0; i < 2; i++)
		if (fact_known(&xen->facts, names[i]) &&
		    memory_word(&xen->memory, xen->facts.value[names[i]], &domain) == OK && domain)
			xen->own[i] = pickle(xen, domain);
}

/* Neither of another domain nor nobody's: no owner is the hypervisor, too. */
static bool owner_stays(const struct xen *xen, uint32_t owner)
{
	return !owner || owner == xen->own[0] || owner == xen->own[1];
}

/* --- opening --- */

static err_t open_frames(struct xen *xen)
{
	const struct facts *facts = &xen->facts;
	bool early = xen->version < XEN_VERSION(4, 3);

	xen->frames = early ? 0xffff82f600000000 : 0xffff82e000000000;
	if (fact_known(facts, SYMBOL_XEN_FRAME_TABLE))
		TRY(within(memory_word(&xen->memory, facts->value[SYMBOL_XEN_FRAME_TABLE],
				       &xen->frames), "frame_table"));
	TRY(fact_need(facts, SIZE_XEN_PAGE_INFO, &xen->info_bytes));
	TRY(fact_need(facts, OFFSET_XEN_COUNT_INFO, &xen->count_at));
	TRY(fact_need(facts, OFFSET_XEN_OWNER, &xen->owner_at));
	if (xen->info_bytes > INFO_MOST || xen->count_at + 8 > xen->info_bytes ||
	    xen->owner_at + 4 > xen->info_bytes || xen->count_at > INFO_MOST ||
	    xen->owner_at > INFO_MOST)
		return fail(ERR_CORRUPT, "SIZE(page_info) %" PRIu64 " with count_info at %" PRIu64
			    " and _domain at %" PRIu64, xen->info_bytes, xen->count_at,
			    xen->owner_at);
	return OK;
}

/* Before Xen 4 a bitmap tells what is in use, and the hypervisor's heap lies lowest. */
static err_t open_old(struct xen *xen)
{
	uint64_t at;

	TRY(fact_need(&xen->facts, SYMBOL_XEN_HEAP_END, &at));
	TRY(within(memory_word(&xen->memory, at, &xen->heap_end), "xenheap_phys_end"));
	xen->heap_end >>= PAGE_SHIFT;
	TRY(fact_need(&xen->facts, SYMBOL_XEN_ALLOC_BITMAP, &at));
	TRY(within(memory_word(&xen->memory, at, &xen->map), "alloc_bitmap"));
	TRY(fact_need(&xen->facts, SYMBOL_XEN_MAX_PAGE, &at));
	return within(memory_word(&xen->memory, at, &xen->map_end), "max_page");
}

/* Copies of struct page_info that stand together. */
struct infos {
	pfn_t first;
	uint64_t readable; /* a bit for each */
	uint8_t bytes[64 * INFO_MOST];
};

/* Those of 64 frames, all at once, or one by one where some are not there. */
static void load(struct xen *xen, struct infos *infos, pfn_t first)
{
	vaddr_t at = xen->frames + first * xen->info_bytes;
	size_t size = (size_t)xen->info_bytes;

	infos->first = first;
	infos->readable = ~UINT64_C(0);
	if (memory_read(&xen->memory, at, infos->bytes, 64 * size) == OK)
		return;
	infos->readable = 0;
	for (unsigned i = 0; i < 64; i++)
		if (memory_read(&xen->memory, at + i * size, infos->bytes + i * size, size) == OK)
			infos->readable |= UINT64_C(1) << i;
}

/* Count in a sample of all frames what would be free pages by each layout. ERR_CORRUPT: there is no
 * struct page_info at all. */
static err_t choose_states(struct xen *xen, pfn_t end)
{
	enum { LAYOUTS = sizeof(layouts) / sizeof(layouts[0]) };
	uint64_t step = max_u64(end / 64 / SAMPLES, 1), most = 0, free[LAYOUTS] = { 0 };
	struct infos infos;
	bool any = false;

	xen->states = layouts[0];
	for (pfn_t at = 0; at < end / 64; at += step) {
		load(xen, &infos, at * 64);
		any |= infos.readable != 0;
		for (unsigned i = 0; i < 64 * LAYOUTS; i++) {
			const uint8_t *info = infos.bytes + i / LAYOUTS * xen->info_bytes;
			uint64_t count = get_64(false, info + xen->count_at) & ~allocated;
			uint64_t mark = (uint64_t)STATE_FREE << layouts[i % LAYOUTS].shift;
			if (infos.readable >> i / LAYOUTS & 1)
				free[i % LAYOUTS] += count == mark;
		}
	}
	for (unsigned i = 0; i < LAYOUTS; i++) {
		if (free[i] > most) {
			most = free[i];
			xen->states = layouts[i];
		}
	}
	return any ? OK : fail(ERR_CORRUPT, "frame_table at %#" PRIx64 " has no struct page_info "
			       "that can be read", xen->frames);
}

err_t xen_open_hypervisor(struct xen *xen, const struct arch *arch, pfn_t end,
			  struct reader *tables, struct reader *bytes)
{
	const struct target *target = &bytes->source->target;

	if (!arch->hypervisor)
		return fail(ERR_UNSUPPORTED, "Xen on machine %s is not supported", arch->name);
	if (!xen->image_known)
		return fail(ERR_NOFACT, "Can't get Xen physical start address.");
	xen->old = xen->version < XEN_VERSION(4, 0);
	xen->space = (struct space){ .target = *target };
	TRY(arch->hypervisor(&xen->space, &xen->facts, xen->old, xen->image));
	xen->memory = (struct memory){ .space = &xen->space, .reader = bytes, .tables = tables };
	TRY(open_frames(xen));
	TRY(choose_states(xen, end));
	if (xen->old)
		TRY(open_old(xen));
	find_own(xen);
	return find_dom0(xen);
}

/* --- pages --- */

static bool stays(const struct xen *xen, const uint8_t *info)
{
	uint64_t count = get_64(false, info + xen->count_at);
	uint32_t owner = get_32(false, info + xen->owner_at);
	unsigned state = count >> xen->states.shift & STATE_MASK;

	if (count & xen_heap)
		return true;
	if (state == STATE_FREE || state == STATE_OFFLINED || count & xen->states.broken)
		return false;
	return !(count & allocated) || owner_stays(xen, owner) || owner == xen->dom0;
}

/* Is the page in use at all? */
static bool in_map(struct xen *xen, pfn_t frame)
{
	uint64_t word;

	return frame < xen->map_end &&
	       memory_word(&xen->memory, xen->map + frame / 64 * 8, &word) == OK &&
	       word >> frame % 64 & 1;
}

static bool stays_old(struct xen *xen, pfn_t frame, const uint8_t *info)
{
	uint32_t count = get_32(false, info + xen->count_at);
	uint32_t owner = get_32(false, info + xen->owner_at);

	if (!in_map(xen, frame))
		return false;
	return owner_stays(xen, owner) || frame < xen->heap_end ||
	       (count & OLD_COUNT && owner == xen->dom0);
}

uint64_t xen_leave_domains(struct xen *xen, pfn_t first, pfn_t end, uint64_t *words)
{
	struct infos infos = { .first = UINT64_MAX };
	uint64_t left = 0;

	for (pfn_t at = bits_next(words, 0, end - first, true); at < end - first;
	     at = bits_next(words, at + 1, end - first, true)) {
		pfn_t frame = first + at;
		unsigned place = frame % 64;
		if (frame - place != infos.first)
			load(xen, &infos, frame - place);
		const uint8_t *info = infos.bytes + place * xen->info_bytes;
		bool readable = infos.readable >> place & 1;
		if (!readable || !(xen->old ? stays_old(xen, frame, info) : stays(xen, info)))
			left += bits_clear(words, at, at + 1);
	}
	return left;
}
