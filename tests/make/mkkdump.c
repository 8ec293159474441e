// SPDX-License-Identifier: GPL-2.0-only
/* mkkdump.c - a kdump-compressed file of any shape, from any dump: mkkdump [OPTION[=VALUE]...] IN
 * OUT. tests/make/README lists the options. It writes by its own idea of the format, with none of
 * output/. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "codec/codec.h"
#include "diskdump_mod.h"
#include "input/notes.h"
#include "input/window.h"

struct range {
	uint64_t first, end;
};

/* What was asked for. */
struct shape {
	struct target target;
	unsigned version, level, status;
	bool garbage, no_notes;
	const char *codec, *machine, *eraseinfo;
	struct range part, missing, excluded; /* empty: none */
	uint64_t cut;                         /* bytes taken off the end */
	uint64_t usec;                        /* of the time of the crash */
	uint64_t max_mapnr;                   /* 0: as in the dump */
};

struct output {
	FILE *file;
	uint64_t at; /* of the next page data */
};

static void __attribute__((format(printf, 1, 2), noreturn)) die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("mkkdump: ", stderr);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static void put(struct output *output, uint64_t at, const void *bytes, size_t size)
{
	if (!size)
		return;
	if (fseeko(output->file, (off_t)at, SEEK_SET) != 0 ||
	    fwrite(bytes, 1, size, output->file) != size)
		die("cannot write %zu bytes at %" PRIu64, size, at);
}

static struct range range(const char *text)
{
	char *rest;
	struct range got = { .first = strtoull(text, &rest, 0) };

	if (*rest != '-')
		die("%s: not FIRST-END", text);
	got.end = strtoull(rest + 1, NULL, 0);
	return got;
}

static bool inside(struct range range, uint64_t pfn)
{
	return pfn >= range.first && pfn < range.end;
}

static void option(struct shape *shape, const char *name, const char *value)
{
	uint64_t number = strtoull(value, NULL, 0);

	if (strcmp(name, "version") == 0)
		shape->version = (unsigned)number;
	else if (strcmp(name, "word") == 0)
		shape->target.word_bytes = (uint8_t)number;
	else if (strcmp(name, "align") == 0)
		shape->target.align_64 = (uint8_t)number;
	else if (strcmp(name, "block") == 0)
		shape->target.page_shift = (uint8_t)__builtin_ctzll(number | 1 << 30);
	else if (strcmp(name, "big") == 0)
		shape->target.big_endian = true;
	else if (strcmp(name, "garbage") == 0)
		shape->garbage = true;
	else if (strcmp(name, "nonotes") == 0)
		shape->no_notes = true;
	else if (strcmp(name, "level") == 0)
		shape->level = (unsigned)number;
	else if (strcmp(name, "status") == 0)
		shape->status = (unsigned)number;
	else if (strcmp(name, "cut") == 0)
		shape->cut = number;
	else if (strcmp(name, "usec") == 0)
		shape->usec = number;
	else if (strcmp(name, "max_mapnr") == 0)
		shape->max_mapnr = number;
	else if (strcmp(name, "codec") == 0)
		shape->codec = value;
	else if (strcmp(name, "machine") == 0)
		shape->machine = value;
	else if (strcmp(name, "eraseinfo") == 0)
		shape->eraseinfo = value;
	else if (strcmp(name, "part") == 0)
		shape->part = range(value);
	else if (strcmp(name, "missing") == 0)
		shape->missing = range(value);
	else if (strcmp(name, "excluded") == 0)
		shape->excluded = range(value);
	else
		die("%s: no such option", name);
}

/* The codec of a page; with `mix` they take turns, and every fifth page stays raw. */
static const struct codec *choose_codec(const struct shape *shape, uint64_t number)
{
	static const char *const names[] = { "zlib", "lzo", "snappy", "zstd", "raw" };
	const char *name = shape->codec;

	if (strcmp(name, "mix") == 0)
		name = names[number % 5];
	for (const struct codec *const *codec = codecs; *codec; codec++)
		if (strcmp((*codec)->name, name) == 0)
			return (*codec)->create ? *codec : NULL;
	return NULL;
}

static size_t pack(const struct codec *codec, const uint8_t *page, size_t size, uint8_t *packed)
{
	void *state = codec->create(size);
	size_t bytes = state ? codec->pack(state, page, size, packed) : 0;

	codec->destroy(state);
	return bytes;
}

static void put_page(struct output *output, const struct shape *shape, uint64_t number,
		     uint64_t descriptor_at, const uint8_t *page)
{
	static uint8_t packed[256 * 1024];
	uint8_t descriptor[KDUMP_DESCRIPTOR_BYTES] = { 0 };
	const struct codec *codec = choose_codec(shape, number);
	size_t block = page_bytes(&shape->target);
	size_t size = codec ? pack(codec, page, block, packed) : 0;
	bool big = shape->target.big_endian;

	put(output, output->at, size ? packed : page, size ? size : block);
	put_64(big, descriptor + DESCRIPTOR_OFFSET, output->at);
	put_32(big, descriptor + DESCRIPTOR_SIZE, (uint32_t)(size ? size : block));
	put_32(big, descriptor + DESCRIPTOR_FLAGS, size ? codec->flag : 0);
	put(output, descriptor_at, descriptor, sizeof(descriptor));
	output->at += size ? size : block;
}

/* Where things lie. */
struct layout {
	const struct kdump_header_shape *main;
	const struct kdump_sub_shape *sub;
	uint64_t block, max_mapnr, sub_blocks, bitmap_bytes, bitmap_at, descriptors_at;
	size_t notes_bytes;
};

static struct layout plan(const struct shape *shape, const struct source *source)
{
	const struct target *target = &shape->target;
	struct layout layout = { .block = page_bytes(target) };

	layout.main = target->word_bytes == 8 ? &kdump_header_64 : &kdump_header_32;
	layout.sub = target->word_bytes == 8  ? &kdump_sub_64
		     : target->align_64 == 4 ? &kdump_sub_32_packed
					     : &kdump_sub_32_padded;
	layout.max_mapnr = shape->max_mapnr ? shape->max_mapnr : pfn_up(target, source->end);
	layout.notes_bytes = shape->no_notes ? 0 : source->notes_bytes;
	layout.sub_blocks =
		round_up(layout.sub->size + layout.notes_bytes, layout.block) / layout.block;
	layout.bitmap_bytes = round_up((layout.max_mapnr + 7) / 8, layout.block);
	layout.bitmap_at = (1 + layout.sub_blocks) * layout.block;
	layout.descriptors_at = layout.bitmap_at + 2 * layout.bitmap_bytes;
	return layout;
}

static void put_main(struct output *output, const struct shape *shape, const struct layout *layout,
		     const struct source *source)
{
	const struct kdump_header_shape *main = layout->main;
	bool big = shape->target.big_endian;
	uint8_t header[464] = { 0 };

	memcpy(header, KDUMP_SIGNATURE, KDUMP_SIGNATURE_BYTES);
	put_32(big, header + KDUMP_VERSION_AT, shape->version);
	memcpy(header + KDUMP_UTSNAME_AT, source->stored.uts, sizeof(source->stored.uts));
	if (shape->machine)
		snprintf((char *)header + KDUMP_UTSNAME_AT + 4 * UTS_FIELD, UTS_FIELD, "%s",
			 shape->machine);
	put_word(&shape->target, header + main->seconds, source->stored.seconds);
	put_word(&shape->target, header + main->microseconds, shape->usec);
	put_32(big, header + main->status, shape->status);
	put_32(big, header + main->block_size, (uint32_t)layout->block);
	put_32(big, header + main->sub_hdr_size, (uint32_t)layout->sub_blocks);
	put_32(big, header + main->bitmap_blocks,
	       (uint32_t)(2 * layout->bitmap_bytes / layout->block));
	put_32(big, header + main->max_mapnr, (uint32_t)layout->max_mapnr);
	put_32(big, header + main->nr_cpus, source->stored.cpus);
	put(output, 0, header, main->size);
}

/* Fields that came later are zeros, or garbage where that is asked for. */
static void put_sub(struct output *output, const struct shape *shape, const struct layout *layout,
		    const struct source *source)
{
	const struct kdump_sub_shape *sub = layout->sub;
	const struct target *target = &shape->target;
	bool big = target->big_endian;
	uint64_t notes_at = layout->block + sub->size;
	struct notes_found found;
	uint8_t header[104];

	memset(header, shape->garbage ? 0xff : 0, sizeof(header));
	notes_scan(big, source->notes, source->notes_bytes, &found);
	put_word(target, header + sub->phys_base, source->stored.phys_base);
	put_32(big, header + sub->dump_level, shape->level);
	if (shape->version >= 2) {
		put_32(big, header + sub->split, shape->part.end != 0);
		put_word(target, header + sub->start_pfn, shape->part.first);
		put_word(target, header + sub->end_pfn, shape->part.end);
	}
	if (shape->version >= 3) {
		bool has = found.vmcoreinfo && !shape->no_notes;
		put_64(big, header + sub->offset_vmcoreinfo,
		       has ? notes_at + (uint64_t)(found.vmcoreinfo - source->notes) : 0);
		put_word(target, header + sub->size_vmcoreinfo, has ? found.vmcoreinfo_bytes : 0);
	}
	if (shape->version >= 4) {
		put_64(big, header + sub->offset_note, notes_at);
		put_word(target, header + sub->size_note, layout->notes_bytes);
	}
	if (shape->version >= 5) {
		size_t size = shape->eraseinfo ? strlen(shape->eraseinfo) : 0;
		put_64(big, header + sub->offset_eraseinfo, size ? output->at : 0);
		put_word(target, header + sub->size_eraseinfo, size);
		put(output, output->at, shape->eraseinfo, size);
		output->at += size;
	}
	if (shape->version >= 6) {
		put_64(big, header + sub->start_pfn_64, shape->part.first);
		put_64(big, header + sub->end_pfn_64, shape->part.end);
		put_64(big, header + sub->max_mapnr_64, layout->max_mapnr);
	}
	put(output, notes_at, source->notes, layout->notes_bytes);
	put(output, layout->block, header, sub->size);
}

/* A page of the shape's size, which the dump may have in several. False: it has none of it. */
static bool read_page(const struct source *source, struct reader *reader, uint64_t at, uint8_t *to,
		      size_t size)
{
	size_t step = page_bytes(&source->target);
	bool any = false;

	memset(to, 0, size);
	for (size_t done = 0; done < size; done += step) {
		const uint8_t *page;
		if (reader_page(reader, (at + done) / step, &page) != OK)
			continue;
		memcpy(to + done, page, step);
		any = true;
	}
	return any;
}

static void put_pages(struct output *output, const struct shape *shape,
		      const struct layout *layout, const struct source *source)
{
	static uint8_t page[128 * 1024];
	uint64_t *map[2], number = 0, kept = 0;
	struct reader *reader;

	if (reader_create(source, &reader) != OK)
		die("%s", err_text());
	for (int i = 0; i < 2; i++)
		map[i] = calloc(1, layout->bitmap_bytes);
	for (uint64_t pfn = 0; pfn < layout->max_mapnr; pfn++) {
		if (read_page(source, reader, pfn * layout->block, page, layout->block))
			bits_set(map[0], pfn, pfn + 1);
		if (bits_test(map[0], pfn) && !inside(shape->excluded, pfn))
			bits_set(map[1], pfn, pfn + 1);
	}
	output->at = layout->descriptors_at + KDUMP_DESCRIPTOR_BYTES *
		     bits_count(map[1], 0, layout->max_mapnr);
	for (uint64_t pfn = 0; pfn < layout->max_mapnr; pfn++) {
		if (!bits_test(map[1], pfn) || (shape->part.end && !inside(shape->part, pfn)))
			continue;
		uint64_t at = layout->descriptors_at + KDUMP_DESCRIPTOR_BYTES * kept++;
		read_page(source, reader, pfn * layout->block, page, layout->block);
		if (!inside(shape->missing, pfn))
			put_page(output, shape, number++, at, page);
	}
	for (int i = 0; i < 2; i++) {
		bits_store(map[i], layout->bitmap_bytes / 8, (uint8_t *)map[i]);
		put(output, layout->bitmap_at + (uint64_t)i * layout->bitmap_bytes, map[i],
		    layout->bitmap_bytes);
		free(map[i]);
	}
	reader_destroy(reader);
}

/* What is not told stays as the dump has it. */
static void set_target(struct shape *shape, struct source *source)
{
	if (!source->stored.known)
		source->target = (struct target){ 8, source->big_endian, 12, 8 };
	if (!shape->target.word_bytes)
		shape->target.word_bytes = source->target.word_bytes;
	if (!shape->target.align_64)
		shape->target.align_64 = 8;
	if (!shape->target.page_shift)
		shape->target.page_shift = source->target.page_shift;
}

int main(int argc, char **argv)
{
	struct shape shape = { .version = 6, .codec = "raw" };
	struct source source = { .mapping = MAPPING_NONE };
	struct output output = { 0 };
	int at = 1;

	for (; at < argc - 2; at++) {
		char *value = strchr(argv[at], '=');
		if (value)
			*value++ = 0;
		option(&shape, argv[at], value ? value : "");
	}
	if (argc - at != 2)
		die("usage: mkkdump [OPTION[=VALUE]...] IN OUT");
	source.name = argv[at];
	if (source_open(&source) != OK)
		die("%s", err_text());
	set_target(&shape, &source);
	output.file = fopen(argv[at + 1], "wb");
	if (!output.file)
		die("%s: cannot be written", argv[at + 1]);
	struct layout layout = plan(&shape, &source);
	put_main(&output, &shape, &layout, &source);
	put_pages(&output, &shape, &layout, &source);
	put_sub(&output, &shape, &layout, &source);
	if (fflush(output.file) != 0 ||
	    (shape.cut && ftruncate(fileno(output.file), (off_t)(output.at - shape.cut)) != 0))
		die("%s: cannot be written", argv[at + 1]);
	fclose(output.file);
	source_close(&source);
	return 0;
}
