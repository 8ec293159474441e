// SPDX-License-Identifier: GPL-2.0-only
/* snappy.c - snappy raw blocks (the length stands inside). */
#include "codec/codec.h"

#include "diskdump_mod.h"

#ifdef HAVE_SNAPPY

#include <snappy-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Snappy keeps no state between calls, but asks for memory in each, by C++'s new: where there is
 * none, that throws, which no C code can catch, and the process is aborted. So a state is memory
 * set aside, more than a call asks for (its table and two blocks of 64 KiB), and what new calls
 * before it tries again gives it back. */
enum { ASIDE_BYTES = 1 << 20 };

struct state {
	void *aside;
};

static _Thread_local struct state *packing;

/* std::set_new_handler(). Weak: it comes with the library that snappy itself needs. */
typedef void (*new_handler)(void);
extern new_handler set_new_handler(new_handler) __asm__("_ZSt15set_new_handlerPFvvE")
	__attribute__((weak));

static void give_back(void)
{
	if (!packing || !packing->aside) {
		fputs("makedumpfile: no memory for snappy\n", stderr);
		_exit(1);
	}
	free(packing->aside);
	packing->aside = NULL;
}

static void destroy(void *state)
{
	struct state *of = state;

	if (of)
		free(of->aside);
	free(of);
}

static void *create(size_t size)
{
	struct state *state = calloc(1, sizeof(*state));

	(void)size;
	if (state)
		state->aside = malloc(ASIDE_BYTES);
	if (!state || !state->aside) {
		destroy(state);
		return NULL;
	}
	if (set_new_handler)
		set_new_handler(give_back);
	return state;
}

static size_t bound(size_t size)
{
	return snappy_max_compressed_length(size);
}

static size_t pack(void *state, const uint8_t *in, size_t size, uint8_t *out)
{
	size_t packed = bound(size);
	struct state *of = state;

	if (!of->aside && !(of->aside = malloc(ASIDE_BYTES)))
		return 0;
	packing = of;
	snappy_status status = snappy_compress((const char *)in, size, (char *)out, &packed);
	packing = NULL;
	return status == SNAPPY_OK && packed < size ? packed : 0;
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
