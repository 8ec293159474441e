// SPDX-License-Identifier: GPL-2.0-only
/* log.h - the log of the made kernel, for mkdump: bytes (until 3.4), records (3.5), a ring of
 * descriptors (5.10), each written as that kernel's printk writes it. Variables stand together:
 *
 *     vars + 0x00   prb           0x10  clear_seq (latched since 5.13)
 *            0x40   log_buf       0x48  log_buf_len   0x4c  log_first_idx   0x50  log_next_idx
 *            0x54   clear_idx     0x58  log_end
 *            0x100  struct printk_ringbuffer */
#ifndef TESTS_MAKE_LOG_H
#define TESTS_MAKE_LOG_H

#include "tests/make/kernel.h"

enum {
	CLEAR_SEQ_AT = 0x10, LOG_BUF_AT = 0x40, LOG_BUF_LEN_AT = 0x48, FIRST_AT = 0x4c,
	NEXT_AT = 0x50, CLEAR_IDX_AT = 0x54, LOG_END_AT = 0x58, RING_AT = 0x100,
	INFO_BYTES_EACH = 88, TEXT_RING_AT = 48,
	LINE_BYTES = 1024,
};

enum log_kind { NO_LOG, LOG_BYTES, LOG_RECORDS, LOG_RING };

struct log {
	enum log_kind kind;
	uint64_t vars, buffer, bytes; /* the buffer's physical address and size */
	bool caller;                  /* records: with a caller (5.1) */
	uint64_t end;                 /* bytes: logged so far */
	uint64_t first, next, used;   /* records: indexes, and bytes from first to next */
	uint64_t descs, infos, count; /* ring */
	uint64_t seq, tail, head_lpos, tail_lpos;
};

/* A descriptor: state and id, begin and end of its text; a word each. */
static unsigned desc_bytes(const struct kernel *kernel)
{
	return 3 * word_bytes(kernel);
}

/* The two uppermost bits of a word are a record's state. */
static uint64_t with_state(const struct kernel *kernel, uint64_t id, uint64_t state)
{
	unsigned bits = word_bytes(kernel) * 8 - 2;

	return (id & (UINT64_MAX >> (64 - bits))) | state << bits;
}

/* A position in the text ring, which begins below 0. */
static uint64_t position_at(struct kernel *kernel, uint64_t at)
{
	uint64_t word = word_at(kernel, at);

	return word_bytes(kernel) == 8 ? word : (uint64_t)(int64_t)(int32_t)word;
}

static uint64_t header_bytes(const struct log *log)
{
	return log->caller ? 24 : 16;
}

static void copy_in(struct kernel *kernel, uint64_t at, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		*bytes_at(kernel, at + i) = (uint8_t)bytes[i];
}

static void set_16(struct kernel *kernel, uint64_t at, uint64_t value)
{
	uint8_t bytes[2];

	put_16(kernel->big, bytes, (uint16_t)value);
	copy_in(kernel, at, (const char *)bytes, 2);
}

/* --- the ring --- */

/* The id of the record with a sequence number; seq -1 is the one before the first. */
static uint64_t ring_id(const struct log *log, uint64_t seq)
{
	return seq - log->count;
}

static uint64_t desc_at(const struct kernel *kernel, const struct log *log, uint64_t seq)
{
	return log->descs + seq % log->count * desc_bytes(kernel);
}

static void tell_ring(struct kernel *kernel, const struct log *log)
{
	uint64_t ring = log->vars + RING_AT, word = word_bytes(kernel);

	set_word(kernel, ring + 3 * word, with_state(kernel, ring_id(log, log->seq - 1), 0));
	set_word(kernel, ring + 4 * word, with_state(kernel, ring_id(log, log->tail), 0));
	set_word(kernel, ring + TEXT_RING_AT + 2 * word, log->head_lpos);
	set_word(kernel, ring + TEXT_RING_AT + 3 * word, log->tail_lpos);
}

static void make_ring(struct kernel *kernel, struct log *log)
{
	uint64_t ring = log->vars + RING_AT, bits = (uint64_t)__builtin_ctzll(log->bytes);
	uint64_t word = word_bytes(kernel);

	if (log->bytes & (log->bytes - 1) || bits < 6)
		die("a log's ring has a power of two of bytes, 64 or more");
	log->count = log->bytes >> 5;
	log->descs = take(kernel, log->count * desc_bytes(kernel), page_size(kernel));
	log->infos = take(kernel, log->count * INFO_BYTES_EACH, page_size(kernel));
	log->head_lpos = log->tail_lpos = -log->bytes;
	log->tail = UINT64_MAX; /* a reusable one stands before the first */
	set_word(kernel, desc_at(kernel, log, UINT64_MAX),
		 with_state(kernel, ring_id(log, UINT64_MAX), 3));
	set_word(kernel, log->vars, symbol(kernel, ring));
	set_32(kernel, ring, bits - 5);
	set_word(kernel, ring + word, direct(kernel, log->descs));
	set_word(kernel, ring + 2 * word, direct(kernel, log->infos));
	set_32(kernel, ring + TEXT_RING_AT, bits);
	set_word(kernel, ring + TEXT_RING_AT + word, direct(kernel, log->buffer));
	tell_ring(kernel, log);
}

/* Give up the oldest record. */
static void ring_drop(struct kernel *kernel, struct log *log)
{
	uint64_t at = desc_at(kernel, log, log->tail);
	uint64_t next = position_at(kernel, at + 2 * word_bytes(kernel));

	set_word(kernel, at, with_state(kernel, ring_id(log, log->tail), 3));
	if (log->tail != UINT64_MAX && !(next & 1))
		log->tail_lpos = next;
	log->tail++;
}

static void ring_say(struct kernel *kernel, struct log *log, uint64_t time, uint32_t caller,
		     const char *text, size_t size)
{
	uint64_t word = word_bytes(kernel), block = round_up(word + size, word);
	uint64_t begin = log->head_lpos, next = begin + block;
	uint64_t at = begin % log->bytes, info = log->infos + log->seq % log->count * 88;

	if (begin / log->bytes != next / log->bytes) { /* does not fit, or just fits */
		next = next / log->bytes * log->bytes + block;
		set_word(kernel, log->buffer + at, with_state(kernel, ring_id(log, log->seq), 0));
		at = 0;
	}
	while (log->seq - log->tail >= log->count || (size && next - log->tail_lpos > log->bytes))
		ring_drop(kernel, log);
	uint64_t desc = desc_at(kernel, log, log->seq);
	set_word(kernel, desc, with_state(kernel, ring_id(log, log->seq), 2));
	set_word(kernel, desc + word, size ? begin : 3);
	set_word(kernel, desc + 2 * word, size ? next : 3);
	if (size) {
		set_word(kernel, log->buffer + at, with_state(kernel, ring_id(log, log->seq), 0));
		copy_in(kernel, log->buffer + at + word, text, size);
		log->head_lpos = next;
	}
	set_64(kernel, info, log->seq);
	set_64(kernel, info + 8, time);
	set_16(kernel, info + 16, size);
	set_32(kernel, info + 20, caller);
	log->seq++;
	tell_ring(kernel, log);
}

/* --- records --- */

static void records_say(struct kernel *kernel, struct log *log, uint64_t time, uint32_t caller,
			const char *text, size_t size)
{
	uint64_t header = header_bytes(log), all = round_up(header + size, 8);
	bool wraps = log->next + all + header > log->bytes;
	uint64_t needed = wraps ? log->bytes - log->next + all : all;

	while (log->used && log->used + needed + header > log->bytes) {
		uint64_t len = get_16(kernel->big, bytes_at(kernel, log->buffer + log->first + 8));
		log->used -= len ? len : log->bytes - log->first;
		log->first = len ? log->first + len : 0;
	}
	if (wraps) {
		for (unsigned i = 0; i < header; i++)
			*bytes_at(kernel, log->buffer + log->next + i) = 0;
		log->next = 0;
	}
	set_64(kernel, log->buffer + log->next, time);
	set_16(kernel, log->buffer + log->next + 8, all);
	set_16(kernel, log->buffer + log->next + 10, size);
	if (log->caller)
		set_32(kernel, log->buffer + log->next + 16, caller);
	copy_in(kernel, log->buffer + log->next + header, text, size);
	log->next += all;
	log->used += needed;
	set_32(kernel, log->vars + FIRST_AT, log->first);
	set_32(kernel, log->vars + NEXT_AT, log->next);
}

/* --- any --- */

static void log_make(struct kernel *kernel, struct log *log, uint64_t bytes)
{
	if (log->kind)
		die("there is a log");
	log->kind = kernel->version < V(3, 5, 0) ? LOG_BYTES
		    : kernel->version < V(5, 10, 0) ? LOG_RECORDS : LOG_RING;
	log->caller = kernel->version >= V(5, 1, 0);
	log->bytes = bytes;
	log->vars = take(kernel, page_size(kernel), page_size(kernel));
	log->buffer = take(kernel, bytes, page_size(kernel));
	set_word(kernel, log->vars + LOG_BUF_AT, direct(kernel, log->buffer));
	set_32(kernel, log->vars + LOG_BUF_LEN_AT, bytes);
	if (log->kind == LOG_RING)
		make_ring(kernel, log);
}

/* What \n, \\ and \xHH in a text mean. Returns its size. */
static size_t unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		unsigned byte = (uint8_t)*from;
		if (*from == '\\') {
			from++;
			byte = *from == 'n' ? '\n' : (uint8_t)*from;
			if (*from == 'x' && sscanf(from + 1, "%2x", &byte) == 1)
				from += 2;
		}
		*to++ = (char)byte;
	}
	return (size_t)(to - text);
}

static void log_say(struct kernel *kernel, struct log *log, uint64_t time, uint32_t caller,
		    const char *text, size_t size)
{
	switch (log->kind) {
	case NO_LOG:
		die("there is no log");
	case LOG_BYTES:
		for (size_t i = 0; i < size; i++)
			copy_in(kernel, log->buffer + log->end++ % log->bytes, text + i, 1);
		set_32(kernel, log->vars + LOG_END_AT, log->end);
		break;
	case LOG_RECORDS:
		records_say(kernel, log, time, caller, text, size);
		break;
	case LOG_RING:
		ring_say(kernel, log, time, caller, text, size);
	}
}

static void log_clear(struct kernel *kernel, const struct log *log)
{
	uint64_t at = log->vars + CLEAR_SEQ_AT;

	set_32(kernel, log->vars + CLEAR_IDX_AT, log->next);
	if (log->kind != LOG_RING)
		return;
	if (kernel->version < V(5, 13, 0)) {
		set_64(kernel, at, log->seq);
		return;
	}
	set_32(kernel, at, 1); /* the second of two holds */
	set_64(kernel, at + 8, 0);
	set_64(kernel, at + 16, log->seq);
}

/* The i-th line of vmcoreinfo about the log. False: there are no more. */
static bool log_info(const struct kernel *kernel, const struct log *log, size_t i,
		     char line[LINE_BYTES])
{
	const uint64_t vars = symbol(kernel, log->vars), word = word_bytes(kernel);
	const struct {
		const char *key;
		char form;
		uint64_t value;
		uint32_t since, until;
	} keys[] = {
		{ "SYMBOL(log_buf)", 'x', vars + LOG_BUF_AT, UNTIL(5, 10) },
		{ "SYMBOL(log_buf_len)", 'x', vars + LOG_BUF_LEN_AT, UNTIL(5, 10) },
		{ "SYMBOL(log_end)", 'x', vars + LOG_END_AT, UNTIL(3, 5) },
		{ "SYMBOL(log_first_idx)", 'x', vars + FIRST_AT, V(3, 5, 0), V(5, 10, 0) },
		{ "SYMBOL(clear_idx)", 'x', vars + CLEAR_IDX_AT, V(3, 5, 0), V(5, 10, 0) },
		{ "SYMBOL(log_next_idx)", 'x', vars + NEXT_AT, V(3, 5, 0), V(5, 10, 0) },
		{ "SIZE(log)", 'd', 16, V(3, 5, 0), V(3, 11, 0) },
		{ "OFFSET(log.ts_nsec)", 'd', 0, V(3, 5, 0), V(3, 11, 0) },
		{ "OFFSET(log.len)", 'd', 8, V(3, 5, 0), V(3, 11, 0) },
		{ "OFFSET(log.text_len)", 'd', 10, V(3, 5, 0), V(3, 11, 0) },
		{ "SIZE(printk_log)", 'd', header_bytes(log), V(3, 11, 0), V(5, 10, 0) },
		{ "OFFSET(printk_log.ts_nsec)", 'd', 0, V(3, 11, 0), V(5, 10, 0) },
		{ "OFFSET(printk_log.len)", 'd', 8, V(3, 11, 0), V(5, 10, 0) },
		{ "OFFSET(printk_log.text_len)", 'd', 10, V(3, 11, 0), V(5, 10, 0) },
		{ "OFFSET(printk_log.caller_id)", 'd', 16, V(5, 1, 0), V(5, 10, 0) },
		{ "SYMBOL(prb)", 'x', vars, FROM(5, 10) },
		{ "SYMBOL(clear_seq)", 'x', vars + CLEAR_SEQ_AT, FROM(5, 10) },
		{ "SIZE(printk_ringbuffer)", 'd', 88, FROM(5, 10) },
		{ "OFFSET(printk_ringbuffer.desc_ring)", 'd', 0, FROM(5, 10) },
		{ "OFFSET(printk_ringbuffer.text_data_ring)", 'd', TEXT_RING_AT, FROM(5, 10) },
		{ "OFFSET(prb_desc_ring.count_bits)", 'd', 0, FROM(5, 10) },
		{ "OFFSET(prb_desc_ring.descs)", 'd', word, FROM(5, 10) },
		{ "OFFSET(prb_desc_ring.infos)", 'd', 2 * word, FROM(5, 10) },
		{ "OFFSET(prb_desc_ring.head_id)", 'd', 3 * word, FROM(5, 10) },
		{ "OFFSET(prb_desc_ring.tail_id)", 'd', 4 * word, FROM(5, 10) },
		{ "SIZE(prb_desc)", 'd', desc_bytes(kernel), FROM(5, 10) },
		{ "OFFSET(prb_desc.state_var)", 'd', 0, FROM(5, 10) },
		{ "OFFSET(prb_desc.text_blk_lpos)", 'd', word, FROM(5, 10) },
		{ "OFFSET(prb_data_blk_lpos.begin)", 'd', 0, FROM(5, 10) },
		{ "OFFSET(prb_data_blk_lpos.next)", 'd', word, FROM(5, 10) },
		{ "SIZE(printk_info)", 'd', INFO_BYTES_EACH, FROM(5, 10) },
		{ "OFFSET(printk_info.seq)", 'd', 0, FROM(5, 10) },
		{ "OFFSET(printk_info.ts_nsec)", 'd', 8, FROM(5, 10) },
		{ "OFFSET(printk_info.text_len)", 'd', 16, FROM(5, 10) },
		{ "OFFSET(printk_info.caller_id)", 'd', 20, FROM(5, 10) },
		{ "OFFSET(prb_data_ring.size_bits)", 'd', 0, FROM(5, 10) },
		{ "OFFSET(prb_data_ring.data)", 'd', word, FROM(5, 10) },
		{ "OFFSET(atomic_long_t.counter)", 'd', 0, FROM(5, 10) },
		{ "SIZE(latched_seq)", 'd', 24, FROM(5, 13) },
		{ "OFFSET(latched_seq.val)", 'd', 8, FROM(5, 13) },
	};

	if (i >= sizeof(keys) / sizeof(keys[0]))
		return false;
	*line = 0;
	if (kernel->version >= keys[i].since && kernel->version < keys[i].until)
		snprintf(line, LINE_BYTES, keys[i].form == 'x' ? "%s=%" PRIx64 : "%s=%" PRIu64,
			 keys[i].key, keys[i].value);
	return true;
}

/* Physical address of a part that a recipe may break; 0: it is none of the log's. */
static uint64_t log_place(const struct kernel *kernel, const struct log *log, const char *name,
			  uint64_t index)
{
	if (strcmp(name, "logvars") == 0)
		return log->vars;
	if (strcmp(name, "prb") == 0)
		return log->vars + RING_AT;
	if (strcmp(name, "log") == 0)
		return log->buffer;
	if (strcmp(name, "desc") == 0)
		return log->descs + index * desc_bytes(kernel);
	if (strcmp(name, "info") == 0)
		return log->infos + index * INFO_BYTES_EACH;
	return 0;
}

#endif
