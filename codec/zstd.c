// SPDX-License-Identifier: GPL-2.0-only
/* zstd.c - one zstd frame per page, level 1. */
#include "codec/codec.h"

#include "diskdump_mod.h"

#ifdef HAVE_ZSTD

#include <stdlib.h>
#include <zstd.h>

static void destroy(void *state)
{
	ZSTD_freeCCtx(state);
}

static size_t bound(size_t size)
{
	return size;
}

static size_t pack(void *state, const uint8_t *in, size_t size, uint8_t *out)
{
	size_t packed = ZSTD_compressCCtx(state, out, size - 1, in, size, 1);

	return ZSTD_isError(packed) ? 0 : packed;
}

/* The library asks for a state's memory with the first block, and needs no more for others of its
 * size. Zeros pack to little: where they do not, there was no memory. */
static bool has_memory(ZSTD_CCtx *state, size_t size)
{
	uint8_t *zeros = calloc(2, size);
	bool has = zeros && pack(state, zeros, size, zeros + size);

	free(zeros);
	return has;
}

static void *create(size_t size)
{
	ZSTD_CCtx *state = ZSTD_createCCtx();

	if (state && has_memory(state, size))
		return state;
	destroy(state);
	return NULL;
}

static void *create_unpack(void)
{
	return ZSTD_createDCtx();
}

static void destroy_unpack(void *state)
{
	ZSTD_freeDCtx(state);
}

static bool unpack(void *state, const uint8_t *in, size_t packed, uint8_t *out, size_t size)
{
	if (!state)
		return ZSTD_decompress(out, size, in, packed) == size;
	return ZSTD_decompressDCtx(state, out, size, in, packed) == size;
}

#endif

const struct codec codec_zstd = {
	.name = "zstd", .letter = 'z', .flag = DUMP_DH_COMPRESSED_ZSTD, .library = "zstd",
#ifdef HAVE_ZSTD
	.bound = bound, .create = create, .destroy = destroy, .pack = pack, .unpack = unpack,
	.create_unpack = create_unpack, .destroy_unpack = destroy_unpack,
#endif
};
