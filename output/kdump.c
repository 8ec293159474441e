// SPDX-License-Identifier: GPL-2.0-only
/* kdump.c - write a kdump-compressed file. Its layout is drawn in diskdump_mod.h.
 * One cursor per region, each only ever moving forward; positions are absolute, so regions may be
 * written in any order. */
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "base/scope.h"
#include "diskdump_mod.h"
#include "output/writer.h"

enum {
	DESCRIPTORS_AT_ONCE = 2048,
	DESCRIPTORS_HELD = 512, /* with eraseinfo to come: so many can still be given up for it */
	PIECE_BYTES = 64 * 1024,
	ROOM_SHARE = 64, ROOM_BYTES = 64 * 1024, /* of a full disk, left alone */
};

static uint64_t block(const struct kdump_writer *writer)
{
	return page_bytes(&writer->facts->target);
}

static const struct kdump_header_shape *header_shape(const struct target *target)
{
	return target->word_bytes == 8 ? &kdump_header_64 : &kdump_header_32;
}

static const struct kdump_sub_shape *sub_shape(const struct target *target)
{
	if (target->word_bytes == 8)
		return &kdump_sub_64;
	return target->align_64 == 4 ? &kdump_sub_32_packed : &kdump_sub_32_padded;
}

/* Blocks that the sub header and the notes behind it take. */
static uint64_t sub_blocks(const struct kdump_writer *writer)
{
	uint64_t bytes = sub_shape(&writer->facts->target)->size + writer->facts->notes_bytes;

	return round_up(bytes, block(writer)) / block(writer);
}

/* Page frames are counted from the first one that the file can have. */
static uint64_t bits_of(const struct dump_facts *facts, pfn_t pfn)
{
	return pfn - min_u64(pfn, facts->first_pfn);
}

err_t kdump_create(struct kdump_writer *writer, const struct dump_facts *facts)
{
	*writer = (struct kdump_writer){ .facts = facts };
	writer->descriptors = malloc((size_t)DESCRIPTORS_AT_ONCE * KDUMP_DESCRIPTOR_BYTES);
	writer->piece = malloc(PIECE_BYTES);
	if (!writer->descriptors || !writer->piece) {
		kdump_destroy(writer);
		return fail(ERR_NOMEM, "no memory for %d descriptors", DESCRIPTORS_AT_ONCE);
	}
	writer->bitmap_bytes = round_up((bits_of(facts, facts->max_mapnr) + 7) / 8, block(writer));
	writer->bitmap_at[0] = (1 + sub_blocks(writer)) * block(writer);
	writer->bitmap_at[1] = writer->bitmap_at[0] + writer->bitmap_bytes;
	writer->table_at = writer->bitmap_at[1] + writer->bitmap_bytes;
	return OK;
}

void kdump_destroy(struct kdump_writer *writer)
{
	free(writer->descriptors);
	free(writer->piece);
	writer->descriptors = NULL;
	writer->piece = NULL;
}

static err_t write_header(struct kdump_writer *writer, uint32_t status)
{
	const struct dump_facts *facts = writer->facts;
	const struct target *target = &facts->target;
	const struct kdump_header_shape *shape = header_shape(target);
	bool big = target->big_endian;
	uint8_t header[464] = { 0 };
	uint64_t blocks = 2 * writer->bitmap_bytes / block(writer);

	if (blocks > UINT32_MAX)
		return fail(ERR_UNSUPPORTED,
			    "bitmaps of %" PRIu64 " blocks do not fit the file format", blocks);
	memcpy(header, KDUMP_SIGNATURE, KDUMP_SIGNATURE_BYTES);
	put_32(big, header + KDUMP_VERSION_AT, KDUMP_HEADER_VERSION);
	if (facts->uts)
		memcpy(header + KDUMP_UTSNAME_AT, facts->uts, (size_t)UTS_FIELDS * UTS_FIELD);
	put_word(target, header + shape->seconds, facts->timestamp);
	put_word(target, header + shape->microseconds, facts->timestamp_us);
	status |= facts->status | (facts->codec ? facts->codec->flag : 0);
	status |= facts->without_vmemmap ? DUMP_DH_EXCLUDED_VMEMMAP : 0;
	put_32(big, header + shape->status, status);
	put_32(big, header + shape->block_size, (uint32_t)block(writer));
	put_32(big, header + shape->sub_hdr_size, (uint32_t)sub_blocks(writer));
	put_32(big, header + shape->bitmap_blocks, (uint32_t)blocks);
	uint64_t max_mapnr = bits_of(facts, facts->max_mapnr);
	put_32(big, header + shape->max_mapnr, (uint32_t)min_u64(max_mapnr, UINT32_MAX));
	put_32(big, header + shape->nr_cpus, facts->cpus);
	TRY(sink_write(writer->sink, 0, header, shape->size));
	writer->marked = status & DUMP_DH_COMPRESSED_INCOMPLETE;
	return OK;
}

static uint64_t notes_at(const struct kdump_writer *writer)
{
	return block(writer) + sub_shape(&writer->facts->target)->size;
}

static err_t write_sub_header(struct kdump_writer *writer)
{
	const struct dump_facts *facts = writer->facts;
	const struct target *target = &facts->target;
	const struct kdump_sub_shape *shape = sub_shape(target);
	bool big = target->big_endian;
	uint8_t header[104] = { 0 };

	put_word(target, header + shape->phys_base, facts->phys_base);
	put_32(big, header + shape->dump_level, facts->level);
	if (facts->notes_bytes) {
		put_64(big, header + shape->offset_note, notes_at(writer));
		put_word(target, header + shape->size_note, facts->notes_bytes);
	}
	if (facts->vmcoreinfo_bytes) {
		put_64(big, header + shape->offset_vmcoreinfo,
		       notes_at(writer) + facts->vmcoreinfo_at);
		put_word(target, header + shape->size_vmcoreinfo, facts->vmcoreinfo_bytes);
	}
	if (writer->eraseinfo_at) {
		put_64(big, header + shape->offset_eraseinfo, writer->eraseinfo_at);
		put_word(target, header + shape->size_eraseinfo, facts->eraseinfo_bytes);
	}
	put_64(big, header + shape->max_mapnr_64, bits_of(facts, facts->max_mapnr));
	if (writer->split) {
		put_32(big, header + shape->split, 1);
		uint64_t first = bits_of(facts, writer->first), end = bits_of(facts, writer->end);
		put_word(target, header + shape->start_pfn, first);
		put_word(target, header + shape->end_pfn, end);
		put_64(big, header + shape->start_pfn_64, first);
		put_64(big, header + shape->end_pfn_64, end);
	}
	return sink_write(writer->sink, block(writer), header, shape->size);
}

err_t kdump_begin(struct kdump_writer *writer, struct sink *sink)
{
	const struct dump_facts *facts = writer->facts;

	writer->sink = sink;
	writer->data_at = writer->eraseinfo_at = 0;
	/* Until all is there, a file says that it is not, whatever becomes of its writer. Of a
	 * stream the missing end says it. */
	TRY(write_header(writer, sink->kind == SINK_FILE ? DUMP_DH_COMPRESSED_INCOMPLETE : 0));
	TRY(sink_write_whole(sink, notes_at(writer), facts->notes, facts->notes_bytes));
	return write_sub_header(writer);
}

/* Windows leave out wide gaps of the memory, and their zeros. What nobody writes else is the rest
 * of a block, which needs no record in a flattened stream. */
static err_t pass_gap(const struct kdump_writer *writer, struct sink *sink, uint64_t at)
{
	return at >= sink->end + block(writer) ? sink_extend(sink, at) : OK;
}

err_t kdump_plan(struct kdump_writer *writer, struct sink *sink, uint64_t pages, bool split,
		 pfn_t first, pfn_t end)
{
	const struct dump_facts *facts = writer->facts;

	writer->sink = sink;
	writer->split = split;
	writer->first = first;
	writer->end = end;
	writer->table_bytes = pages * KDUMP_DESCRIPTOR_BYTES;
	writer->descriptors_at = writer->table_at;
	writer->data_at = writer->table_at + writer->table_bytes;
	writer->descriptors_used = 0;
	writer->eraseinfo_at = 0;
	if (split)
		TRY(write_sub_header(writer));
	TRY(pass_gap(writer, sink, writer->table_at));
	if (!(facts->level & 1))
		return OK;
	FREE_AT_END uint8_t *zeros = calloc(1, block(writer));
	if (!zeros)
		return fail(ERR_NOMEM, "no memory for a page");
	writer->zero_at = writer->data_at;
	TRY(sink_write(writer->sink, writer->zero_at, zeros, block(writer)));
	writer->data_at += block(writer);
	return OK;
}

uint64_t kdump_least_bytes(const struct kdump_writer *writer, uint64_t pages)
{
	const struct dump_facts *facts = writer->facts;
	bool exact = !facts->codec && !(facts->level & 1);

	return writer->table_at + pages * KDUMP_DESCRIPTOR_BYTES +
	       (exact ? pages * block(writer) : 0);
}

err_t kdump_bitmap(struct kdump_writer *writer, struct sink *sink, unsigned index, pfn_t first,
		   pfn_t end, const uint64_t *words)
{
	uint64_t at = bits_of(writer->facts, first) / 8, left = (end - first + 7) / 8;

	TRY(pass_gap(writer, sink, writer->bitmap_at[index] + at));
	while (left) {
		size_t size = (size_t)min_u64(left, PIECE_BYTES);
		bits_store(words, bits_words(size * 8), writer->piece);
		TRY(sink_write(sink, writer->bitmap_at[index] + at, writer->piece, size));
		words += size / 8;
		at += size;
		left -= size;
	}
	return OK;
}

/* Write all but the last `keep` of them. */
static err_t flush_descriptors(struct kdump_writer *writer, size_t keep)
{
	size_t used = writer->descriptors_used;
	size_t size = used > keep ? (used - keep) * KDUMP_DESCRIPTOR_BYTES : 0;

	if (!size)
		return OK;
	TRY(sink_write(writer->sink, writer->descriptors_at, writer->descriptors, size));
	writer->descriptors_at += size;
	writer->descriptors_used = keep;
	memmove(writer->descriptors, writer->descriptors + size, keep * KDUMP_DESCRIPTOR_BYTES);
	return OK;
}

/* Does the part at hand end with the eraseinfo? Of a split dump the first part that has pages
 * does. */
static bool tells_erased(const struct kdump_writer *writer)
{
	const struct dump_facts *facts = writer->facts;
	bool is_first = !bits_of(facts, writer->first) && bits_of(facts, writer->end);

	return facts->eraseinfo_bytes && (!writer->split || is_first);
}

static size_t held(const struct kdump_writer *writer)
{
	return tells_erased(writer) ? DESCRIPTORS_HELD : 0;
}

static err_t add_descriptor(struct kdump_writer *writer, uint64_t at, uint32_t size, uint32_t flags)
{
	bool big = writer->facts->target.big_endian;

	uint64_t next = writer->descriptors_at + writer->descriptors_used * KDUMP_DESCRIPTOR_BYTES;
	if (next >= writer->table_at + writer->table_bytes)
		return fail(ERR_IO, "more pages stay than were counted before: the input changed "
			    "while it was read");
	if (writer->descriptors_used == DESCRIPTORS_AT_ONCE)
		TRY(flush_descriptors(writer, held(writer)));
	uint8_t *to = writer->descriptors + writer->descriptors_used++ * KDUMP_DESCRIPTOR_BYTES;
	put_64(big, to + DESCRIPTOR_OFFSET, at);
	put_32(big, to + DESCRIPTOR_SIZE, size);
	put_32(big, to + DESCRIPTOR_FLAGS, flags);
	put_64(big, to + DESCRIPTOR_PAGE_FLAGS, 0);
	return OK;
}

/* Descriptors for the pages whose data lies below `limit`. */
static err_t describe(struct kdump_writer *writer, const struct packed *packed, uint64_t at,
		      uint64_t limit)
{
	for (unsigned i = 0; i < packed->pages; i++) {
		const struct packed_page *page = &packed->page[i];
		if (page->as == PACKED_ABSENT)
			continue;
		if (at + page->size > limit)
			break;
		if (page->as == PACKED_ZERO)
			TRY(add_descriptor(writer, writer->zero_at, (uint32_t)block(writer), 0));
		else
			TRY(add_descriptor(writer, at, page->size, page->as == PACKED_SMALLER ?
					   writer->facts->codec->flag : 0));
		at += page->size;
	}
	return OK;
}

err_t kdump_pages(struct kdump_writer *writer, const struct packed *packed)
{
	uint64_t at = writer->data_at;
	struct kept_text why;

	if (writer->descriptors_used + packed->pages > DESCRIPTORS_AT_ONCE)
		TRY(flush_descriptors(writer, held(writer)));
	err_t result = sink_write(writer->sink, at, packed->data, packed->bytes);
	if (result == OK) {
		writer->data_at += packed->bytes;
		return describe(writer, packed, at, UINT64_MAX);
	}
	err_keep(&why);
	if (result == ERR_NOSPACE && describe(writer, packed, at, writer->sink->end) == OK)
		writer->data_at = max_u64(at, writer->sink->end);
	return err_again(result, &why);
}

err_t kdump_missing(struct kdump_writer *writer, unsigned pages)
{
	for (unsigned i = 0; i < pages; i++)
		TRY(add_descriptor(writer, 0, 0, 0));
	return OK;
}

/* Where the data of the first page that has some begins. */
static uint64_t first_data_at(const struct kdump_writer *writer)
{
	return writer->table_at + writer->table_bytes + (writer->zero_at ? block(writer) : 0);
}

/* A limit counts positions. A full disk counts blocks: those of descriptors that are not written
 * yet are needed, too, and some for whatever the file system keeps about them. */
uint64_t kdump_room(const struct kdump_writer *writer)
{
	const struct sink *sink = writer->sink;
	uint64_t begin = first_data_at(writer);
	uint64_t needed = tells_erased(writer) ? writer->facts->eraseinfo_bytes : 0;

	if (sink->kind != SINK_FILE || !sink->regular || sink->end <= begin)
		return 0;
	uint64_t room = sink->end - begin;
	if (!sink->limit || sink->end < sink->limit)
		needed += writer->table_at + writer->table_bytes - writer->descriptors_at +
			  room / ROOM_SHARE + ROOM_BYTES;
	return room > needed ? room - needed : 0;
}

err_t kdump_begin_again(struct kdump_writer *writer)
{
	TRY(sink_cut(writer->sink, writer->table_at));
	return kdump_plan(writer, writer->sink, writer->table_bytes / KDUMP_DESCRIPTOR_BYTES,
			  writer->split, writer->first, writer->end);
}

static err_t write_eraseinfo(struct kdump_writer *writer)
{
	const struct dump_facts *facts = writer->facts;

	TRY(sink_write(writer->sink, writer->data_at, facts->eraseinfo, facts->eraseinfo_bytes));
	writer->eraseinfo_at = writer->data_at;
	return write_sub_header(writer);
}

err_t kdump_flush(struct kdump_writer *writer)
{
	TRY(flush_descriptors(writer, 0));
	TRY(sink_extend(writer->sink, writer->data_at));
	return tells_erased(writer) ? write_eraseinfo(writer) : OK;
}

err_t kdump_finish(struct kdump_writer *writer)
{
	TRY(kdump_flush(writer));
	if (writer->sink->kind != SINK_FILE)
		return OK;
	TRY(sink_sync(writer->sink));
	writer->marked = false; /* or half, if it fails */
	TRY(write_header(writer, 0));
	return sink_sync(writer->sink);
}

/* Where the first page from descriptor `from` on has data of its own; 0: none has. */
static uint64_t data_of(const struct kdump_writer *writer, size_t from)
{
	for (; from < writer->descriptors_used; from++) {
		const uint8_t *descriptor =
			writer->descriptors + from * KDUMP_DESCRIPTOR_BYTES + DESCRIPTOR_OFFSET;
		uint64_t at = get_64(writer->facts->target.big_endian, descriptor);
		if (at && at != writer->zero_at) /* 0: a page that is missing */
			return at;
	}
	return 0;
}

/* Give up the descriptors from number `keep` on, and the space of their pages' data. */
static err_t give_up(struct kdump_writer *writer, size_t keep)
{
	uint64_t cut = data_of(writer, keep);

	writer->descriptors_used = keep;
	if (!cut)
		return OK;
	writer->data_at = cut;
	return sink_cut(writer->sink, cut);
}

/* Bring the last descriptors out to a full disk: each time it fails, some of them are given up. */
static err_t rescue_descriptors(struct kdump_writer *writer)
{
	err_t result = flush_descriptors(writer, held(writer));

	while (result == ERR_NOSPACE && writer->descriptors_used) {
		TRY(give_up(writer, writer->descriptors_used * 15 / 16));
		result = flush_descriptors(writer, held(writer));
	}
	return result;
}

/* What was erased is told by an incomplete dump, too, at the cost of its last pages. */
static err_t rescue_eraseinfo(struct kdump_writer *writer)
{
	uint64_t size = writer->facts->eraseinfo_bytes, end = writer->sink->end;
	uint64_t wanted = end > size ? end - size : 0;

	while (writer->descriptors_used && writer->data_at > wanted)
		TRY(give_up(writer, writer->descriptors_used - 1));
	err_t result = write_eraseinfo(writer);
	while (result == ERR_NOSPACE && writer->descriptors_used) {
		TRY(give_up(writer, writer->descriptors_used * 15 / 16));
		result = write_eraseinfo(writer);
	}
	return result;
}

void kdump_take_up(struct kdump_writer *writer, struct sink *sink)
{
	writer->sink = sink;
	writer->data_at = 0;
	writer->descriptors_used = 0;
	writer->marked = sink->kind == SINK_FILE && sink->end;
}

err_t kdump_mark_incomplete(struct kdump_writer *writer)
{
	struct sink *sink = writer->sink;

	if (!sink || !sink->end)
		return ERR_HOLE;
	err_t marked = write_header(writer, DUMP_DH_COMPRESSED_INCOMPLETE);
	if (marked != OK && !writer->marked)
		return marked;
	rescue_descriptors(writer); /* those that fail stay missing */
	if (tells_erased(writer) && writer->data_at)
		rescue_eraseinfo(writer);
	flush_descriptors(writer, 0);
	sink_extend(sink, max_u64(writer->data_at, writer->table_at));
	sink->hopeless = sink->end < writer->table_at;
	return sink->hopeless ? ERR_HOLE : OK;
}
