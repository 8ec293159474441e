// SPDX-License-Identifier: GPL-2.0-only
/* flat.c - read the headers of all records once and sort them by file offset. */
#include "input/flat.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "input/file.h"

enum {
	FLAT_HEADER = 4096,
	FLAT_TYPE_AT = 16,
	FLAT_TYPE = 1,
	RECORD_HEADER = 16,
	RECORDS_FIRST = 1024,
	/* Memory: 40 bytes for each while they are sorted, 48 at most in the index. makedumpfile
	 * writes 64 KiB in most, so this is a file of some 32 GiB. */
	RECORDS_MOST = 1 << 20,
	/* What no record writes is not in the stream, so a few bytes could claim any size. A real
	 * file has the rest of a header block there, and the end of a bitmap. */
	HOLES_MOST = 256 << 20,
};

static const char signature[16] = "makedumpfile";

/* The records met so far. */
struct records {
	struct part *part; /* owned */
	size_t count, room;
	bool cut; /* the stream ended too early */
};

bool flat_probe(const uint8_t *head, size_t bytes)
{
	return bytes >= sizeof(signature) && memcmp(head, signature, sizeof(signature)) == 0;
}

static err_t add(const struct source *source, struct records *records, const struct extent *extent)
{
	if (records->count == RECORDS_MOST)
		return fail(ERR_UNSUPPORTED, "%s: the flattened stream has more than %d records; "
			    "makedumpfile -R makes a plain file of it", source->name, RECORDS_MOST);
	if (records->count == records->room) {
		size_t room = records->room ? 2 * records->room : RECORDS_FIRST;
		struct part *grown = realloc(records->part, room * sizeof(*grown));
		if (!grown)
			return fail(ERR_NOMEM, "%s: no memory for %zu records", source->name, room);
		records->part = grown;
		records->room = room;
	}
	/* The last one wins. */
	records->part[records->count] = (struct part){ *extent, RECORDS_MOST - records->count };
	records->count++;
	return OK;
}

/* Take the record at *at and move *at behind it. *done: that was the end of the stream. */
static err_t take(const struct source *source, struct records *records, uint64_t *at, bool *done)
{
	uint8_t header[RECORD_HEADER];
	uint64_t left = source->file_bytes - min_u64(*at, source->file_bytes);

	*done = true;
	if (left < sizeof(header)) {
		records->cut = true;
		return OK;
	}
	TRY(file_read(source, *at, header, sizeof(header), "record of the flattened stream"));
	uint64_t start = get_64(true, header), size = get_64(true, header + 8);
	if (start == UINT64_MAX && size == UINT64_MAX)
		return OK;
	if (start >> 62 || !size || size >> 62)
		return fail(ERR_CORRUPT, "%s: record of the flattened stream at %#" PRIx64 ": %#"
			    PRIx64 " bytes for offset %#" PRIx64, source->name, *at, size, start);
	*at += sizeof(header);
	left -= sizeof(header);
	*done = records->cut = size > left;
	size = min_u64(size, left);
	struct extent extent = { start, start + size, *at };
	*at += size;
	return size ? add(source, records, &extent) : OK;
}

static uint64_t file_end(const struct flat *flat)
{
	return flat->extents ? flat->extent[flat->extents - 1].end : 0;
}

static err_t check_holes(const struct source *source, const struct flat *flat)
{
	uint64_t written = 0, end = file_end(flat);

	for (size_t i = 0; i < flat->extents; i++)
		written += flat->extent[i].end - flat->extent[i].start;
	if (end - written > HOLES_MOST)
		return fail(ERR_UNSUPPORTED, "%s: the flattened stream stands for %#" PRIx64
			    " bytes, but holds %#" PRIx64 " of them", source->name, end, written);
	return OK;
}

static err_t read_records(const struct source *source, struct records *records)
{
	uint8_t type[8];
	bool done = false;
	uint64_t at = FLAT_HEADER;

	if (!source->file_bytes)
		return fail(ERR_UNSUPPORTED, "%s: a flattened stream must be a file", source->name);
	TRY(file_read(source, FLAT_TYPE_AT, type, sizeof(type), "type of the flattened stream"));
	if (get_64(true, type) != FLAT_TYPE)
		return fail(ERR_UNSUPPORTED, "%s: Can't get type of flattened format. It is %#"
			    PRIx64 ", not %d", source->name, get_64(true, type), FLAT_TYPE);
	while (!done)
		TRY(take(source, records, &at, &done));
	return OK;
}

/* The stream's own bytes are read here, so source->flat is set by the caller at the very end. */
static err_t make(const struct source *source, struct records *records, struct flat *flat)
{
	TRY(read_records(source, records));
	flat->cut = records->cut;
	flat->stream_bytes = source->file_bytes;
	TRY(extents_resolve(source->name, records->part, records->count, &flat->extent,
			    &flat->extents));
	return check_holes(source, flat);
}

err_t flat_open(struct source *source)
{
	struct records records = { 0 };
	struct flat *flat = calloc(1, sizeof(*flat));

	if (!flat)
		return fail(ERR_NOMEM, "%s: no memory for its index", source->name);
	err_t result = make(source, &records, flat);
	free(records.part);
	source->flat = flat;
	if (result != OK)
		flat_close(source);
	else
		source->file_bytes = file_end(flat);
	return result;
}

void flat_close(struct source *source)
{
	if (source->flat)
		free(source->flat->extent);
	free(source->flat);
	source->flat = NULL;
}
