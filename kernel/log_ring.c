// SPDX-License-Identifier: GPL-2.0-only
/* log_ring.c - the log since 5.10: kernel/printk/printk_ringbuffer.h.
 *
 *     desc_ring   2^count_bits descriptors, and as many infos (time, length, caller) beside them;
 *                 the record with an id has the one at id % count
 *     text_ring   2^size_bits bytes of blocks, each an unsigned long (the id) and the text
 *
 * A record goes from tail_id to head_id. A descriptor says whose it is and in which state in one
 * word, and where its block begins and ends: at these positions % size. */
#include "base/bytes.h"
#include "kernel/logs.h"

enum {
	COUNT_BITS_MOST = 26, /* LOG_BUF_LEN_MAX / 2^PRB_AVGBITS descriptors */
	SIZE_BITS_MOST = 31,
	STRUCT_MOST = 512,
	COMMITTED = 1, FINALIZED = 2, /* of reserved, committed, finalized, reusable */
};

struct ring {
	struct dmesg *dmesg;
	const struct target *target;
	uint64_t desc_bytes, info_bytes;
	uint64_t state_at, begin_at, next_at;           /* in a descriptor */
	uint64_t seq_at, time_at, length_at, caller_at; /* in an info */
	bool has_caller;
	vaddr_t descs, infos, text;
	uint64_t count, size;
	uint64_t head, tail, id_mask;
	uint64_t since;     /* sequence number of the first record wanted */
	uint64_t text_left; /* no byte of the ring is in two records */
};

/* --- what vmcoreinfo tells --- */

static err_t need(const struct ring *ring, enum fact_id id, uint64_t *ret)
{
	return within(fact_need(ring->dmesg->facts, id, ret),
		      "Can't find variable-length record symbols");
}

static err_t learn_structs(struct ring *ring)
{
	const struct facts *facts = ring->dmesg->facts;
	uint64_t counter = fact_or(facts, OFFSET_ATOMIC_LONG_COUNTER, 0), text = 0;
	const uint64_t word = ring->target->word_bytes;
	const struct {
		enum fact_id id;
		uint64_t *to;
	} needed[] = {
		{ SIZE_PRB_DESC, &ring->desc_bytes }, { SIZE_PRINTK_INFO, &ring->info_bytes },
		{ OFFSET_PRB_DESC_STATE, &ring->state_at }, { OFFSET_PRB_DESC_TEXT, &text },
		{ OFFSET_PRB_LPOS_BEGIN, &ring->begin_at },
		{ OFFSET_PRB_LPOS_NEXT, &ring->next_at },
		{ OFFSET_PRINTK_INFO_TIME, &ring->time_at },
		{ OFFSET_PRINTK_INFO_TEXT_LEN, &ring->length_at },
	};

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		TRY(need(ring, needed[i].id, needed[i].to));
		if (*needed[i].to > STRUCT_MOST)
			return fail(ERR_CORRUPT, "the log's structures cannot have %" PRIu64
				    " bytes, at most %d", *needed[i].to, STRUCT_MOST);
	}
	ring->state_at += counter;
	ring->begin_at += text;
	ring->next_at += text;
	ring->seq_at = fact_or(facts, OFFSET_PRINTK_INFO_SEQ, 0); /* the first member so far */
	ring->has_caller = fact_known(facts, OFFSET_PRINTK_INFO_CALLER);
	ring->caller_at = fact_or(facts, OFFSET_PRINTK_INFO_CALLER, 0);
	const struct {
		uint64_t at, bytes, all;
	} members[] = {
		{ ring->state_at, word, ring->desc_bytes },
		{ ring->begin_at, word, ring->desc_bytes },
		{ ring->next_at, word, ring->desc_bytes },
		{ ring->seq_at, 8, ring->info_bytes }, { ring->time_at, 8, ring->info_bytes },
		{ ring->length_at, 2, ring->info_bytes }, { ring->caller_at, 4, ring->info_bytes },
	};
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (members[i].at > STRUCT_MOST ||
		    members[i].at + members[i].bytes > members[i].all)
			return fail(ERR_CORRUPT, "a member of the log's structures lies at %" PRIu64
				    " of %" PRIu64 " bytes", members[i].at, members[i].all);
	return OK;
}

/* --- what the ring itself tells --- */

/* Read a member of the ring: `in` is which part of struct printk_ringbuffer, `member` which of
 * that. */
static err_t read_member(const struct ring *ring, vaddr_t at, enum fact_id in, enum fact_id member,
			 unsigned bytes, uint64_t *ret)
{
	uint64_t outer = 0, inner = 0;
	char name[FACT_NAME_BYTES];

	TRY(need(ring, in, &outer));
	TRY(need(ring, member, &inner));
	return within(memory_number(ring->dmesg->memory, at + outer + inner, bytes, ret),
		      "prb, %s", fact_name(member, name));
}

static err_t read_bits(const struct ring *ring, vaddr_t at, enum fact_id in, enum fact_id member,
		       unsigned most, uint64_t *ret)
{
	char name[FACT_NAME_BYTES];
	uint64_t bits = 0;

	TRY(read_member(ring, at, in, member, 4, &bits));
	if (!bits || bits > most)
		return fail(ERR_CORRUPT, "the log's ring is corrupted: %s is %" PRIu64
			    ", not between 1 and %u", fact_name(member, name), bits, most);
	*ret = UINT64_C(1) << bits;
	return OK;
}

static err_t learn_ring(struct ring *ring)
{
	const enum fact_id descs = OFFSET_PRINTK_RINGBUFFER_DESCS,
			   text = OFFSET_PRINTK_RINGBUFFER_TEXT;
	const struct facts *facts = ring->dmesg->facts;
	uint64_t counter = fact_or(facts, OFFSET_ATOMIC_LONG_COUNTER, 0);
	unsigned word = ring->target->word_bytes;
	vaddr_t at = 0;

	TRY(within(memory_word(ring->dmesg->memory, facts->value[SYMBOL_PRB], &at), "prb"));
	TRY(read_bits(ring, at, descs, OFFSET_PRB_DESC_RING_BITS, COUNT_BITS_MOST, &ring->count));
	TRY(read_bits(ring, at, text, OFFSET_PRB_DATA_RING_BITS, SIZE_BITS_MOST, &ring->size));
	TRY(read_member(ring, at, descs, OFFSET_PRB_DESC_RING_DESCS, word, &ring->descs));
	TRY(read_member(ring, at, descs, OFFSET_PRB_DESC_RING_INFOS, word, &ring->infos));
	TRY(read_member(ring, at, text, OFFSET_PRB_DATA_RING_DATA, word, &ring->text));
	TRY(read_member(ring, at + counter, descs, OFFSET_PRB_DESC_RING_HEAD, word, &ring->head));
	TRY(read_member(ring, at + counter, descs, OFFSET_PRB_DESC_RING_TAIL, word, &ring->tail));
	ring->id_mask = (word == 8 ? UINT64_MAX : UINT32_MAX) >> 2;
	ring->text_left = ring->size;
	return OK;
}

/* clear_seq: a u64, since 5.13 (7d7a23a91c91) two of them behind a sequence count whose lowest bit
 * says which one holds. */
static err_t learn_since(struct ring *ring)
{
	const struct facts *facts = ring->dmesg->facts;
	struct memory *memory = ring->dmesg->memory;
	vaddr_t at = fact_or(facts, SYMBOL_CLEAR_SEQ, 0);
	uint64_t which = 0;

	if (!ring->dmesg->since_clear || !at)
		return OK;
	if (fact_known(facts, SIZE_LATCHED_SEQ)) {
		uint64_t values = 0;
		TRY(need(ring, OFFSET_LATCHED_SEQ_VAL, &values));
		TRY(within(memory_number(memory, at, 4, &which), "clear_seq"));
		at += values + (which & 1) * 8;
	}
	return within(memory_number(memory, at, 8, &ring->since), "clear_seq");
}

/* --- the records --- */

/* Where in the ring the text of a block lies. False: the block has none. */
static bool find_text(const struct ring *ring, uint64_t begin, uint64_t next, uint64_t *at,
		      uint64_t *bytes)
{
	uint64_t id_bytes = ring->target->word_bytes;

	begin &= ring->size - 1;
	next &= ring->size - 1;
	if (begin == next) /* also the marks of an empty line and of one that did not fit */
		return false;
	if (!next)
		next = ring->size; /* ends with the ring */
	if (begin > next)
		begin = 0; /* did not fit before the ring's end, so it begins at its start */
	if (next - begin <= id_bytes)
		return false;
	*at = begin + id_bytes;
	*bytes = next - begin - id_bytes;
	return true;
}

static bool is_record(const struct ring *ring, const uint8_t *desc, uint64_t id)
{
	uint64_t word = get_word(ring->target, desc + ring->state_at);
	uint64_t state = word >> (ring->target->word_bytes * 8 - 2);

	return (word & ring->id_mask) == id && (state == COMMITTED || state == FINALIZED);
}

static err_t print_record(struct ring *ring, uint64_t id)
{
	const struct target *target = ring->target;
	bool big = target->big_endian;
	uint8_t desc[STRUCT_MOST], info[STRUCT_MOST];
	uint64_t index = id & (ring->count - 1), at, bytes;
	vaddr_t desc_at = ring->descs + index * ring->desc_bytes;
	vaddr_t info_at = ring->infos + index * ring->info_bytes;

	if (memory_read(ring->dmesg->memory, desc_at, desc, ring->desc_bytes) != OK)
		return log_lost(ring->dmesg, desc_at);
	if (!is_record(ring, desc, id) ||
	    !find_text(ring, get_word(target, desc + ring->begin_at),
		       get_word(target, desc + ring->next_at), &at, &bytes))
		return OK;
	if (memory_read(ring->dmesg->memory, info_at, info, ring->info_bytes) != OK)
		return log_lost(ring->dmesg, info_at);
	if (get_64(big, info + ring->seq_at) < ring->since)
		return OK;
	struct log_line line = {
		.nanoseconds = get_64(big, info + ring->time_at),
		.has_caller = ring->has_caller,
		.caller = get_32(big, info + ring->caller_at),
		.text = ring->text + at,
		.bytes = min_u64(bytes, get_16(big, info + ring->length_at)),
	};
	if (line.bytes > ring->text_left)
		return fail(ERR_CORRUPT, "The printk log_buf is most likely corrupted: records of "
			    "its ring overlap, the first that does so has id %#" PRIx64, id);
	ring->text_left -= line.bytes;
	return log_line(ring->dmesg, &line);
}

err_t log_ring_print(struct dmesg *dmesg)
{
	struct ring ring = { .dmesg = dmesg, .target = &dmesg->memory->space->target };

	TRY(learn_structs(&ring));
	TRY(learn_ring(&ring));
	TRY(learn_since(&ring));
	uint64_t records = ((ring.head - ring.tail) & ring.id_mask) + 1;
	bool too_many = records > ring.count;
	if (too_many) /* print what can still be there: the last lap */
		records = ring.count;
	for (; records; records--)
		TRY(print_record(&ring, (ring.head - (records - 1)) & ring.id_mask));
	if (too_many)
		return fail(ERR_CORRUPT, "The printk log_buf is most likely corrupted: "
			    "from tail_id %#" PRIx64 " to head_id %#" PRIx64 " are more than "
			    "its %" PRIu64 " records", ring.tail, ring.head, ring.count);
	return OK;
}
