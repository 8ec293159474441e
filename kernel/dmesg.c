// SPDX-License-Identifier: GPL-2.0-only
/* dmesg.c - which kind of log a kernel has, the plain one of bytes, and how a line looks. */
#include "kernel/dmesg.h"

#include <stdio.h>
#include <string.h>

#include "kernel/logs.h"

enum { READ_BYTES = 512, LOST_MOST = 1024, PREFIX_BYTES = 64 };

static const uint64_t log_bytes_most = UINT64_C(1) << 31; /* LOG_BUF_LEN_MAX */

static err_t flush(struct dmesg *dmesg)
{
	size_t used = dmesg->used;

	dmesg->used = 0;
	return used ? dmesg->write(dmesg->to, dmesg->text, used) : OK;
}

static err_t put(struct dmesg *dmesg, const void *bytes, size_t size)
{
	if (size > DMESG_PIECE - dmesg->used)
		TRY(flush(dmesg));
	memcpy(dmesg->text + dmesg->used, bytes, size);
	dmesg->used += size;
	return OK;
}

err_t log_lost(struct dmesg *dmesg, vaddr_t at)
{
	if (!dmesg->lost++)
		dmesg->first_lost = at;
	if (dmesg->lost < LOST_MOST)
		return OK;
	return fail(ERR_CORRUPT, "%d pieces of the log cannot be read, the first is at %#" PRIx64,
		    LOST_MOST, dmesg->first_lost);
}

/* --- a line --- */

static size_t make_prefix(const struct log_line *line, char prefix[PREFIX_BYTES])
{
	int size = snprintf(prefix, PREFIX_BYTES, "[%5" PRIu64 ".%06" PRIu64 "] ",
			    line->nanoseconds / 1000000000, line->nanoseconds % 1000000000 / 1000);

	if (line->has_caller) {
		char caller[16];
		snprintf(caller, sizeof(caller), "%c%u", line->caller >> 31 ? 'C' : 'T',
			 line->caller & 0x7fffffff);
		size += snprintf(prefix + size, PREFIX_BYTES - (size_t)size, "[%8s] ", caller);
	}
	return (size_t)size;
}

/* Goes out as it is, whatever the locale: ASCII that prints, and white space in a line. */
static bool is_plain(uint8_t byte)
{
	return (byte >= ' ' && byte < 0x7f) || (byte >= '\t' && byte <= '\r' && byte != '\n');
}

static err_t put_text(struct dmesg *dmesg, const uint8_t *bytes, size_t size, size_t indent)
{
	char escape[8], blanks[PREFIX_BYTES + 1];

	memset(blanks, ' ', sizeof(blanks));
	blanks[0] = '\n';
	for (size_t i = 0, piece; i < size; i += piece) {
		for (piece = 0; i + piece < size && is_plain(bytes[i + piece]); piece++)
			;
		TRY(put(dmesg, bytes + i, piece));
		if (piece)
			continue;
		piece = 1;
		if (bytes[i] == '\n') {
			TRY(put(dmesg, blanks, 1 + indent));
		} else {
			snprintf(escape, sizeof(escape), "\\x%02x", bytes[i]);
			TRY(put(dmesg, escape, 4));
		}
	}
	return OK;
}

err_t log_line(struct dmesg *dmesg, const struct log_line *line)
{
	char prefix[PREFIX_BYTES];
	uint8_t bytes[READ_BYTES];
	size_t indent = make_prefix(line, prefix);

	TRY(put(dmesg, prefix, indent));
	for (uint64_t done = 0, size; done < line->bytes; done += size) {
		size = min_u64(line->bytes - done, READ_BYTES);
		if (memory_read(dmesg->memory, line->text + done, bytes, size) == OK)
			TRY(put_text(dmesg, bytes, size, indent));
		else
			TRY(log_lost(dmesg, line->text + done));
	}
	return put(dmesg, "\n", 1);
}

/* --- the log of bytes, until 3.4 --- */

static err_t put_verbatim(struct dmesg *dmesg, vaddr_t at, uint64_t size)
{
	uint8_t bytes[READ_BYTES];

	for (uint64_t done = 0, piece; done < size; done += piece) {
		piece = min_u64(size - done, READ_BYTES);
		if (memory_read(dmesg->memory, at + done, bytes, piece) == OK)
			TRY(put(dmesg, bytes, piece));
		else
			TRY(log_lost(dmesg, at + done));
	}
	return OK;
}

/* log_end counts every byte ever logged. It was an unsigned long until 2.6.24, and nothing but the
 * version tells. */
static err_t print_bytes(struct dmesg *dmesg)
{
	const struct facts *facts = dmesg->facts;
	unsigned word = dmesg->memory->space->target.word_bytes;
	uint32_t version = facts_version(facts);
	bool is_long = version && version < KERNEL_VERSION(2, 6, 25);
	uint64_t length = 0, end = 0;
	vaddr_t buffer = 0;

	TRY(within(memory_word(dmesg->memory, facts->value[SYMBOL_LOG_BUF], &buffer), "log_buf"));
	TRY(within(memory_number(dmesg->memory, facts->value[SYMBOL_LOG_BUF_LEN], 4, &length),
		   "log_buf_len"));
	TRY(within(memory_number(dmesg->memory, facts->value[SYMBOL_LOG_END], is_long ? word : 4,
				 &end), "log_end"));
	if (!length || length > log_bytes_most)
		return fail(ERR_CORRUPT, "log_buf_len is %#" PRIx64 ", not between 1 and %#" PRIx64,
			    length, log_bytes_most);
	if (end < length)
		return put_verbatim(dmesg, buffer, end);
	TRY(put_verbatim(dmesg, buffer + end % length, length - end % length));
	return put_verbatim(dmesg, buffer, end % length);
}

/* --- which one --- */

static bool has_ring(const struct facts *facts)
{
	return fact_known(facts, SYMBOL_PRB);
}

static bool has_buffer(const struct facts *facts)
{
	return fact_known(facts, SYMBOL_LOG_BUF) && fact_known(facts, SYMBOL_LOG_BUF_LEN);
}

static bool has_bytes(const struct facts *facts)
{
	return has_buffer(facts) && fact_known(facts, SYMBOL_LOG_END);
}

static const struct {
	bool (*fits)(const struct facts *);
	err_t (*print)(struct dmesg *);
} kinds[] = {
	{ has_ring, log_ring_print },
	{ has_bytes, print_bytes },
	{ has_buffer, log_records_print },
};

static err_t print_some(struct dmesg *dmesg)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].fits(dmesg->facts))
			return kinds[i].print(dmesg);
	return fail(ERR_NOFACT, "Can't find some symbols for log_buf. vmcoreinfo tells neither "
		    "SYMBOL(prb) nor SYMBOL(log_buf) and SYMBOL(log_buf_len)");
}

err_t dmesg_print(struct dmesg *dmesg)
{
	err_t result = print_some(dmesg), flushed = flush(dmesg);

	if (result != OK || flushed != OK)
		return flushed != OK ? flushed : result;
	if (dmesg->lost)
		return fail(ERR_CORRUPT, "%" PRIu64 " pieces of the log are not in the dump, the "
			    "first is at %#" PRIx64, dmesg->lost, dmesg->first_lost);
	return OK;
}
