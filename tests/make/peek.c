// SPDX-License-Identifier: GPL-2.0-only
/* peek.c - look into a dump by the addresses of its kernel: peek DUMP < QUESTIONS. A line each:
 *     t VADDR          its physical address, or -; bytes mapped alike; the tables walked
 *     r VADDR BYTES    memory in hexadecimal, or -
 *     p PADDR BYTES    the same by physical address
 *     i                vmcoreinfo, ended by an empty line
 * It asks arch/ and facts/ alone, so that tests see what they say and nothing behind them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "facts/vmcoreinfo.h"
#include "input/notes.h"

enum { LINE_BYTES = 256, READ_MOST = 1 << 20 };

struct peek {
	struct source source;
	struct notes_found notes;
	struct facts facts;
	struct space space;
	struct reader *bytes, *tables;
};

static void must(err_t result)
{
	if (result == OK)
		return;
	fprintf(stderr, "peek: %s\n", result == ERR_HOLE ? "not there" : err_text());
	exit(1);
}

static void open_dump(struct peek *peek, const char *name)
{
	struct source *source = &peek->source;

	*source = (struct source){ .name = name, .mapping = MAPPING_NONE };
	must(source_open(source));
	const struct arch *arch = arch_find(source->elf_machine);
	notes_scan(source->big_endian, source->notes, source->notes_bytes, &peek->notes);
	if (!arch || !peek->notes.vmcoreinfo)
		must(fail(ERR_UNSUPPORTED, "%s: the machine or vmcoreinfo is missing", name));
	must(vmcoreinfo_read(&peek->facts, (const char *)peek->notes.vmcoreinfo,
			     peek->notes.vmcoreinfo_bytes, "the note"));
	if (!source->stored.known)
		source->target = (struct target){
			.word_bytes = arch->word_bytes, .big_endian = source->big_endian,
			.page_shift = (uint8_t)__builtin_ctzll(
				peek->facts.value[DECIMAL_PAGESIZE]),
			.align_64 = arch->align_64 };
	peek->space.target = source->target;
	must(arch->setup(&peek->space, &peek->facts, source));
	must(reader_create(source, &peek->bytes));
	must(reader_create(source, &peek->tables));
}

static void translate(struct peek *peek, vaddr_t at)
{
	struct table_walk seen = { 0 };
	paddr_t found;
	uint64_t run;
	err_t result = space_walk(&peek->space, peek->tables, at, &found, &run, &seen);

	if (result == OK)
		printf("%#" PRIx64 " %#" PRIx64, found, run);
	else
		printf("%s", result == ERR_HOLE ? "-" : err_text());
	for (unsigned i = 0; i < seen.levels; i++)
		printf(" %#" PRIx64 ":%#" PRIx64, seen.level[i].at, seen.level[i].entry);
	putchar('\n');
}

static bool read_virtual(struct peek *peek, vaddr_t at, uint8_t *to, size_t size)
{
	paddr_t found;
	uint64_t run;

	for (size_t step; size; size -= step, at += step, to += step) {
		if (space_translate(&peek->space, peek->tables, at, &found, &run) != OK)
			return false;
		step = (size_t)min_u64(size, run);
		if (reader_read(peek->bytes, found, to, step) != OK)
			return false;
	}
	return true;
}

static void show(struct peek *peek, bool by_virtual, uint64_t at, uint64_t size)
{
	static uint8_t bytes[READ_MOST];

	if (size > READ_MOST)
		must(fail(ERR_USAGE, "%" PRIu64 " bytes are too many", size));
	bool got = by_virtual ? read_virtual(peek, at, bytes, (size_t)size)
			      : reader_read(peek->bytes, at, bytes, (size_t)size) == OK;
	for (uint64_t i = 0; got && i < size; i++)
		printf("%02x", bytes[i]);
	puts(got ? "" : "-");
}

static void answer(struct peek *peek, const char *line)
{
	uint64_t at = 0, size = 8;
	char what = 0;

	sscanf(line, "%c %" SCNx64 " %" SCNu64, &what, &at, &size);
	if (what == 't')
		translate(peek, at);
	else if (what == 'i')
		printf("%.*s\n", (int)peek->notes.vmcoreinfo_bytes,
		       (const char *)peek->notes.vmcoreinfo);
	else
		show(peek, what == 'r', at, size);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static struct peek peek;
	char line[LINE_BYTES];

	if (argc != 2)
		must(fail(ERR_USAGE, "usage: peek DUMP < QUESTIONS"));
	open_dump(&peek, argv[1]);
	while (fgets(line, sizeof(line), stdin))
		answer(&peek, line);
	reader_destroy(peek.tables);
	reader_destroy(peek.bytes);
	source_close(&peek.source);
	return 0;
}
