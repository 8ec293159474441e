// SPDX-License-Identifier: GPL-2.0-only
/* sadump.c - fuzz dumps by firmware: open a file of any bytes, alone and as both disks of a set,
 * with its magic numbers made right; read every page. What pages() tells and what a reader finds
 * must be the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "input/sadump.h"
#include "tests/fuzz/pages.h"

enum { PAGES = 1024, BLOCK = 4096, MAGIC = 168 };

/* A firmware's dump has data of every page it has. */
static void read_all(const struct source *source, struct reader *reader)
{
	uint64_t all[PAGES / 64] = { 0 }, data[PAGES / 64] = { 0 };

	read_pages(source, reader, PAGES, all, data);
	check(memcmp(all, data, sizeof(all)) == 0);
}

/* A partition header begins with bytes that nobody would find by chance. */
static void mend(uint8_t *bytes, size_t size, size_t at)
{
	if (at + BLOCK > size || memcmp(bytes + at, "sadump\0", 8) != 0)
		return;
	for (size_t i = at + MAGIC + 4; i < at + BLOCK; i += 4)
		put_32(false, bytes + i, (get_32(false, bytes + i - 4) + 7) * 11);
}

static void run(struct source *source)
{
	struct reader *reader;

	if (source_open(source) != OK)
		return;
	if (source->sadump && reader_create(source, &reader) == OK) {
		read_all(source, reader);
		reader_destroy(reader);
		check(sadump_move(source, (struct moved){ 0x1000, 0x5000, 0x8000 }) == OK);
		if (reader_create(source, &reader) == OK) {
			read_all(source, reader);
			reader_destroy(reader);
		}
	}
	source_close(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes = malloc(size + 1);
	char name[32];
	char *const more[] = { name };
	int file = memfd_create("fuzz", 0);

	if (bytes)
		memcpy(bytes, data, size);
	if (bytes && size >= BLOCK) {
		mend(bytes, size, 0);
		mend(bytes, size, BLOCK);
	}
	if (file >= 0 && bytes && write(file, bytes, size) == (ssize_t)size) {
		fault_setup();
		snprintf(name, sizeof(name), "/dev/fd/%d", file);
		for (int way = 0; way < 3; way++)
			run(&(struct source){ .name = name, .more_file = more,
					      .mapping = way ? MAPPING_ANY : MAPPING_NONE,
					      .more_files = way == 2 });
	}
	close(file);
	free(bytes);
	return 0;
}
