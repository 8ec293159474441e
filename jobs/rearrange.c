// SPDX-License-Identifier: GPL-2.0-only
/* rearrange.c - a flattened stream becomes the file it stands for. The stream comes from a pipe, a
 * file, or a disk that has other things behind its end. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/scope.h"
#include "base/stop.h"
#include "makedumpfile.h"
#include "output/sink.h"

enum { PIECE_BYTES = 1 << 20, HEAD_BYTES = 4096 };

/* The stream, and how far it was read. The file's first bytes are kept back until it has all
 * others, for they make it a dump: what was left half done cannot be taken for one. */
struct stream {
	uint8_t *piece; /* PIECE_BYTES */
	uint64_t at;
	uint8_t head[HEAD_BYTES];
	size_t head_bytes;
};

/* Read exactly that much. */
static err_t take(struct stream *stream, void *bytes, size_t size)
{
	uint8_t *to = bytes;

	while (size) {
		ssize_t got = read(STDIN_FILENO, to, size);
		TRY(stop_check());
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(ERR_IO, "Can't read STDIN at %#" PRIx64 ". %s", stream->at,
				    strerror(errno));
		if (got == 0)
			return fail(ERR_CORRUPT, "Can't get any data from STDIN. The stream ends "
				    "at %#" PRIx64 ", before its end record", stream->at);
		to += got;
		size -= (size_t)got;
		stream->at += (uint64_t)got;
	}
	return OK;
}

static err_t take_header(struct stream *stream)
{
	uint8_t *header = stream->piece;

	TRY(take(stream, header, FLAT_HEADER_BYTES));
	if (memcmp(header, FLAT_SIGNATURE, sizeof(FLAT_SIGNATURE)))
		return fail(ERR_CORRUPT, "Can't get signature of flattened format.");
	uint64_t type = get_64(true, header + FLAT_SIGNATURE_BYTES);
	if (type != FLAT_TYPE)
		return fail(ERR_CORRUPT, "Can't get type of flattened format. It is %" PRIu64
			    ", not %d", type, FLAT_TYPE);
	return OK;
}

static err_t take_head(struct stream *stream, uint64_t at, size_t size)
{
	stream->head_bytes = (size_t)max_u64(stream->head_bytes, at + size);
	return take(stream, stream->head + at, size);
}

static err_t take_record(struct stream *stream, struct sink *sink, uint64_t at, uint64_t size)
{
	for (size_t step; size; at += step, size -= step) {
		if (at < HEAD_BYTES) {
			step = (size_t)min_u64(size, HEAD_BYTES - at);
			TRY(take_head(stream, at, step));
			continue;
		}
		step = (size_t)min_u64(size, PIECE_BYTES);
		TRY(take(stream, stream->piece, step));
		TRY(sink_write(sink, at, stream->piece, step));
	}
	return OK;
}

static err_t finish(struct stream *stream, struct sink *sink)
{
	TRY(sink_sync(sink));
	TRY(sink_write(sink, 0, stream->head, stream->head_bytes));
	return sink_sync(sink);
}

static err_t take_records(struct stream *stream, struct sink *sink)
{
	uint8_t record[FLAT_RECORD_BYTES];
	uint64_t end;

	for (;;) {
		uint64_t began = stream->at;
		TRY(take(stream, record, sizeof(record)));
		uint64_t at = get_64(true, record), size = get_64(true, record + 8);
		if (at == UINT64_MAX && size == UINT64_MAX)
			return OK;
		if (at >> 63 || size >> 63 || !size || __builtin_add_overflow(at, size, &end) ||
		    end >> 63)
			return fail(ERR_CORRUPT, "Can't get valid end header of flattened format. "
				    "The record at %#" PRIx64 " has offset %#" PRIx64 " and size %#"
				    PRIx64, began, at, size);
		TRY(take_record(stream, sink, at, size));
	}
}

err_t job_rearrange(const struct plan *plan)
{
	FREE_AT_END uint8_t *piece = malloc(PIECE_BYTES);
	struct stream stream = { .piece = piece };
	struct sink sink = { .kind = plan->dry_run ? SINK_NOWHERE : SINK_FILE,
			     .cache = budget_cache(plan),
			     .name = plan->output, .limit = plan->limit };
	struct kept_text why;

	if (!piece)
		return fail(ERR_NOMEM, "no memory for %d bytes of a stream", PIECE_BYTES);
	if (!plan->dry_run)
		TRY(sink_check(plan->output, plan->replace));
	TRY(take_header(&stream));
	TRY(sink_open(&sink, plan->replace));
	confine_writing(plan);
	err_t result = take_records(&stream, &sink);
	if (result == OK)
		result = finish(&stream, &sink);
	if (result != OK) { /* it is not the whole file, and would be in the way of the next try */
		err_keep(&why);
		sink_abandon(&sink, true);
		return err_again(result, &why);
	}
	TRY(sink_close(&sink));
	say(&plan->say, SAY_COMMON, "\nThe dumpfile is saved to %s.\n", plan->output);
	return OK;
}
