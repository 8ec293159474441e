// SPDX-License-Identifier: GPL-2.0-only
/* findinfo.c - fuzz finding vmcoreinfo: any bytes in the memory of a small kernel, behind its page
 * tables; the first of them say over what of the tables and notes the next ones go. */
#include <stdlib.h>

#include "kernel/findinfo.h"
#include "tests/unit/small_kernel.h"

enum { OVER_BYTES = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t memory[SMALL_BYTES];
	uint8_t notes[2 * SMALL_NOTE];
	struct memory_dump dump;
	struct found_info found;
	volatile char sum = 0;

	if (size < 4 + 2 * OVER_BYTES)
		return 0;
	small_kernel(memory);
	small_cpu(notes, SMALL_PGD, small_image + SMALL_IDT);
	small_cpu(notes + SMALL_NOTE, SMALL_PGD + 0x1000, small_image + SMALL_IDT);
	for (unsigned i = 0; i < OVER_BYTES; i++) {
		memory[(SMALL_PGD + get_16(false, data) + i) % SMALL_REST] ^= data[4 + i];
		notes[(get_16(false, data + 2) + i) % sizeof(notes)] ^= data[4 + OVER_BYTES + i];
	}
	data += 4 + 2 * OVER_BYTES;
	size = (size_t)min_u64(size - 4 - 2 * OVER_BYTES, SMALL_BYTES - SMALL_REST);
	memcpy(memory + SMALL_REST, data, size);
	memory_dump_init(&dump, memory, min_u64(SMALL_BYTES, SMALL_REST + round_up(size, 4096)));
	dump.source.end = dump.size;
	dump.source.notes = notes;
	dump.source.notes_bytes = sizeof(notes);
	if (findinfo(&dump.source, arch_find(EM_X86_64), NULL, &found) != OK)
		return 0;
	for (size_t i = 0; i < found.bytes; i++)
		sum += found.text[i];
	(void)sum;
	free(found.text);
	return 0;
}
