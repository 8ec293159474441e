// SPDX-License-Identifier: GPL-2.0-only
/* lzo.c - LZO1X-1 raw blocks. The library has variants with smaller tables, which are cleared in
 * less time for each page; their blocks read the same, but are not those that others write. */
#include "codec/codec.h"

#include "diskdump_mod.h"

#ifdef HAVE_LZO

#include <lzo/lzo1x.h>
#include <stdlib.h>

static void *create(size_t size)
{
	(void)size;
	return lzo_init() == LZO_E_OK ? calloc(1, LZO1X_1_MEM_COMPRESS) : NULL;
}

static void destroy(void *state)
{
	free(state);
}

/* LZO has no limit on its output; this is its documented worst case. */
static size_t bound(size_t size)
{
	return size + size / 16 + 64 + 3;
}

static size_t pack(void *state, const uint8_t *in, size_t size, uint8_t *out)
{
	lzo_uint packed = 0;

	if (lzo1x_1_compress(in, size, out, &packed, state) != LZO_E_OK)
		return 0;
	return packed < size ? packed : 0;
}

static bool unpack(void *state, const uint8_t *in, size_t packed, uint8_t *out, size_t size)
{
	lzo_uint got = size;

	(void)state;
	return lzo1x_decompress_safe(in, packed, out, &got, NULL) == LZO_E_OK && got == size;
}

#endif

const struct codec codec_lzo = {
	.name = "lzo", .letter = 'l', .flag = DUMP_DH_COMPRESSED_LZO, .library = "lzo",
#ifdef HAVE_LZO
	.bound = bound, .create = create, .destroy = destroy, .pack = pack, .unpack = unpack,
#endif
};
