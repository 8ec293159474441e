// SPDX-License-Identifier: GPL-2.0-only
/* dump.c - fuzz the whole job: any bytes as vmcore, -cd31 --dry-run and a real file in memory. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fault.h"
#include "makedumpfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char in[32], out[32];
	int file = memfd_create("in", 0), made = memfd_create("out", 0);

	if (file < 0 || made < 0 || write(file, data, size) != (ssize_t)size)
		return 0;
	fault_setup();
	snprintf(in, sizeof(in), "/dev/fd/%d", file);
	snprintf(out, sizeof(out), "/dev/fd/%d", made);
	struct plan plan = {
		.input = in, .output = out, .level = { 31 }, .levels = 1, .codec_letter = 'l',
		.cyclic = true, .cyclic_bytes = 4096, .block_order = -1, .replace = true,
		.dry_run = size & 1,
	};
	job_dump(&plan);
	close(made);
	close(file);
	return 0;
}
