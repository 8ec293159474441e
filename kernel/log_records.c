// SPDX-License-Identifier: GPL-2.0-only
/* log_records.c - the log of 3.5 to 5.9: log_buf holds records one behind the other, from
 * log_first_idx to log_next_idx. A record is a header (struct log, since 3.11 printk_log), its text
 * and more, `len` bytes in all; a header with len 0 says that the next one is at the buffer's
 * start. */
#include "base/bytes.h"
#include "kernel/logs.h"

enum { HEADER_MOST = 256 };

static const uint64_t length_most = UINT64_C(1) << 31; /* LOG_BUF_LEN_MAX */

struct records {
	struct dmesg *dmesg;
	bool big;
	uint64_t header_bytes, time_at, len_at, text_len_at, caller_at;
	bool has_caller;
	vaddr_t buffer;
	uint64_t length, first, next, clear;
	uint64_t at, passed; /* the walk: the record to be taken, bytes from the first one to it */
};

static err_t learn_header(struct records *records)
{
	const struct facts *facts = records->dmesg->facts;
	const struct {
		enum fact_id id;
		uint64_t *to;
		unsigned bytes;
	} needed[] = {
		{ SIZE_PRINTK_LOG, &records->header_bytes, 0 },
		{ OFFSET_PRINTK_LOG_TIME, &records->time_at, 8 },
		{ OFFSET_PRINTK_LOG_LEN, &records->len_at, 2 },
		{ OFFSET_PRINTK_LOG_TEXT_LEN, &records->text_len_at, 2 },
	};

	records->has_caller = fact_known(facts, OFFSET_PRINTK_LOG_CALLER);
	records->caller_at = fact_or(facts, OFFSET_PRINTK_LOG_CALLER, 0);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		TRY(within(fact_need(facts, needed[i].id, needed[i].to),
			   "Can't find variable-length record symbols"));
	if (records->header_bytes < 8 || records->header_bytes > HEADER_MOST)
		return fail(ERR_CORRUPT, "SIZE(printk_log) is %" PRIu64 ", not between 8 and %d",
			    records->header_bytes, HEADER_MOST);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (*needed[i].to > records->header_bytes ||
		    (i && *needed[i].to + needed[i].bytes > records->header_bytes))
			return fail(ERR_CORRUPT, "a member of struct printk_log lies at %" PRIu64
				    " of %" PRIu64 " bytes", *needed[i].to, records->header_bytes);
	if (records->caller_at + 4 > records->header_bytes || records->caller_at > HEADER_MOST)
		return fail(ERR_CORRUPT, "OFFSET(printk_log.caller_id) is %" PRIu64 " of %" PRIu64
			    " bytes", records->caller_at, records->header_bytes);
	return OK;
}

static err_t read_symbol(struct records *records, enum fact_id id, unsigned bytes, uint64_t *ret)
{
	char name[FACT_NAME_BYTES];
	vaddr_t at = 0;

	TRY(within(fact_need(records->dmesg->facts, id, &at),
		   "Can't find variable-length record symbols"));
	return within(memory_number(records->dmesg->memory, at, bytes, ret), "%s",
		      fact_name(id, name));
}

static err_t learn_buffer(struct records *records)
{
	unsigned word = records->dmesg->memory->space->target.word_bytes;

	TRY(read_symbol(records, SYMBOL_LOG_BUF, word, &records->buffer));
	TRY(read_symbol(records, SYMBOL_LOG_BUF_LEN, 4, &records->length));
	TRY(read_symbol(records, SYMBOL_LOG_FIRST_IDX, 4, &records->first));
	TRY(read_symbol(records, SYMBOL_LOG_NEXT_IDX, 4, &records->next));
	if (fact_known(records->dmesg->facts, SYMBOL_CLEAR_IDX))
		TRY(read_symbol(records, SYMBOL_CLEAR_IDX, 4, &records->clear));
	if (!records->length || records->length > length_most)
		return fail(ERR_CORRUPT, "log_buf_len is %#" PRIx64 ", not between 1 and %#" PRIx64,
			    records->length, length_most);
	return OK;
}

static err_t corrupted(const struct records *records, const char *how)
{
	return fail(ERR_CORRUPT, "%s\nThe printk log_buf is most likely corrupted.\n"
		    "log_buf = 0x%" PRIx64 ", idx = 0x%" PRIx64, how, records->buffer, records->at);
}

static err_t read_header(const struct records *records, uint8_t header[HEADER_MOST])
{
	if (records->at > records->length ||
	    records->length - records->at < records->header_bytes)
		return corrupted(records, "Index outside log_buf detected.");
	if (records->passed >= records->length)
		return corrupted(records, "Cycle when parsing dmesg detected.");
	return within(memory_need(records->dmesg->memory, records->buffer + records->at, header,
				  records->header_bytes), "log_buf, idx %#" PRIx64, records->at);
}

/* Take the next record, and move on. Its text is at 0 when it is but the mark that the records go
 * on at the start. */
static err_t take(struct records *records, struct log_line *ret)
{
	uint8_t header[HEADER_MOST];
	uint64_t rest = records->length - records->at;

	TRY(read_header(records, header));
	uint64_t len = get_16(records->big, header + records->len_at);
	uint64_t text = get_16(records->big, header + records->text_len_at);
	if (!len) {
		*ret = (struct log_line){ 0 };
		records->at = 0;
		records->passed += rest;
		return OK;
	}
	if (len < records->header_bytes)
		return corrupted(records, "A record shorter than its header detected.");
	*ret = (struct log_line){
		.nanoseconds = get_64(records->big, header + records->time_at),
		.has_caller = records->has_caller,
		.caller = get_32(records->big, header + records->caller_at),
		.text = records->buffer + records->at + records->header_bytes,
		.bytes = min_u64(text, min_u64(len, rest) - records->header_bytes),
	};
	records->at += len;
	records->passed += len;
	return OK;
}

static void rewind_records(struct records *records)
{
	records->at = records->first;
	records->passed = 0;
}

/* Was the log cleared after one of the records that are still there? clear_idx is where the next
 * record was to be then. It may have been overwritten since, and 0 is what it was from the start,
 * while no record but the very first begins a log there. */
static bool is_cleared(struct records *records)
{
	struct log_line line;

	if (!records->dmesg->since_clear || !records->clear)
		return false;
	rewind_records(records);
	while (records->at != records->next && records->at != records->clear)
		if (take(records, &line) != OK)
			return false;
	return records->at == records->clear;
}

err_t log_records_print(struct dmesg *dmesg)
{
	struct records records = { .dmesg = dmesg,
				   .big = dmesg->memory->space->target.big_endian };
	struct log_line line;

	TRY(learn_header(&records));
	TRY(learn_buffer(&records));
	bool wanted = !is_cleared(&records);
	rewind_records(&records);
	while (records.at != records.next) {
		wanted |= records.at == records.clear;
		TRY(take(&records, &line));
		if (wanted && line.text)
			TRY(log_line(dmesg, &line));
	}
	return OK;
}
