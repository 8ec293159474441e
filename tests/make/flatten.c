// SPDX-License-Identifier: GPL-2.0-only
/* flatten.c - a flattened stream from any file: flatten [SEED] < FILE > STREAM.
 * The records come in an order that SEED (not 0) shuffles, some overlap: first with wrong bytes,
 * later with the right ones; stretches of zeros are left out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "tests/test.h"

enum { PIECE = 3000, FILE_MOST = 64 << 20 };

static void put_record(uint64_t at, const uint8_t *bytes, uint64_t size)
{
	uint8_t header[16];

	put_64(true, header, at);
	put_64(true, header + 8, size);
	fwrite(header, 1, sizeof(header), stdout);
	if (size != UINT64_MAX)
		fwrite(bytes, 1, size, stdout);
}

static void put_pieces(const uint8_t *file, uint64_t size, uint64_t seed)
{
	uint64_t pieces = (size + PIECE - 1) / PIECE;
	uint64_t *order = calloc(pieces + 1, sizeof(*order));
	static const uint8_t wrong[2 * PIECE] = { [0 ... 2 * PIECE - 1] = 0x5a };

	for (uint64_t i = 0; i < pieces; i++)
		order[i] = i;
	for (uint64_t i = pieces; seed && i > 1; i--) {
		uint64_t other = next_random(&seed) % i, kept = order[i - 1];
		order[i - 1] = order[other];
		order[other] = kept;
	}
	for (uint64_t i = 0; seed && i + 3 < pieces; i += 1 + next_random(&seed) % 16)
		put_record(i * PIECE + next_random(&seed) % PIECE, wrong,
			   1 + next_random(&seed) % sizeof(wrong));
	for (uint64_t i = 0; i < pieces; i++) {
		uint64_t at = order[i] * PIECE, part = min_u64(PIECE, size - at);
		/* Without a seed nothing wrong lies beneath, and zeros may be left out. */
		if (seed || at + part == size || !all_zero(file + at, part))
			put_record(at, file + at, part);
	}
	free(order);
}

int main(int argc, char **argv)
{
	static const char signature[16] = "makedumpfile";
	uint8_t *file = malloc(FILE_MOST), header[4096] = { 0 };
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 0;

	if (!file)
		return 1;
	size_t size = fread(file, 1, FILE_MOST, stdin);
	memcpy(header, signature, sizeof(signature));
	put_64(true, header + 16, 1);
	put_64(true, header + 24, 1);
	fwrite(header, 1, sizeof(header), stdout);
	put_pieces(file, size, seed);
	put_record(UINT64_MAX, NULL, UINT64_MAX);
	free(file);
	return fflush(stdout) != 0;
}
