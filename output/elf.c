// SPDX-License-Identifier: GPL-2.0-only
/* elf.c - write an ELF core, in the class and byte order of the input. */
#include "output/elf.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum { HEADERS_BYTES = 64 * 1024, INCOMPLETE_FLAG = 1 };

err_t elf_create(struct elf_writer *writer, const struct source *source, struct sink *sink)
{
	*writer = (struct elf_writer){
		.source = source, .sink = sink, .shape = &elf_shapes[source->class_bytes == 8],
		.container = { .word_bytes = source->class_bytes,
			       .big_endian = source->big_endian },
	};
	writer->headers = malloc(HEADERS_BYTES);
	return writer->headers ? OK : fail(ERR_NOMEM, "no memory for program headers");
}

void elf_destroy(struct elf_writer *writer)
{
	free(writer->headers);
	writer->headers = NULL;
}

static err_t flush_headers(struct elf_writer *writer)
{
	if (!writer->headers_used)
		return OK;
	TRY(sink_write(writer->sink, writer->headers_at, writer->headers, writer->headers_used));
	writer->headers_at += writer->headers_used;
	writer->headers_used = 0;
	return OK;
}

static err_t add_header(struct elf_writer *writer, uint32_t type, const struct elf_load *load,
			uint64_t at)
{
	const struct elf_shape *shape = writer->shape;
	const struct target *container = &writer->container;
	const uint64_t highest = max_u64(max_u64(at + load->file_bytes, load->memory_bytes),
					 load->start + load->memory_bytes);

	if (shape->class_bytes == 4 && highest >> 32 && highest != UINT64_C(1) << 32)
		return fail(ERR_UNSUPPORTED, "physical memory or file offset %#" PRIx64
			    " does not fit an ELF file of 32 bits", highest);
	uint64_t next = writer->headers_at + writer->headers_used;
	if (next + shape->phdr > writer->headers_end)
		return fail(ERR_IO, "more segments stay than were counted: the input changed "
			    "while it was read");
	if (writer->headers_used + shape->phdr > HEADERS_BYTES)
		TRY(flush_headers(writer));
	uint8_t *phdr = writer->headers + writer->headers_used;
	writer->headers_used += shape->phdr;
	memset(phdr, 0, shape->phdr);
	put_32(container->big_endian, phdr, type);
	put_32(container->big_endian, phdr + shape->p_flags, load->of ? load->of->flags : 0);
	put_word(container, phdr + shape->p_offset, load->nowhere ? 0 : at);
	put_word(container, phdr + shape->p_paddr, load->start);
	if (load->of)
		put_word(container, phdr + shape->p_vaddr,
			 load->of->virtual + (load->start - load->of->start));
	put_word(container, phdr + shape->p_filesz, load->file_bytes);
	put_word(container, phdr + shape->p_memsz, load->memory_bytes);
	put_word(container, phdr + shape->p_align, load->of ? load->of->align : 0);
	return OK;
}

/* The input's header with our counts. With 0xffff or more program headers their number stands in
 * section header 0, behind them. */
static err_t write_header(struct elf_writer *writer, uint64_t headers, uint32_t flags)
{
	const struct elf_shape *shape = writer->shape;
	const struct target *container = &writer->container;
	bool big = container->big_endian, extended = headers >= PN_XNUM;
	uint8_t header[64], section[64] = { 0 };
	uint64_t behind = shape->header + headers * shape->phdr;

	memcpy(header, writer->source->elf_header, sizeof(header));
	put_word(container, header + shape->phoff, shape->header);
	put_word(container, header + shape->shoff, extended ? behind : 0);
	put_32(big, header + shape->flags, get_32(big, header + shape->flags) | flags);
	put_16(big, header + shape->ehsize, shape->header);
	put_16(big, header + shape->phentsize, shape->phdr);
	put_16(big, header + shape->phnum, extended ? PN_XNUM : (uint16_t)headers);
	put_16(big, header + shape->shentsize, extended ? shape->shdr : 0);
	put_16(big, header + shape->shnum, extended);
	put_16(big, header + shape->shstrndx, 0);
	TRY(sink_write(writer->sink, 0, header, shape->header));
	writer->begun = true;
	writer->marked = flags & INCOMPLETE_FLAG;
	if (!extended)
		return OK;
	put_word(container, section + shape->sh_size, 1);
	put_32(big, section + shape->sh_info, (uint32_t)headers);
	return sink_write(writer->sink, behind, section, shape->shdr);
}

/* Headers, and the notes behind them. */
static uint64_t notes_offset(const struct elf_writer *writer, uint64_t headers)
{
	const struct elf_shape *shape = writer->shape;

	return shape->header + headers * shape->phdr + (headers >= PN_XNUM ? shape->shdr : 0);
}

/* A note's header, and its name. */
enum { NOTE_HEADER = 12 };
static const char erase_name[12] = "ERASEINFO"; /* of 10 bytes with its NUL, and padding */

/* The notes, with one more for the eraseinfo. */
static uint64_t notes_bytes(const struct elf_writer *writer)
{
	uint64_t bytes = writer->source->notes_bytes;

	if (!writer->eraseinfo_bytes)
		return bytes;
	return round_up(bytes, 4) + NOTE_HEADER + sizeof(erase_name) +
	       round_up(writer->eraseinfo_bytes, 4);
}

static err_t write_eraseinfo(struct elf_writer *writer, uint64_t at)
{
	bool big = writer->container.big_endian;
	uint8_t header[NOTE_HEADER + sizeof(erase_name)] = { 0 };
	uint64_t size = writer->eraseinfo_bytes, padded = round_up(size, 4);

	if (!size)
		return OK;
	if (padded > UINT32_MAX)
		return fail(ERR_UNSUPPORTED, "%" PRIu64 " bytes of eraseinfo do not fit a note",
			    size);
	put_32(big, header, 10);
	put_32(big, header + 4, (uint32_t)padded);
	memcpy(header + NOTE_HEADER, erase_name, sizeof(erase_name));
	TRY(sink_write(writer->sink, at, header, sizeof(header)));
	TRY(sink_write(writer->sink, at + sizeof(header), writer->eraseinfo, size));
	return sink_write(writer->sink, at + sizeof(header) + size, "\0\0", padded - size);
}

uint64_t elf_bytes(const struct elf_writer *writer, uint64_t loads, uint64_t data)
{
	return notes_offset(writer, 1 + loads) + notes_bytes(writer) + data;
}

err_t elf_plan(struct elf_writer *writer, uint64_t loads)
{
	const struct elf_shape *shape = writer->shape;
	const struct source *source = writer->source;
	uint64_t headers = 1 + loads;
	uint64_t notes_at = notes_offset(writer, headers);
	const struct elf_load note = { .memory_bytes = source->notes_bytes,
				       .file_bytes = notes_bytes(writer) };

	if (headers > UINT32_MAX)
		return fail(ERR_UNSUPPORTED, "%" PRIu64 " segments do not fit an ELF file", loads);
	/* As a kdump file does: see kdump_begin(). */
	TRY(write_header(writer, headers, writer->sink->kind == SINK_FILE ? INCOMPLETE_FLAG : 0));
	writer->headers_at = shape->header;
	writer->headers_end = shape->header + headers * shape->phdr;
	writer->data_at = notes_at + note.file_bytes;
	TRY(sink_write(writer->sink, notes_at, source->notes, source->notes_bytes));
	TRY(write_eraseinfo(writer, notes_at + round_up(source->notes_bytes, 4)));
	return add_header(writer, PT_NOTE, &note, notes_at);
}

err_t elf_load(struct elf_writer *writer, const struct elf_load *load)
{
	TRY(add_header(writer, PT_LOAD, load, writer->data_at));
	if (!load->file_bytes)
		return OK;
	size_t size = writer->shape->phdr;
	writer->last_at = writer->headers_at + writer->headers_used - size;
	memcpy(writer->last, writer->headers + writer->headers_used - size, size);
	return flush_headers(writer);
}

err_t elf_data(struct elf_writer *writer, const void *bytes, size_t size)
{
	TRY(sink_write(writer->sink, writer->data_at, bytes, size));
	writer->data_at += size;
	return OK;
}

/* Write e_flags: the input's, and these. */
static err_t write_flags(struct elf_writer *writer, uint32_t more)
{
	uint16_t at = writer->shape->flags;
	bool big = writer->container.big_endian;
	uint8_t flags[4];

	put_32(big, flags, get_32(big, writer->source->elf_header + at) | more);
	return sink_write(writer->sink, at, flags, sizeof(flags));
}

err_t elf_finish(struct elf_writer *writer)
{
	TRY(flush_headers(writer));
	TRY(sink_extend(writer->sink, writer->data_at));
	if (writer->sink->kind != SINK_FILE)
		return OK;
	TRY(sink_sync(writer->sink));
	writer->marked = false; /* or half, if it fails */
	TRY(write_flags(writer, 0));
	return sink_sync(writer->sink);
}

/* The segment at hand has only what was written of it. Where not even its header can be changed,
 * the file gets the length that the header tells, and zeros. */
static err_t clip_last(struct elf_writer *writer)
{
	const struct target *container = &writer->container;
	uint8_t *size_at = writer->last + writer->shape->p_filesz;
	uint64_t at = get_word(container, writer->last + writer->shape->p_offset);
	uint64_t size = get_word(container, size_at);

	if (!writer->last_at || at + size <= writer->data_at)
		return OK;
	put_word(container, size_at, writer->data_at - at);
	err_t result = sink_write(writer->sink, writer->last_at, writer->last, writer->shape->phdr);
	return result == OK ? OK : sink_extend(writer->sink, at + size);
}

err_t elf_mark_incomplete(struct elf_writer *writer)
{
	if (!writer->begun)
		return ERR_HOLE;
	err_t result = flush_headers(writer);
	err_t clipped = clip_last(writer);
	/* The headers of notes and of one segment are the least that opens. */
	uint64_t least = writer->shape->header + 2 * (uint64_t)writer->shape->phdr;
	if (result != OK || clipped != OK || writer->headers_at < least ||
	    writer->sink->end < writer->data_at) {
		writer->sink->hopeless = true;
		return ERR_HOLE;
	}
	return writer->marked ? OK : write_flags(writer, INCOMPLETE_FLAG);
}
