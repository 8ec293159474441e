// SPDX-License-Identifier: GPL-2.0-only
/* io.h - files by position: whole or an error, whatever the kernel returns in between. */
#ifndef BASE_IO_H
#define BASE_IO_H

#include "base/err.h"
#include "base/types.h"

/* Read exactly `size` bytes at `at`. ERR_HOLE (no text): the file ends before. ERR_IO: errno says.
 */
err_t io_read(int fd, const char *name, uint64_t at, void *bytes, size_t size);

/* Write all bytes at `at`. ERR_NOSPACE: full disk, quota or file size limit. ERR_IO: anything else.
 * The sentence is the one scripts know: Can't write the dump file(NAME). REASON */
err_t io_write(int fd, const char *name, uint64_t at, const void *bytes, size_t size);

/* The same for a pipe or terminal, which has no positions. ERR_STOPPED: a signal has asked to stop,
 * and then nothing more is written. */
err_t io_append(int fd, const char *name, const void *bytes, size_t size);

/* Read a whole small file into fresh memory (the caller frees it), with a NUL behind it.
 * ERR_USAGE: cannot be opened. ERR_CORRUPT: larger than `limit`. */
err_t io_slurp(const char *name, size_t limit, char **ret, size_t *ret_size);

#endif
