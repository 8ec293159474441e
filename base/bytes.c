// SPDX-License-Identifier: GPL-2.0-only
/* bytes.c - the zero test: every page that is kept is looked at once by it. */
#include "base/bytes.h"

#include <string.h>

enum { STRIDE = 64 };

static uint64_t or_stride(const uint8_t *bytes)
{
	uint64_t word[STRIDE / 8], any = 0;

	memcpy(word, bytes, STRIDE);
	for (unsigned i = 0; i < STRIDE / 8; i++)
		any |= word[i];
	return any;
}

bool all_zero(const uint8_t *bytes, size_t size)
{
	for (; size >= STRIDE; bytes += STRIDE, size -= STRIDE)
		if (or_stride(bytes))
			return false;
	for (; size; bytes++, size--)
		if (*bytes)
			return false;
	return true;
}
