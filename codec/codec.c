// SPDX-License-Identifier: GPL-2.0-only
/* codec.c - the table. */
#include "codec/codec.h"

const struct codec *const codecs[] = { &codec_zlib, &codec_lzo, &codec_snappy, &codec_zstd, NULL };

const struct codec *codec_by_letter(char letter)
{
	for (const struct codec *const *at = codecs; *at; at++)
		if ((*at)->letter == letter)
			return *at;
	return NULL;
}

const struct codec *codec_by_flag(uint32_t flag)
{
	for (const struct codec *const *at = codecs; *at; at++)
		if ((*at)->flag == flag)
			return *at;
	return NULL;
}
