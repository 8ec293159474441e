// SPDX-License-Identifier: GPL-2.0-only
/* notes.c - fuzz the ELF notes: any bytes, either byte order. */
#include "input/notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	volatile unsigned sum = 0;

	for (int big = 0; big < 2; big++) {
		struct notes_found found;
		notes_scan(big, data, size, &found);
		for (size_t i = 0; i < found.vmcoreinfo_bytes; i++)
			sum += found.vmcoreinfo[i];
		(void)sum;
	}
	return 0;
}
