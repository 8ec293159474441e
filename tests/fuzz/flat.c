// SPDX-License-Identifier: GPL-2.0-only
/* flat.c - fuzz flattened streams: any bytes; what they stand for must be what the records say when
 * they are put down one after the other. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "input/file.h"
#include "input/flat.h"

enum { IMAGE_MOST = 1 << 20 };

/* The stream is known to be good, but for its end. */
static void put_down(const uint8_t *bytes, size_t size, uint8_t *image)
{
	for (size_t at = 4096; at + 16 <= size;) {
		uint64_t to = get_64(true, bytes + at), length = get_64(true, bytes + at + 8);
		if (length == UINT64_MAX)
			return;
		at += 16;
		length = min_u64(length, size - at);
		memcpy(image + to, bytes + at, length);
		at += length;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct source source = { .name = "fuzz", .file_bytes = size };

	source.fd = memfd_create("fuzz", 0);
	if (source.fd < 0 || write(source.fd, bytes, size) != (ssize_t)size)
		return 0;
	if (flat_probe(bytes, size) && flat_open(&source) == OK) {
		uint8_t *image = calloc(1, IMAGE_MOST), *got = calloc(1, IMAGE_MOST);
		if (source.file_bytes <= IMAGE_MOST) {
			put_down(bytes, size, image);
			size_t have = file_some(&source, 0, got, IMAGE_MOST);
			if (have != source.file_bytes || memcmp(image, got, have) != 0)
				__builtin_trap();
		}
		free(image);
		free(got);
		flat_close(&source);
	}
	close(source.fd);
	return 0;
}
