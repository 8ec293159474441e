// SPDX-License-Identifier: GPL-2.0-only
/* codec.h - the compressors a kdump-compressed file can hold, one page at a time.
 * A codec is an entry in one table. A state belongs to one thread. Every codec is in every table,
 * also where its library was not built in: then create is NULL. */
#ifndef CODEC_CODEC_H
#define CODEC_CODEC_H

#include "base/err.h"
#include "base/types.h"

struct codec {
	const char *name;    /* as makedumpfile -v prints it */
	char letter;         /* the command line option that chooses it */
	uint32_t flag;       /* bit in the file's status word and in page descriptors */
	const char *library; /* what a build without it lacks */

	/* Bytes that pack() may touch behind `out` for `size` bytes of input. */
	size_t (*bound)(size_t size);

	/* State for packing blocks of at most `size` bytes. NULL result: no memory.
	 * NULL slot: this build cannot pack. */
	void *(*create)(size_t size);
	void (*destroy)(void *state);

	/* Pack `size` bytes; returns the packed size, or 0 when that is not smaller than `size`
	 * (or the library failed, which for the caller is the same: store the page raw). */
	size_t (*pack)(void *state, const uint8_t *in, size_t size, uint8_t *out);

	/* State for unpacking, so that no page needs memory of its own. NULL slots: none is needed.
	 */
	void *(*create_unpack)(void);
	void (*destroy_unpack)(void *state);

	/* Unpack into exactly `size` bytes; false: the bytes are damaged. Without a state (NULL)
	 * one is made for the call where it is needed. NULL slot: this build cannot. */
	bool (*unpack)(void *state, const uint8_t *in, size_t packed, uint8_t *out, size_t size);
};

extern const struct codec codec_zlib, codec_lzo, codec_snappy, codec_zstd;

/* NULL-terminated, in the order of the flags. */
extern const struct codec *const codecs[];

/* The codec of an option letter or of a descriptor flag; NULL: none has it. */
const struct codec *codec_by_letter(char letter);
const struct codec *codec_by_flag(uint32_t flag);

#endif
