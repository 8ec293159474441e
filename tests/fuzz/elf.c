// SPDX-License-Identifier: GPL-2.0-only
/* elf.c - fuzz the ELF reader: open a file of any bytes, read every piece of memory it claims. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fault.h"
#include "input/source.h"

enum { PIECES = 64 };

static void read_all(const struct source *source, struct reader *reader)
{
	paddr_t at = 0;

	for (int i = 0; i < PIECES && at < source->end; i++) {
		const uint8_t *bytes;
		volatile uint8_t sum = 0;
		size_t size = 1 << 20;
		err_t result = reader_lend(reader, at, &bytes, &size);
		for (size_t j = 0; result == OK && j < size; j++)
			sum += bytes[j];
		(void)sum;
		reader_page(reader, at >> 12, &bytes);
		if (size == 0)
			__builtin_trap(); /* a loan must move on, or callers hang */
		at += size;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[32];
	int file = memfd_create("fuzz", 0);

	if (file < 0 || write(file, data, size) != (ssize_t)size)
		return 0;
	fault_setup();
	snprintf(name, sizeof(name), "/dev/fd/%d", file);
	for (int map = 0; map < 2; map++) {
		struct source source = { .name = name,
					 .mapping = map ? MAPPING_ANY : MAPPING_NONE };
		struct reader *reader;
		if (source_open(&source) != OK)
			continue;
		source.target = (struct target){ .word_bytes = 8, .page_shift = 12,
						 .big_endian = source.big_endian, .align_64 = 8 };
		uint64_t words[4] = { 0 };
		source.format->pages(&source, 0, 256, false, words);
		if (reader_create(&source, &reader) == OK) {
			read_all(&source, reader);
			reader_destroy(reader);
		}
		source_close(&source);
	}
	close(file);
	return 0;
}
