// SPDX-License-Identifier: GPL-2.0-only
/* kdump.c - fuzz dump files as input: open a file of any bytes, read every page. What pages() tells
 * and what a reader finds must be the same, mapped or not; and so must the counts. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fault.h"
#include "input/kdump.h"
#include "tests/fuzz/pages.h"

enum { PAGES = 256 };

/* What is counted as present is what pages() tells. */
static void count_pages(const struct source *source, struct reader *reader)
{
	uint64_t data[PAGES / 64] = { 0 };
	struct kdump_counts counts;

	kdump_count(reader, &counts);
	if (source->kdump->max_mapnr > PAGES)
		return;
	uint64_t present = counts.raw + counts.zero + counts.damaged;
	for (unsigned bit = 0; bit < KDUMP_CODEC_BITS; bit++)
		present += counts.packed[bit];
	source->format->pages(source, 0, PAGES, true, data);
	check(present == bits_count(data, 0, PAGES));
	check(counts.missing + counts.elsewhere == source->stored.missing);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char name[32];
	int file = memfd_create("fuzz", 0);

	if (file < 0 || write(file, bytes, size) != (ssize_t)size)
		return 0;
	fault_setup();
	snprintf(name, sizeof(name), "/dev/fd/%d", file);
	for (int map = 0; map < 2; map++) {
		struct source source = { .name = name,
					 .mapping = map ? MAPPING_ANY : MAPPING_NONE };
		struct reader *reader;
		if (source_open(&source) != OK)
			continue;
		if (source.stored.known && reader_create(&source, &reader) == OK) {
			uint64_t all[PAGES / 64] = { 0 }, data[PAGES / 64] = { 0 };
			read_pages(&source, reader, PAGES, all, data);
			count_pages(&source, reader);
			reader_destroy(reader);
		}
		source_close(&source);
	}
	close(file);
	return 0;
}
