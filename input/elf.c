// SPDX-License-Identifier: GPL-2.0-only
/* elf.c - ELF cores, 32 and 64 bit, either byte order.
 * The program headers are where e_phoff says (QEMU puts section headers first), and as many as
 * section 0 says when there are 0xffff or more. Every offset and size is checked against the file.
 */
#include "input/elf.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/scope.h"
#include "input/extents.h"
#include "input/file.h"
#include "input/window.h"

enum {
	NOTES_MOST =
		128 << 20, /* bytes; CPU notes are small, but drivers may add dumps of their own */
	HEADERS_AT_ONCE = 256,
};

/* What the reading of headers carries along. */
struct headers {
	const struct elf_shape *shape;
	struct target container; /* words and byte order of the file */
	uint64_t at;
	uint32_t count, entry_bytes;
};

static bool probe(const uint8_t *head, size_t bytes)
{
	return bytes >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0;
}

/* With 0xffff or more program headers, their number stands in section header 0. */
static err_t extended_count(const struct source *source, struct headers *headers, uint64_t shoff)
{
	uint8_t section[64];

	TRY(file_read(source, shoff, section, headers->shape->shdr, "section header 0"));
	headers->count = get_32(source->big_endian, section + headers->shape->sh_info);
	return OK;
}

static err_t check_ident(struct source *source, const uint8_t *ident, size_t *class_index)
{
	if (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64)
		return fail(ERR_CORRUPT, "%s: ELF class %u is neither 32 nor 64 bit", source->name,
			    ident[EI_CLASS]);
	if (ident[EI_DATA] != ELFDATA2LSB && ident[EI_DATA] != ELFDATA2MSB)
		return fail(ERR_CORRUPT, "%s: ELF byte order %u is neither little nor big",
			    source->name, ident[EI_DATA]);
	*class_index = ident[EI_CLASS] == ELFCLASS64;
	source->big_endian = ident[EI_DATA] == ELFDATA2MSB;
	return OK;
}

static err_t read_header(struct source *source, struct headers *ret)
{
	uint8_t header[64] = { 0 };
	size_t index = 0;

	TRY(file_read(source, 0, header, EI_NIDENT, "ELF header"));
	TRY(check_ident(source, header, &index));
	const struct elf_shape *shape = &elf_shapes[index];
	TRY(file_read(source, 0, header, shape->header, "ELF header"));

	bool big = source->big_endian;
	*ret = (struct headers){.shape = shape,
				.container = {.word_bytes = shape->class_bytes, .big_endian = big}};
	ret->at = get_word(&ret->container, header + shape->phoff);
	ret->count = get_16(big, header + shape->phnum);
	ret->entry_bytes = get_16(big, header + shape->phentsize);
	source->class_bytes = shape->class_bytes;
	source->elf_machine = get_16(big, header + 18);
	memcpy(source->elf_header, header, shape->header);
	if (get_16(big, header + 16) != ET_CORE)
		return fail(ERR_UNSUPPORTED, "%s: ELF type %u is not a core file", source->name,
			    get_16(big, header + 16));
	if (ret->count == PN_XNUM)
		TRY(extended_count(source, ret, get_word(&ret->container, header + shape->shoff)));
	if (ret->count && ret->entry_bytes < shape->phdr)
		return fail(ERR_CORRUPT, "%s: program headers of %u bytes, at least %u are needed",
			    source->name, ret->entry_bytes, shape->phdr);
	uint64_t end;
	if (__builtin_add_overflow(ret->at, (uint64_t)ret->count * ret->entry_bytes, &end) ||
	    (source->file_bytes && end > source->file_bytes))
		return fail(ERR_CORRUPT,
			    "%s: %u program headers at %#" PRIx64 " end behind the file, "
			    "which has %#" PRIx64 " bytes",
			    source->name, ret->count, ret->at, source->file_bytes);
	return OK;
}

static err_t add_load(struct source *source, const struct segment *segment, uint32_t index)
{
	uint64_t end;

	if (segment->start != UINT64_MAX &&
	    (__builtin_add_overflow(segment->start, segment->memory_bytes, &end) || end >> 60))
		return fail(ERR_CORRUPT, "%s: program header %u: physical memory %#" PRIx64 " + %#"
			    PRIx64 " is beyond any machine", source->name, index, segment->start,
			    segment->memory_bytes);
	source->segment[source->segments++] = *segment;
	return OK;
}

/* Append one PT_NOTE to the notes, each beginning at a multiple of 4. */
static err_t add_notes(struct source *source, const struct segment *segment, uint32_t index)
{
	size_t at = (source->notes_bytes + 3) & ~(size_t)3;

	if (segment->file_bytes > NOTES_MOST - at)
		return fail(ERR_CORRUPT,
			    "%s: program header %u: %#" PRIx64 " bytes of notes, more than "
			    "%d",
			    source->name, index, segment->file_bytes, NOTES_MOST);
	uint8_t *grown = realloc(source->notes, at + segment->file_bytes + 1);
	if (!grown)
		return fail(ERR_NOMEM, "%s: no memory for %#" PRIx64 " bytes of notes",
			    source->name, segment->file_bytes);
	source->notes = grown;
	memset(grown + source->notes_bytes, 0, at - source->notes_bytes);
	TRY(file_read(source, segment->file_at, grown + at, segment->file_bytes, "notes"));
	source->notes_bytes = at + segment->file_bytes;
	return OK;
}

static err_t take_header(struct source *source, const struct headers *headers,
			 const uint8_t *phdr, uint32_t index)
{
	const struct elf_shape *shape = headers->shape;
	const struct target *container = &headers->container;
	uint32_t type = get_32(source->big_endian, phdr);
	uint64_t end;

	if (type != PT_LOAD && type != PT_NOTE)
		return OK;
	struct segment segment = {
		.start = get_word(container, phdr + shape->p_paddr),
		.memory_bytes = get_word(container, phdr + shape->p_memsz),
		.file_bytes = get_word(container, phdr + shape->p_filesz),
		.virtual = get_word(container, phdr + shape->p_vaddr),
		.file_at = get_word(container, phdr + shape->p_offset),
		.align = get_word(container, phdr + shape->p_align),
		.flags = get_32(source->big_endian, phdr + shape->p_flags),
	};
	if (shape->class_bytes == 4 && segment.start == UINT32_MAX)
		segment.start = UINT64_MAX;
	if (__builtin_add_overflow(segment.file_at, segment.file_bytes, &end) || end >> 63)
		return fail(ERR_CORRUPT, "%s: program header %u: %#" PRIx64 " bytes at %#" PRIx64
			    " are beyond any file", source->name, index, segment.file_bytes,
			    segment.file_at);
	if (segment.file_bytes && source->file_bytes && end > source->file_bytes)
		return fail(ERR_CORRUPT, "%s: program header %u: ends at %#" PRIx64 ", file has %#"
			    PRIx64 " bytes", source->name, index, end, source->file_bytes);
	return type == PT_LOAD ? add_load(source, &segment, index)
			       : add_notes(source, &segment, index);
}

static err_t read_program_headers(struct source *source, const struct headers *headers)
{
	size_t bytes = (size_t)HEADERS_AT_ONCE * headers->entry_bytes;
	FREE_AT_END uint8_t *batch = malloc(bytes + 1);
	source->segment = calloc((size_t)headers->count + 1, sizeof(*source->segment));

	if (!batch || !source->segment)
		return fail(ERR_NOMEM, "%s: no memory for %u program headers", source->name,
			    headers->count);
	for (uint32_t done = 0; done < headers->count;) {
		uint32_t count = (uint32_t)min_u64(HEADERS_AT_ONCE, headers->count - done);
		TRY(file_read(source, headers->at + (uint64_t)done * headers->entry_bytes, batch,
			    (size_t)count * headers->entry_bytes, "program headers"));
		for (uint32_t i = 0; i < count; i++)
			TRY(take_header(source, headers, batch + (size_t)i * headers->entry_bytes,
					done + i));
		done += count;
	}
	return OK;
}

static err_t elf_open(struct source *source)
{
	struct headers headers;

	TRY(read_header(source, &headers));
	TRY(read_program_headers(source, &headers));
	if (!source->segments)
		return fail(ERR_CORRUPT, "%s: Can't get the number of PT_LOAD. None of %u program "
			    "headers is one", source->name, headers.count);
	if (!source->notes)
		return fail(ERR_CORRUPT,
			    "%s: Can't find PT_NOTE Phdr. None of %u program headers is "
			    "one",
			    source->name, headers.count);
	return extents_build(source);
}

static err_t elf_lend(struct reader *reader, paddr_t at, const uint8_t **ret, size_t *size)
{
	const struct source *source = reader->source;
	size_t index = extents_find(source, at, reader->extent);

	reader->extent = index;
	if (index == source->extents)
		return ERR_HOLE;
	const struct extent *extent = &source->extent[index];
	if (at < extent->start) {
		*size = (size_t)min_u64(*size, extent->start - at);
		return ERR_HOLE;
	}
	*size = (size_t)min_u64(*size, extent->end - at);
	if (extent->file_at == NO_BYTES)
		return ERR_HOLE;
	return window_lend(reader, extent->file_at + (at - extent->start), ret, size);
}

const struct input_format elf_format = {
	.name = "ELF core", .probe = probe, .open = elf_open,
	.lend = elf_lend, .pages = extents_pages,
};
