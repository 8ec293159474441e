// SPDX-License-Identifier: GPL-2.0-only
/* file.h - the bytes of the input by file offset, whether the file lies there as it is or as a
 * flattened stream (flat.h). The formats, and the windows, read through this door. */
#ifndef INPUT_FILE_H
#define INPUT_FILE_H

#include "input/source.h"

/* How many bytes there are at `at`, up to `size`; fewer only at the end of the file or where it
 * cannot be read. */
size_t file_some(const struct source *, uint64_t at, void *bytes, size_t size);

/* All bytes or an error. ERR_CORRUPT: the file ends before; ERR_IO: it cannot be read. The sentence
 * calls the bytes `what`. */
err_t file_read(const struct source *, uint64_t at, void *bytes, size_t size, const char *what);

/* Do [at, at + size) lie in the file? True where the file does not tell its size. */
bool file_has(const struct source *, uint64_t at, uint64_t size);

#endif
