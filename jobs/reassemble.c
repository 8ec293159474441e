// SPDX-License-Identifier: GPL-2.0-only
/* reassemble.c - the parts of a split dump become one file again; and a dump that was cut off
 * becomes a valid one (--salvage), which is the same with one part.
 * Headers, notes and bitmaps are those of the first part, for all parts have them whole.
 * Descriptors and data follow part by part; data is copied packed as it is, any codec will do. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/scope.h"
#include "base/stop.h"
#include "diskdump_mod.h"
#include "input/file.h"
#include "input/kdump.h"
#include "makedumpfile.h"
#include "output/sink.h"

enum { PIECE_BYTES = 1 << 20, DESCRIPTORS_AT_ONCE = 2048, SUB_BYTES = 104 };

/* One input, as its headers tell. */
struct part {
	const char *name;
	pfn_t start, end;
	bool incomplete;
};

struct joining {
	const struct plan *plan;
	struct part *part; /* in the order of start; owned */
	unsigned parts;
	uint8_t header[KDUMP_HEADER_BYTES]; /* of the first input, its incomplete bit off */
	struct sink sink;
	uint8_t *piece;               /* PIECE_BYTES; owned */
	uint64_t descriptors, data_at; /* where the next ones go */
	uint64_t zero_at;              /* the shared page of zeros; 0: none */
	bool incomplete;
	bool salvage;                 /* the one part stays what it is, also if it is one of more */
	uint64_t pages, lost;         /* descriptors, and those of them without data */
	uint64_t unread;              /* of these, so many because the input cannot be read */
	bool read_failed;             /* the failure at hand is the input's */
	char *eraseinfo;              /* of all parts; owned */
	size_t eraseinfo_bytes;
};

static const struct kdump_header_shape *header_shape(const struct source *source)
{
	return source->class_bytes == 8 ? &kdump_header_64 : &kdump_header_32;
}

static const struct kdump_sub_shape *sub_shape(const struct source *source)
{
	if (source->class_bytes == 8)
		return &kdump_sub_64;
	return source->target.align_64 == 4 ? &kdump_sub_32_packed : &kdump_sub_32_padded;
}

static err_t open_part(struct joining *joining, const char *name, struct source *source)
{
	*source = (struct source){ .name = name, .mapping = joining->plan->mapping };
	TRY(source_open(source));
	if (source->stored.known)
		return OK;
	source_close(source);
	return fail(ERR_CORRUPT, "Invalid dumpfile(%s). It is not a kdump compressed file", name);
}

/* --- the parts --- */

/* Note what a part says about itself; but for being incomplete it must say what the first says. */
static err_t look_at_part(struct joining *joining, const struct source *source, struct part *part)
{
	uint8_t header[KDUMP_HEADER_BYTES];

	TRY(kdump_identity(source, header));
	if (part == joining->part)
		memcpy(joining->header, header, sizeof(header));
	else if (memcmp(joining->header, header, sizeof(header)))
		return fail(ERR_CORRUPT, "Invalid dumpfile(%s). Its header differs from that of %s",
			    part->name, joining->part->name);
	part->start = source->kdump->start;
	part->end = source->kdump->end;
	part->incomplete = source->kdump->incomplete;
	return OK;
}

static int by_start(const void *left, const void *right)
{
	const struct part *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->end > b->end) - (a->end < b->end);
}

/* Together they must be the whole memory, once. */
static err_t check_tiles(const struct joining *joining, pfn_t max_mapnr)
{
	pfn_t reached = 0;

	for (unsigned i = 0; i <= joining->parts; i++) {
		const struct part *part = &joining->part[i];
		pfn_t start = i < joining->parts ? part->start : max_mapnr;
		if (start > reached)
			return fail(ERR_CORRUPT, "There is not dumpfile corresponding to pfn 0x%"
				    PRIx64 " - 0x%" PRIx64 ".", reached, start);
		if (i < joining->parts && start < reached && part->start < part->end)
			return fail(ERR_CORRUPT, "Invalid dumpfile(%s). Another part has its pfns "
				    "from %#" PRIx64 " on, too", part->name, part->start);
		if (i < joining->parts && part->end > reached)
			reached = part->end;
	}
	return OK;
}

static err_t look_at_parts(struct joining *joining)
{
	struct source source;
	pfn_t max_mapnr = 0;

	for (unsigned i = 0; i < joining->parts; i++) {
		struct part *part = &joining->part[i];
		part->name = joining->plan->part[i];
		TRY(open_part(joining, part->name, &source));
		err_t result = look_at_part(joining, &source, part);
		max_mapnr = source.kdump->max_mapnr;
		source_close(&source);
		TRY(result);
		joining->incomplete |= part->incomplete;
	}
	if (joining->salvage)
		return OK;
	qsort(joining->part, joining->parts, sizeof(*joining->part), by_start);
	return check_tiles(joining, max_mapnr);
}

/* --- the beginning of the file --- */

/* How many descriptors the part has, or all parts have: bits of [start, end) of the 2nd bitmap. */
static err_t count_pages(struct joining *joining, const struct source *source, pfn_t start,
			 pfn_t end, uint64_t *pages)
{
	const struct kdump *kdump = source->kdump;

	*pages = 0;
	for (pfn_t pfn = start; pfn < end;) {
		uint64_t byte = pfn / 8, last = (end - 1) / 8;
		size_t size = (size_t)min_u64(PIECE_BYTES, last - byte + 1);
		TRY(file_read(source, kdump->bitmap[1].at + byte, joining->piece, size, "bitmap"));
		pfn_t stop = min_u64(end, (byte + size) * 8);
		joining->piece[0] &= (uint8_t)(0xff << pfn % 8);
		if (stop % 8 && stop == end)
			joining->piece[size - 1] &= (uint8_t)~(0xff << stop % 8);
		for (size_t i = 0; i < size; i++)
			*pages += (uint64_t)__builtin_popcount(joining->piece[i]);
		pfn = stop;
	}
	return OK;
}

static err_t write_header(struct joining *joining, const struct source *source, bool incomplete)
{
	uint8_t header[KDUMP_HEADER_BYTES], *status = header + header_shape(source)->status;
	bool big = source->big_endian;

	memcpy(header, joining->header, sizeof(header));
	put_32(big, status, get_32(big, status) |
	       (incomplete ? DUMP_DH_COMPRESSED_INCOMPLETE : 0));
	return sink_write(&joining->sink, 0, header, sizeof(header));
}

/* No part any more; the eraseinfo is that of all. */
static err_t write_sub_header(struct joining *joining, const struct source *source)
{
	const struct kdump_sub_shape *shape = sub_shape(source);
	const struct target *target = &source->target;
	uint64_t at = page_bytes(target);
	uint8_t header[SUB_BYTES];

	TRY(file_read(source, at, header, shape->size, "sub header"));
	if (!joining->salvage) {
		put_32(target->big_endian, header + shape->split, 0);
		put_word(target, header + shape->start_pfn, 0);
		put_word(target, header + shape->end_pfn, 0);
		put_64(target->big_endian, header + shape->start_pfn_64, 0);
		put_64(target->big_endian, header + shape->end_pfn_64, 0);
	}
	if (source->kdump->version < 5) /* there, something else stands in its place */
		return sink_write(&joining->sink, at, header, shape->size);
	put_64(target->big_endian, header + shape->offset_eraseinfo,
	       joining->eraseinfo_bytes ? joining->data_at : 0);
	put_word(target, header + shape->size_eraseinfo, joining->eraseinfo_bytes);
	return sink_write(&joining->sink, at, header, shape->size);
}

static err_t copy_bytes(struct joining *joining, const struct source *source, uint64_t from,
			uint64_t to, uint64_t size)
{
	while (size) {
		size_t step = (size_t)min_u64(size, PIECE_BYTES);
		TRY(stop_check());
		err_t result = file_read(source, from, joining->piece, step, "data");
		joining->read_failed = result != OK;
		TRY(result);
		TRY(sink_write(&joining->sink, to, joining->piece, step));
		from += step;
		to += step;
		size -= step;
	}
	return OK;
}

/* Headers, notes, bitmaps, the page of zeros; and where the rest goes. */
static err_t write_beginning(struct joining *joining, const struct source *source)
{
	const struct kdump *kdump = source->kdump;
	uint64_t pages, block = page_bytes(&source->target);

	TRY(count_pages(joining, source, 0, kdump->max_mapnr, &pages));
	TRY(write_header(joining, source, true)); /* until all is there */
	TRY(copy_bytes(joining, source, KDUMP_HEADER_BYTES, KDUMP_HEADER_BYTES,
		       kdump->descriptors_at - KDUMP_HEADER_BYTES));
	TRY(write_sub_header(joining, source));
	joining->descriptors = kdump->descriptors_at;
	joining->data_at = kdump->descriptors_at + pages * KDUMP_DESCRIPTOR_BYTES;
	if (!(source->stored.level & LEVEL_ZERO))
		return OK;
	joining->zero_at = joining->data_at;
	joining->data_at += block;
	memset(joining->piece, 0, block);
	return sink_write(&joining->sink, joining->zero_at, joining->piece, block);
}

/* --- descriptors and data --- */

/* Data that stands together in a part, not yet copied. */
struct stretch_of_data {
	uint64_t from, to, bytes;
};

static err_t flush_data(struct joining *joining, const struct source *source,
			struct stretch_of_data *data)
{
	uint64_t bytes = data->bytes;

	data->bytes = 0;
	return copy_bytes(joining, source, data->from, data->to, bytes);
}

/* No page can be made of it: a stream was cut in the middle of it, or it was smashed. */
static bool is_absurd(const struct source *source, const uint8_t *descriptor)
{
	uint32_t size = get_32(source->big_endian, descriptor + DESCRIPTOR_SIZE);
	uint32_t flags = get_32(source->big_endian, descriptor + DESCRIPTOR_FLAGS);
	uint64_t block = page_bytes(&source->target);

	return !size || size > block || (flags ? !codec_by_flag(flags) : size != block);
}

/* Give a descriptor its new offset. What the part has lost stays missing. */
static err_t take_descriptor(struct joining *joining, const struct source *source,
			     uint8_t *descriptor, struct stretch_of_data *data)
{
	bool big = source->big_endian;
	uint64_t at = get_64(big, descriptor + DESCRIPTOR_OFFSET);
	uint32_t size = get_32(big, descriptor + DESCRIPTOR_SIZE);

	if (joining->zero_at && at == joining->zero_at) {
		joining->pages++;
		return OK; /* it lies at the same place in all of them */
	}

	if (size > page_bytes(&source->target) && !joining->salvage)
		return fail(ERR_CORRUPT, "%s: a page of %u bytes at %#" PRIx64, source->name, size,
			    at);
	joining->pages++;
	if (!at || (joining->salvage && is_absurd(source, descriptor)) ||
	    !file_has(source, at, size)) {
		joining->incomplete = true;
		joining->lost++;
		memset(descriptor, 0, KDUMP_DESCRIPTOR_BYTES);
		return OK;
	}
	if (data->bytes && data->from + data->bytes != at)
		TRY(flush_data(joining, source, data));
	if (!data->bytes)
		*data = (struct stretch_of_data){ at, joining->data_at, 0 };
	data->bytes += size;
	put_64(big, descriptor + DESCRIPTOR_OFFSET, joining->data_at);
	joining->data_at += size;
	return OK;
}

/* What the file does not have reads as zeros, which are missing pages. What cannot be read is
 * salvaged one by one. */
static err_t read_descriptors(struct joining *joining, const struct source *source, uint64_t at,
			      uint8_t *batch, size_t count)
{
	size_t size = count * KDUMP_DESCRIPTOR_BYTES;

	errno = 0;
	if (file_some(source, at, batch, size) == size || !errno)
		return OK;
	if (!joining->salvage)
		return fail(ERR_IO, "%s: descriptors at %#" PRIx64 ": %s", source->name, at,
			    strerror(errno));
	for (size_t i = 0; i < size; i += KDUMP_DESCRIPTOR_BYTES) {
		errno = 0;
		if (file_some(source, at + i, batch + i, KDUMP_DESCRIPTOR_BYTES) <
		    KDUMP_DESCRIPTOR_BYTES && errno) {
			memset(batch + i, 0, KDUMP_DESCRIPTOR_BYTES);
			joining->unread++;
		}
	}
	return OK;
}

static err_t take_descriptors(struct joining *joining, const struct source *source, uint8_t *batch,
			      size_t count)
{
	struct stretch_of_data data = { 0 };

	for (size_t i = 0; i < count; i++)
		TRY(take_descriptor(joining, source, batch + i * KDUMP_DESCRIPTOR_BYTES, &data));
	return flush_data(joining, source, &data);
}

/* Each page by itself, to lose no more than those that cannot be read. */
static err_t take_singly(struct joining *joining, const struct source *source, uint8_t *batch,
			 size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint8_t *descriptor = batch + i * KDUMP_DESCRIPTOR_BYTES;
		uint64_t data_at = joining->data_at;
		err_t result = take_descriptors(joining, source, descriptor, 1);
		if (result != OK && !joining->read_failed)
			return result;
		if (result == OK)
			continue;
		joining->data_at = data_at;
		joining->read_failed = false;
		joining->incomplete = true;
		joining->lost++;
		joining->unread++;
		memset(descriptor, 0, KDUMP_DESCRIPTOR_BYTES);
	}
	return OK;
}

static err_t take_batch(struct joining *joining, const struct source *source, uint64_t at,
			size_t count)
{
	uint8_t batch[DESCRIPTORS_AT_ONCE * KDUMP_DESCRIPTOR_BYTES] = { 0 };
	size_t size = count * KDUMP_DESCRIPTOR_BYTES;
	const struct joining before = *joining;

	TRY(read_descriptors(joining, source, at, batch, count));
	err_t result = take_descriptors(joining, source, batch, count);
	if (result != OK && joining->read_failed && joining->salvage) {
		joining->pages = before.pages;
		joining->lost = before.lost;
		joining->unread = before.unread;
		joining->data_at = before.data_at;
		memset(batch, 0, sizeof(batch));
		TRY(read_descriptors(joining, source, at, batch, count));
		result = take_singly(joining, source, batch, count);
	}
	TRY(result);
	TRY(sink_write(&joining->sink, joining->descriptors, batch, size));
	joining->descriptors += size;
	return OK;
}

static err_t take_eraseinfo(struct joining *joining, const struct source *source)
{
	const struct stored *stored = &source->stored;

	if (!stored->eraseinfo_bytes)
		return OK;
	char *grown = realloc(joining->eraseinfo, joining->eraseinfo_bytes +
			      stored->eraseinfo_bytes);
	if (!grown)
		return fail(ERR_NOMEM, "no memory for the eraseinfo of %s", source->name);
	memcpy(grown + joining->eraseinfo_bytes, stored->eraseinfo, stored->eraseinfo_bytes);
	joining->eraseinfo = grown;
	joining->eraseinfo_bytes += stored->eraseinfo_bytes;
	return OK;
}

static err_t take_part(struct joining *joining, const struct source *source,
		       const struct part *part)
{
	uint64_t pages, at = source->kdump->descriptors_at;

	if (part == joining->part)
		TRY(write_beginning(joining, source));
	TRY(take_eraseinfo(joining, source));
	TRY(count_pages(joining, source, part->start, part->end, &pages));
	for (size_t step; pages; pages -= step) {
		step = (size_t)min_u64(pages, DESCRIPTORS_AT_ONCE);
		TRY(take_batch(joining, source, at, step));
		at += step * KDUMP_DESCRIPTOR_BYTES;
	}
	return OK;
}

/* The eraseinfo, and the last word about being complete. */
static err_t write_end(struct joining *joining)
{
	struct source source;

	TRY(open_part(joining, joining->part->name, &source));
	err_t result = sink_extend(&joining->sink, joining->data_at);
	if (result == OK && joining->eraseinfo_bytes)
		result = sink_write(&joining->sink, joining->data_at, joining->eraseinfo,
				    joining->eraseinfo_bytes);
	if (result == OK && joining->eraseinfo_bytes)
		result = write_sub_header(joining, &source);
	if (result == OK)
		result = sink_sync(&joining->sink);
	if (result == OK && !joining->incomplete)
		result = write_header(joining, &source, false);
	source_close(&source);
	return result == OK ? sink_sync(&joining->sink) : result;
}

static err_t take_parts(struct joining *joining)
{
	struct source source;

	for (unsigned i = 0; i < joining->parts; i++) {
		TRY(open_part(joining, joining->part[i].name, &source));
		err_t result = take_part(joining, &source, &joining->part[i]);
		if (result == ERR_NOSPACE && joining->descriptors) {
			say(&joining->plan->say, SAY_COMMON, "This is an incomplete dumpfile, but "
			    "might analyzable.\n");
		}
		source_close(&source);
		TRY(result);
	}
	return write_end(joining);
}

static err_t join(struct joining *joining)
{
	struct kept_text why;

	TRY(look_at_parts(joining));
	TRY(sink_open(&joining->sink, joining->plan->replace));
	err_t result = take_parts(joining);
	if (result == OK)
		return sink_close(&joining->sink);
	err_keep(&why);
	/* What is useless would be in the way of the next try. */
	sink_abandon(&joining->sink, result != ERR_NOSPACE || !joining->descriptors);
	return err_again(result, &why);
}

/* Join the parts, or salvage the one. */
static err_t make(struct joining *joining)
{
	const struct plan *plan = joining->plan;
	FREE_AT_END uint8_t *piece = malloc(PIECE_BYTES);
	FREE_AT_END struct part *part = calloc(plan->parts + 1, sizeof(*part));

	if (!piece || !part)
		return fail(ERR_NOMEM, "no memory for %u parts", plan->parts);
	joining->part = part;
	joining->parts = plan->parts;
	joining->piece = piece;
	joining->sink = (struct sink){ .kind = SINK_FILE, .name = plan->output,
				       .limit = plan->limit, .cache = budget_cache(plan) };
	TRY(sink_check(plan->output, plan->replace));
	err_t result = join(joining);
	free(joining->eraseinfo);
	return result;
}

err_t job_reassemble(const struct plan *plan)
{
	struct joining joining = { .plan = plan };

	if (!plan->parts)
		return fail(ERR_USAGE, "No dumpfile to make %s of is given", plan->output);
	TRY(make(&joining));
	if (joining.incomplete)
		say(&plan->say, SAY_ERROR, "makedumpfile: the parts are incomplete, and so is %s: "
		    "%" PRIu64 " of %" PRIu64 " pages are missing\n", plan->output, joining.lost,
		    joining.pages);
	say(&plan->say, SAY_COMMON, "\nThe dumpfile is saved to %s.\n", plan->output);
	return OK;
}

err_t job_salvage(const struct plan *plan)
{
	struct joining joining = { .plan = plan, .salvage = true };

	TRY(make(&joining));
	if (joining.unread)
		say(&plan->say, SAY_ERROR, "makedumpfile: %s: %" PRIu64 " pages cannot be read\n",
		    plan->input, joining.unread);
	say(&plan->say, SAY_COMMON, "%" PRIu64 " of %" PRIu64 " pages have been salvaged.%s\n"
	    "\nThe dumpfile is saved to %s.\n", joining.pages - joining.lost, joining.pages,
	    joining.incomplete ? "\nThis is an incomplete dumpfile, but might analyzable." : "",
	    plan->output);
	return OK;
}
