// SPDX-License-Identifier: GPL-2.0-only
/* mksadump.c - write the memory of a dump as firmware would: mksadump [-OPTION[=VALUE]...] IN
 * OUT... One OUT is a partition, several are a disk set with as much on each; -media makes one a
 * media backup. Pages of zeros get no data. tests/make/README tells the options. Written from what
 * is known of the format, not from the tool's tables, so that the one checks the other. */
#include <elf.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "input/notes.h"
#include "input/source.h"

enum { BLOCK = 4096, DISKS = 16, STATE = 1024, GUID = 16,
       EFER = 992, LONG_MODE = 1 << 10 };

struct shape {
	bool media, all; /* all: pages of zeros have data, too */
	uint64_t version, cpus, first_id, id_step, zone;
	unsigned disks;
};

struct output {
	int fd[DISKS];
	unsigned disks, disk;
	uint64_t at, left; /* on this disk */
};

static void __attribute__((format(printf, 1, 2), noreturn)) die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fprintf(stderr, "mksadump: ");
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	exit(2);
}

static void put(const struct output *output, unsigned disk, uint64_t at, const void *bytes,
		size_t size)
{
	if (pwrite(output->fd[disk], bytes, size, (off_t)at) != (ssize_t)size)
		die("disk %u cannot be written", disk + 1);
}

/* --- headers --- */

static void put_guid(uint8_t *at, char letter)
{
	memset(at, letter, GUID);
}

/* 24 Nov 2026, 12:00 of a place that is `zone` minutes behind UTC */
static void put_time(const struct shape *shape, uint8_t *at)
{
	put_16(false, at, 2026);
	at[2] = 11;
	at[3] = 24;
	at[4] = 12;
	put_16(false, at + 12, (uint16_t)shape->zone);
}

static void put_partition(const struct shape *shape, const struct output *output, unsigned disk,
			  uint64_t at, uint64_t used)
{
	uint8_t block[BLOCK] = "sadump";
	uint32_t magic = 1;

	put_32(false, block + 8, 1);
	put_guid(block + 88, 's');
	put_guid(block + 104, 'd');
	put_guid(block + 120, (char)('0' + disk));
	put_time(shape, block + 136);
	put_32(false, block + 152, shape->disks > 1 ? disk + 1 : 0);
	put_64(false, block + 160, used);
	for (size_t i = 168; i < BLOCK; i += 4) {
		put_32(false, block + i, magic);
		magic = (magic + 7) * 11;
	}
	put(output, disk, at, block, sizeof(block));
}

static void put_set(const struct shape *shape, const struct output *output)
{
	uint8_t block[BLOCK] = { 0 };

	put_32(false, block, 1);
	put_32(false, block + 4, shape->disks);
	for (unsigned i = 1; i < shape->disks; i++)
		put_guid(block + 16 + (i - 1) * 32, (char)('0' + i));
	put(output, 0, BLOCK, block, sizeof(block));
}

static void put_media(const struct output *output)
{
	uint8_t block[BLOCK] = { 0 };

	put_guid(block, 's');
	put_guid(block + 16, 'd');
	block[48] = 1;
	block[51] = 1;
	put(output, 0, 0, block, sizeof(block));
}

struct layout {
	pfn_t max_mapnr;
	uint64_t sub_blocks, map_blocks, header_at;
};

static void put_dump(const struct shape *shape, const struct output *output,
		     const struct layout *layout)
{
	uint8_t block[BLOCK] = "sadump";
	bool wide = shape->version;

	put_32(false, block + 8, (uint32_t)shape->version);
	put_time(shape, block + 16);
	put_32(false, block + 40, BLOCK);
	put_32(false, block + 48, (uint32_t)layout->sub_blocks);
	put_32(false, block + 52, (uint32_t)layout->map_blocks);
	put_32(false, block + 56, (uint32_t)layout->map_blocks);
	put_32(false, block + 60, wide ? 0 : (uint32_t)layout->max_mapnr);
	put_32(false, block + 80, (uint32_t)shape->cpus);
	put_64(false, block + 88, wide ? layout->max_mapnr : 0);
	put(output, 0, layout->header_at, block, sizeof(block));
}

/* --- CPUs: QEMU's notes of them --- */

/* Where a register is in the note, and in what the CPU saves in SMM. */
static const struct {
	uint16_t from, to, bytes;
} registers[] = {
	{ 8, 860, 8 },	 { 16, 884, 8 },  { 24, 868, 8 },  { 32, 876, 8 },  /* rax rbx rcx rdx */
	{ 40, 908, 8 },	 { 48, 916, 8 },  { 56, 892, 8 },  { 64, 900, 8 },  /* rsi rdi rsp rbp */
	{ 72, 852, 8 },	 { 80, 844, 8 },  { 88, 836, 8 },  { 96, 828, 8 },  /* r8 - r11 */
	{ 104, 820, 8 }, { 112, 812, 8 }, { 120, 804, 8 }, { 128, 796, 8 }, /* r12 - r15 */
	{ 136, 984, 8 }, { 144, 1000, 8 },				    /* rip rflags */
	{ 152, 940, 4 }, { 176, 948, 4 }, { 200, 936, 4 }, { 224, 952, 4 }, /* cs ds es fs */
	{ 248, 956, 4 }, { 272, 944, 4 },				    /* gs ss */
	{ 384, 660, 4 }, { 388, 472, 4 },				    /* IDT */
	{ 392, 1016, 8 }, { 416, 1008, 8 }, { 424, 576, 4 },		    /* cr0 cr3 cr4 */
};

static void put_cpus(const struct shape *shape, const struct output *output, uint64_t at,
		     const struct source *source)
{
	uint8_t first[4], id[GUID] = { 0 };
	size_t next = 0;
	struct note note;

	put_32(false, first, (uint32_t)(shape->cpus * STATE));
	put(output, 0, at, first, sizeof(first));
	for (uint64_t i = 0; i < shape->cpus; i++) {
		uint8_t state[STATE] = { 0 };
		bool found;
		do
			found = note_next(false, source->notes, source->notes_bytes, &next, &note);
		while (found && !note_is(&note, "QEMU", 0));
		for (size_t k = 0; found && k < sizeof(registers) / sizeof(registers[0]); k++)
			memcpy(state + registers[k].to, note.desc + registers[k].from,
			       registers[k].bytes);
		put_64(false, state + EFER, source->elf_machine == EM_X86_64 ? LONG_MODE : 0);
		put_64(false, id, shape->first_id + i * shape->id_step);
		put(output, 0, at + 4 + i * GUID, id, sizeof(id));
		put(output, 0, at + 4 + shape->cpus * GUID + i * STATE, state, sizeof(state));
	}
}

/* --- memory --- */

static void set_bit(uint8_t *map, pfn_t pfn)
{
	map[pfn / 8] |= (uint8_t)(0x80 >> pfn % 8);
}

/* Both bitmaps; returns how many pages have data. */
static uint64_t make_maps(const struct shape *shape, const struct source *source,
			  struct reader *reader, const struct layout *layout, uint8_t *ram,
			  uint8_t *data)
{
	const uint8_t *page;
	uint64_t count = 0;

	for (pfn_t pfn = 0; pfn < layout->max_mapnr; pfn++) {
		uint64_t exists[2] = { 0 };
		source->format->pages(source, pfn, pfn + 1, false, exists);
		if (!(exists[0] & 1))
			continue;
		set_bit(ram, pfn);
		if (reader_page(reader, pfn, &page) != OK || (!shape->all && all_zero(page, BLOCK)))
			continue;
		set_bit(data, pfn);
		count++;
	}
	return count;
}

static void put_page(struct output *output, const uint8_t *page)
{
	while (!output->left) {
		output->disk++;
		output->at = BLOCK;
		output->left = UINT64_MAX;
	}
	put(output, output->disk, output->at, page, BLOCK);
	output->at += BLOCK;
	output->left -= BLOCK;
}

/* Share the data, and tell each disk how much it has. */
static void put_data(const struct shape *shape, struct output *output, struct reader *reader,
		     const struct layout *layout, const uint8_t *data, uint64_t count)
{
	uint64_t share = (count + shape->disks - 1) / shape->disks;
	const uint8_t *page;
	uint64_t done = 0;

	for (pfn_t pfn = 0; pfn < layout->max_mapnr; pfn++) {
		if (!(data[pfn / 8] & 0x80 >> pfn % 8))
			continue;
		if (done && done % share == 0) {
			put_partition(shape, output, output->disk, 0, output->at);
			output->left = 0;
		}
		if (reader_page(reader, pfn, &page) != OK)
			die("pfn %#" PRIx64 " cannot be read", pfn);
		put_page(output, page);
		done++;
	}
	put_partition(shape, output, output->disk, shape->media ? BLOCK : 0, output->at);
}

static void write_all(struct shape *shape, struct output *output, const struct source *source)
{
	struct layout layout = { .max_mapnr = pfn_up(&source->target, source->end) };
	struct reader *reader;

	layout.map_blocks = (layout.max_mapnr + 8 * BLOCK - 1) / (8 * BLOCK);
	layout.sub_blocks = (4 + shape->cpus * (GUID + STATE) + BLOCK - 1) / BLOCK;
	layout.header_at = shape->media || shape->disks > 1 ? 2 * BLOCK : BLOCK;
	uint64_t maps_at = layout.header_at + (1 + layout.sub_blocks) * BLOCK;
	uint64_t bytes = layout.map_blocks * BLOCK;
	uint8_t *ram = calloc(1, bytes), *data = calloc(1, bytes);
	if (!ram || !data || reader_create(source, &reader) != OK)
		die("no memory");
	if (shape->media)
		put_media(output);
	if (shape->disks > 1)
		put_set(shape, output);
	put_dump(shape, output, &layout);
	put_cpus(shape, output, layout.header_at + BLOCK, source);
	uint64_t count = make_maps(shape, source, reader, &layout, ram, data);
	put(output, 0, maps_at, ram, bytes);
	put(output, 0, maps_at + bytes, data, bytes);
	output->at = maps_at + 2 * bytes;
	output->left = UINT64_MAX;
	put_data(shape, output, reader, &layout, data, count);
	reader_destroy(reader);
	free(ram);
	free(data);
}

static void option(struct shape *shape, const char *name, const char *value)
{
	const struct {
		const char *name;
		bool *is;         /* or */
		uint64_t *number;
	} options[] = {
		{ "media", &shape->media, NULL },      { "all", &shape->all, NULL },
		{ "version", NULL, &shape->version },  { "cpus", NULL, &shape->cpus },
		{ "zone", NULL, &shape->zone },        { "apic", NULL, &shape->first_id },
		{ "step", NULL, &shape->id_step },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strcmp(name, options[i].name) != 0)
			continue;
		if (options[i].is)
			*options[i].is = true;
		else
			*options[i].number = strtoull(value, NULL, 0);
		return;
	}
	die("there is no option \"%s\"", name);
}

int main(int argc, char **argv)
{
	struct shape shape = { .version = 1, .cpus = 1, .id_step = 1 };
	struct source source = { .mapping = MAPPING_NONE };
	struct output output = { 0 };
	int at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		char *value = strchr(argv[at], '=');
		if (value)
			*value++ = 0;
		option(&shape, argv[at] + 1, value ? value : "");
	}
	if (argc - at < 2 || argc - at > 1 + DISKS)
		die("usage: mksadump [-OPTION[=VALUE]...] IN OUT...");
	fault_setup();
	source.name = argv[at++];
	if (source_open(&source) != OK)
		die("%s", err_text());
	source.target = (struct target){ 8, false, 12, 8 };
	for (; at < argc; at++) {
		output.fd[shape.disks] = open(argv[at], O_RDWR | O_CREAT | O_TRUNC, 0600);
		if (output.fd[shape.disks++] < 0)
			die("%s: cannot be made", argv[at]);
	}
	write_all(&shape, &output, &source);
	source_close(&source);
	return 0;
}
