// SPDX-License-Identifier: GPL-2.0-only
/* rules.c - which era of flags, marks and compound pages a kernel belongs to. */
#include "pages/rules.h"

#include "base/bytes.h"
#include "pages/needs.h"

/* --- compound pages --- */

static void nothing_known(const struct rules *rules, const uint8_t *head, const uint8_t *tail,
			  struct compound *ret)
{
	(void)rules;
	(void)head;
	(void)tail;
	*ret = (struct compound){ 0 };
}

static unsigned order_in_flags(const struct rules *rules, const uint8_t *tail)
{
	return (unsigned)(get_word(&rules->target, tail + rules->flags_at) & 0xff);
}

static bool has_mark(const struct rules *rules, struct type_mark mark, const uint8_t *page)
{
	return mark.mask && rules->mapcount_at != NOT_THERE &&
	       (get_32(rules->target.big_endian, page + rules->mapcount_at) & mark.mask) ==
		   mark.value;
}

static void order_in_flags_hugetlb_in_type(const struct rules *rules, const uint8_t *head,
					   const uint8_t *tail, struct compound *ret)
{
	ret->order = order_in_flags(rules, tail);
	ret->hugetlb = has_mark(rules, rules->type_hugetlb, head);
}

static void order_in_flags_hugetlb_in_flags(const struct rules *rules, const uint8_t *head,
					    const uint8_t *tail, struct compound *ret)
{
	(void)head;
	ret->order = order_in_flags(rules, tail);
	ret->hugetlb =
	    (get_word(&rules->target, tail + rules->flags_at) & rules->hugetlb_flag) != 0;
}

static uint64_t get_sized(const struct target *target, const uint8_t *at, unsigned bytes)
{
	switch (bytes) {
	case 1:
		return *at;
	case 2:
		return get_16(target->big_endian, at);
	case 4:
		return get_32(target->big_endian, at);
	default:
		return get_word(target, at);
	}
}

static void order_and_destructor(const struct rules *rules, const uint8_t *head,
				 const uint8_t *tail, struct compound *ret)
{
	const struct target *target = &rules->target;

	(void)head;
	*ret = (struct compound){ 0 };
	if (rules->order_at != NOT_THERE)
		ret->order =
		    (unsigned)get_sized(target, tail + rules->order_at, rules->order_bytes);
	if (rules->dtor_at != NOT_THERE && rules->hugetlb_dtor)
		ret->hugetlb = get_sized(target, tail + rules->dtor_at, rules->dtor_bytes) ==
			       rules->hugetlb_dtor;
}

static bool has_hugetlb_type(const struct facts *facts)
{
	return fact_known(facts, NUMBER_PAGE_HUGETLB) && fact_known(facts, OFFSET_PAGE_MAPCOUNT);
}

static bool has_hugetlb_flag(const struct facts *facts)
{
	return fact_known(facts, NUMBER_PG_HUGETLB);
}

static bool has_destructor(const struct facts *facts)
{
	return fact_known(facts, OFFSET_FOLIO_ORDER) ||
	       fact_known(facts, OFFSET_PAGE_COMPOUND_ORDER) ||
	       (fact_known(facts, OFFSET_PAGE_LRU) &&
		facts_version(facts) < KERNEL_VERSION(4, 4, 0));
}

/* Without a mark of hugetlb, these are told apart from others by nothing. */
static bool has_order_in_flags(const struct facts *facts)
{
	return facts_version(facts) >= KERNEL_VERSION(6, 6, 0);
}

static bool always(const struct facts *facts)
{
	(void)facts;
	return true;
}

/* Newest first; the first that fits is the one. */
static const struct compound_era compound_eras[] = {
	{ "order in the first tail's flags, hugetlb a page type (v6.9, d99e3140a4d3)",
	  has_hugetlb_type, order_in_flags_hugetlb_in_type },
	{ "order in the first tail's flags, hugetlb a flag of it (v6.6, 9c5ccf2db04b)",
	  has_hugetlb_flag, order_in_flags_hugetlb_in_flags },
	{ "order and destructor in members of the first tail",
	  has_destructor, order_and_destructor },
	{ "order in the first tail's flags (v6.6, 9c5ccf2db04b), hugetlb not told",
	  has_order_in_flags, order_in_flags_hugetlb_in_flags },
	{ "unknown", always, nothing_known },
};

/* An offset inside the first tail page. Members of struct folio are counted from the head. */
static unsigned in_tail(const struct facts *facts, enum fact_id folio, enum fact_id page,
			unsigned page_size)
{
	uint64_t at = fact_or(facts, folio, 0);

	if (at >= page_size && at < 2 * (uint64_t)page_size)
		return (unsigned)(at - page_size);
	return (unsigned)fact_or(facts, page, NOT_THERE);
}

/* Until 4.3 the order was page[1].lru.prev and the destructor page[1].lru.next, both whole words.
 */
static void compound_in_lru(struct rules *rules, const struct facts *facts)
{
	unsigned word = rules->target.word_bytes;
	unsigned lru = (unsigned)facts->value[OFFSET_PAGE_LRU];

	rules->dtor_at = lru + (unsigned)fact_or(facts, OFFSET_LIST_HEAD_NEXT, 0);
	rules->order_at = lru + (unsigned)fact_or(facts, OFFSET_LIST_HEAD_PREV, word);
	rules->dtor_bytes = rules->order_bytes = word;
	rules->hugetlb_dtor = fact_or(facts, SYMBOL_FREE_HUGE_PAGE, 0);
}

/* How wide order and destructor are: they stand side by side. (Half a word each since 4.4, 32 bits
 * or 16; one byte since 4.16.) */
static unsigned tail_bytes(const struct rules *rules, const struct facts *facts)
{
	unsigned apart = rules->order_at - rules->dtor_at;

	if (rules->order_at != NOT_THERE && rules->dtor_at != NOT_THERE &&
	    (apart == 1 || apart == 2 || apart == 4))
		return apart;
	return facts_version(facts) >= KERNEL_VERSION(4, 16, 0) ? 1 : rules->target.word_bytes / 2;
}

static void choose_compound(struct rules *rules, const struct facts *facts)
{
	const struct compound_era *era = compound_eras;

	while (!era->fits(facts))
		era++;
	rules->compound = era;
	if (fact_known(facts, NUMBER_PG_HUGETLB) && facts->value[NUMBER_PG_HUGETLB] < 64)
		rules->hugetlb_flag = UINT64_C(1) << facts->value[NUMBER_PG_HUGETLB];
	rules->order_at =
	    in_tail(facts, OFFSET_FOLIO_ORDER, OFFSET_PAGE_COMPOUND_ORDER, rules->page_size);
	rules->dtor_at =
	    in_tail(facts, OFFSET_FOLIO_DTOR, OFFSET_PAGE_COMPOUND_DTOR, rules->page_size);
	rules->order_bytes = rules->dtor_bytes = tail_bytes(rules, facts);
	rules->hugetlb_dtor = fact_or(facts, NUMBER_HUGETLB_PAGE_DTOR, 0);
	if (rules->order_at == NOT_THERE && rules->dtor_at == NOT_THERE && has_destructor(facts))
		compound_in_lru(rules, facts);
}

/* --- flags --- */

/* Bit numbers of kernels that tell too little: mainline's, for the versions where each held. */
struct flag_era {
	uint32_t before; /* the first version that no longer has them */
	int8_t lru, private, swapcache, slab, head;
};

static const struct flag_era flag_eras[] = {
	{ KERNEL_VERSION(2, 6, 26), 5, 11, 15, 7, 14 },
	{ KERNEL_VERSION(2, 6, 30), 5, 11, 15, 7, 13 }, /* flags became an enum: e26831814998 */
	{ KERNEL_VERSION(4, 4, 0), 5, 11, 16, 7, 14 },  /* PG_private_2: 266cf658efcf */
	{ KERNEL_VERSION(4, 10, 0), 5, 11, 15, 7, 14 }, /* PG_tail gone: 1d798ca3f164 */
	{ UINT32_MAX, -1, -1, -1, -1, -1 },
};

/* As check_bits() let pass. */
static uint64_t flag_bit(const struct facts *facts, enum fact_id id, int otherwise)
{
	if (fact_known(facts, id))
		return UINT64_C(1) << facts->value[id];
	return otherwise < 0 ? 0 : UINT64_C(1) << otherwise;
}

static void choose_flags(struct rules *rules, const struct facts *facts)
{
	const struct flag_era *era = flag_eras;
	uint32_t version = facts_version(facts);

	/* Of a kernel whose release is not known no bit is. */
	while (version >= era->before || (!version && era->lru >= 0))
		era++;
	rules->lru = flag_bit(facts, NUMBER_PG_LRU, era->lru);
	rules->private = flag_bit(facts, NUMBER_PG_PRIVATE, era->private);
	rules->swapcache = flag_bit(facts, NUMBER_PG_SWAPCACHE, era->swapcache);
	rules->hwpoison = flag_bit(facts, NUMBER_PG_HWPOISON, -1);
	rules->buddy = flag_bit(facts, NUMBER_PG_BUDDY, -1);
	rules->head =
	    fact_or(facts, NUMBER_PG_HEAD_MASK, era->head < 0 ? 0 : UINT64_C(1) << era->head);

	/* Since 4.10 the swapcache bit is shared and means something only together with swapbacked,
	 * which 4.10 and 4.11 do not export: six above private, until 6.6. */
	int swapbacked = -1;
	if (rules->swapcache && rules->swapcache < rules->private && version &&
	    version < KERNEL_VERSION(6, 6, 0))
		swapbacked = __builtin_ctzll(rules->private) + 6;
	if (swapbacked >= rules->target.word_bytes * 8)
		swapbacked = -1;
	rules->swapbacked = flag_bit(facts, NUMBER_PG_SWAPBACKED, swapbacked);
	bool shared = !version || version >= KERNEL_VERSION(4, 10, 0);
	if (!rules->swapbacked && shared)
		rules->swapcache = 0;

	/* Slab is a page type since 6.10 (46df8e73a4a3), and its old bit belongs to somebody else.
	 */
	if (!fact_known(facts, NUMBER_PAGE_SLAB))
		rules->slab = flag_bit(facts, NUMBER_PG_SLAB, era->slab);
}

static err_t check_bits(const struct rules *rules, const struct facts *facts)
{
	static const enum fact_id bits[] = {
		NUMBER_PG_LRU, NUMBER_PG_PRIVATE, NUMBER_PG_SWAPCACHE, NUMBER_PG_SWAPBACKED,
		NUMBER_PG_HWPOISON, NUMBER_PG_HUGETLB, NUMBER_PG_SLAB, NUMBER_PG_BUDDY,
	};
	char name[FACT_NAME_BYTES];

	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		if (fact_or(facts, bits[i], 0) >= rules->target.word_bytes * 8u)
			return fail(ERR_CORRUPT, "%s=%" PRIu64 " is no bit of a word",
				    fact_name(bits[i], name), facts->value[bits[i]]);
	return OK;
}

/* --- marks in page._mapcount --- */

/* Since 6.12 (4ffca5a96678) the type is the top byte alone, and some types use the rest. */
static struct type_mark type_mark(const struct facts *facts, enum fact_id id)
{
	if (!fact_known(facts, id))
		return (struct type_mark){ 0, 0 };
	uint32_t value = (uint32_t)facts->value[id];
	bool top_byte = value >= 0xf0000000 && !(value & 0xffffff);
	uint32_t mask = top_byte ? 0xff000000 : 0xffffffff;
	return (struct type_mark){ mask, value & mask };
}

static void choose_types(struct rules *rules, const struct facts *facts)
{
	uint32_t version = facts_version(facts);

	if (rules->mapcount_at == NOT_THERE)
		return;
	rules->type_buddy = type_mark(facts, NUMBER_PAGE_BUDDY);
	rules->type_slab = type_mark(facts, NUMBER_PAGE_SLAB);
	rules->type_offline = type_mark(facts, NUMBER_PAGE_OFFLINE);
	rules->type_unaccepted = type_mark(facts, NUMBER_PAGE_UNACCEPTED);
	rules->type_hugetlb = type_mark(facts, NUMBER_PAGE_HUGETLB);
	/* Before it was exported (3.8): -2 in 2.6.38, then -128 (5f24ce5fd34c, ef2b4b95a63a). */
	if (rules->type_buddy.mask || !version || version < KERNEL_VERSION(2, 6, 38) ||
	    version >= KERNEL_VERSION(4, 18, 0))
		return;
	bool first = version < KERNEL_VERSION(2, 6, 39);
	rules->type_buddy = (struct type_mark){ ~0u, first ? (uint32_t)-2 : (uint32_t)-128 };
}

/* --- offsets --- */

static err_t member(const struct rules *rules, const struct facts *facts, enum fact_id id,
		    unsigned bytes, unsigned *ret)
{
	char name[FACT_NAME_BYTES];
	uint64_t at = fact_or(facts, id, NOT_THERE);

	if (at != NOT_THERE && (at > rules->page_size || bytes > rules->page_size - at))
		return fail(ERR_CORRUPT, "%s=%" PRIu64 " lies outside SIZE(page)=%u",
			    fact_name(id, name), at, rules->page_size);
	*ret = (unsigned)at;
	return OK;
}

static err_t check_tail_members(const struct rules *rules)
{
	unsigned end_order =
	    rules->order_at == NOT_THERE ? 0 : rules->order_at + rules->order_bytes;
	unsigned end_dtor = rules->dtor_at == NOT_THERE ? 0 : rules->dtor_at + rules->dtor_bytes;

	if (end_order > rules->page_size || end_dtor > rules->page_size)
		return fail(ERR_CORRUPT,
			    "order or destructor of compound pages at %u and %u lie outside "
			    "SIZE(page)=%u",
			    rules->order_at, rules->dtor_at, rules->page_size);
	return OK;
}

err_t rules_choose(struct rules *rules, const struct target *target, const struct facts *facts)
{
	unsigned word = target->word_bytes;
	uint64_t size = 0;

	*rules = (struct rules){ .target = *target };
	TRY(fact_need(facts, SIZE_PAGE, &size));
	rules->page_size = (unsigned)size;
	TRY(check_bits(rules, facts));
	TRY(member(rules, facts, OFFSET_PAGE_FLAGS, word, &rules->flags_at));
	TRY(member(rules, facts, OFFSET_PAGE_MAPPING, word, &rules->mapping_at));
	TRY(member(rules, facts, OFFSET_PAGE_MAPCOUNT, 4, &rules->mapcount_at));
	TRY(member(rules, facts, OFFSET_PAGE_PRIVATE, word, &rules->private_at));
	TRY(member(rules, facts, OFFSET_PAGE_COMPOUND_HEAD, word, &rules->compound_at));
	choose_flags(rules, facts);
	choose_types(rules, facts);
	choose_compound(rules, facts);
	TRY(check_tail_members(rules));
	if (rules->mapping_at == NOT_THERE) /* what is read there then is not looked at: needs.c */
		rules->mapping_at = rules->flags_at;
	rules->unknown = needs_unknown(facts);
	rules->free_orders = (unsigned)min_u64(fact_or(facts, LENGTH_ZONE_FREE_AREA, 0), 64);
	rules->free_by_page = rules->private_at != NOT_THERE &&
			      (rules->type_buddy.mask || rules->buddy);
	return OK;
}
