// SPDX-License-Identifier: GPL-2.0-only
/* snappy.c - snappy raw blocks (the length stands inside). */
#include "codec/codec.h"

#include "diskdump_mod.h"

#ifdef HAVE_SNAPPY

#include <snappy-c.h>
#include <stdlib.h>

/* Snappy keeps no state between calls; a byte stands for "created". */
static void *create(size_t size)
{
	(void)size;
	return calloc(1, 1);
}

static void destroy(void *state)
{
	free(state);
}

static size_t bound(size_t size)
{
	return snappy_max_compressed_length(size);
}

static size_t pack(void *state, const uint8_t *in, size_t size, uint8_t *out)
{
	size_t packed = bound(size);

	(void)state;
	if (snappy_compress((const char *)in, size, (char *)out, &packed) != SNAPPY_OK)
		return 0;
	return packed < size ? packed : 0;
}

static bool unpack(void *state, const uint8_t *in, size_t packed, uint8_t *out, size_t size)
{
	size_t got;

	(void)state;
	if (snappy_uncompressed_length((const char *)in, packed, &got) != SNAPPY_OK || got != size)
		return false;
	return snappy_uncompress((const char *)in, packed, (char *)out, &got) == SNAPPY_OK;
}

#endif

const struct codec codec_snappy = {
	.name = "snappy", .letter = 'p', .flag = DUMP_DH_COMPRESSED_SNAPPY, .library = "snappy",
#ifdef HAVE_SNAPPY
	.bound = bound, .create = create, .destroy = destroy, .pack = pack, .unpack = unpack,
#endif
};
