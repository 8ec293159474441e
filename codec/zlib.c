// SPDX-License-Identifier: GPL-2.0-only
/* zlib.c - zlib streams, level 1: by libdeflate where it is built in (about twice as fast on single
 * pages), else by zlib itself. Either reads what the other wrote. */
#include "codec/codec.h"

#include "diskdump_mod.h"

#ifdef HAVE_LIBDEFLATE

#include <libdeflate.h>

static void *create(size_t size)
{
	(void)size;
	return libdeflate_alloc_compressor(1);
}

static void destroy(void *state)
{
	libdeflate_free_compressor(state);
}

static size_t bound(size_t size)
{
	return size;
}

static size_t pack(void *state, const uint8_t *in, size_t size, uint8_t *out)
{
	return libdeflate_zlib_compress(state, in, size, out, size - 1);
}

static void *create_unpack(void)
{
	return libdeflate_alloc_decompressor();
}

static void destroy_unpack(void *state)
{
	libdeflate_free_decompressor(state);
}

static bool unpack(void *state, const uint8_t *in, size_t packed, uint8_t *out, size_t size)
{
	void *own = state ? NULL : create_unpack();

	if (!state && !own)
		return false;
	enum libdeflate_result result =
		libdeflate_zlib_decompress(state ? state : own, in, packed, out, size, NULL);
	destroy_unpack(own);
	return result == LIBDEFLATE_SUCCESS;
}

#else

#include <stdlib.h>
#include <zlib.h>

static void *create(size_t size)
{
	z_stream *stream = calloc(1, sizeof(*stream));

	(void)size;
	if (stream && deflateInit(stream, 1) == Z_OK)
		return stream;
	free(stream);
	return NULL;
}

static void destroy(void *state)
{
	if (state)
		deflateEnd(state);
	free(state);
}

static size_t bound(size_t size)
{
	return size;
}

static size_t pack(void *state, const uint8_t *in, size_t size, uint8_t *out)
{
	z_stream *stream = state;

	if (deflateReset(stream) != Z_OK)
		return 0;
	stream->next_in = (Bytef *)(uintptr_t)in;
	stream->avail_in = (uInt)size;
	stream->next_out = out;
	stream->avail_out = (uInt)(size - 1);
	return deflate(stream, Z_FINISH) == Z_STREAM_END ? stream->total_out : 0;
}

static void *create_unpack(void)
{
	z_stream *stream = calloc(1, sizeof(*stream));

	if (stream && inflateInit(stream) == Z_OK)
		return stream;
	free(stream);
	return NULL;
}

static void destroy_unpack(void *state)
{
	if (state)
		inflateEnd(state);
	free(state);
}

static bool unpack(void *state, const uint8_t *in, size_t packed, uint8_t *out, size_t size)
{
	void *own = state ? NULL : create_unpack();
	z_stream *stream = state ? state : own;

	if (!stream || inflateReset(stream) != Z_OK) {
		destroy_unpack(own);
		return false;
	}
	stream->next_in = (Bytef *)(uintptr_t)in;
	stream->avail_in = (uInt)packed;
	stream->next_out = out;
	stream->avail_out = (uInt)size;
	bool whole = inflate(stream, Z_FINISH) == Z_STREAM_END && stream->total_out == size;
	destroy_unpack(own);
	return whole;
}

#endif

const struct codec codec_zlib = {
	.name = "zlib", .letter = 'c', .flag = DUMP_DH_COMPRESSED_ZLIB, .library = "zlib",
	.bound = bound, .create = create, .destroy = destroy, .pack = pack, .unpack = unpack,
	.create_unpack = create_unpack, .destroy_unpack = destroy_unpack,
};
