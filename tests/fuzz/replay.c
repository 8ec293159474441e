// SPDX-License-Identifier: GPL-2.0-only
/* replay.c - the main() of a fuzz target where there is no fuzzer: feeds it the files named. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	static uint8_t bytes[4 << 20];

	if (argc < 2)
		return 1;
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		if (!file) {
			perror(argv[i]);
			return 1;
		}
		size_t size = fread(bytes, 1, sizeof(bytes), file);
		fclose(file);
		/* A copy of the exact size, so that sanitizers see a byte too far. */
		uint8_t *exact = malloc(size ? size : 1);
		for (size_t at = 0; at < size; at++)
			exact[at] = bytes[at];
		LLVMFuzzerTestOneInput(exact, size);
		free(exact);
	}
	return 0;
}
