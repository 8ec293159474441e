// SPDX-License-Identifier: GPL-2.0-only
/* split.c - fuzz sets of parts: --reassemble of up to three files of any bytes, --salvage of the
 * first, --verify of all. Byte 0 and 1 tell where the first ends, 2 and 3 where the second does,
 * in 16 bytes. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "makedumpfile.h"

enum { PARTS = 3, HEAD = 4 };

static bool put(int file, const uint8_t *data, size_t size)
{
	return file >= 0 && write(file, data, size) == (ssize_t)size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static FILE *nowhere;
	char name[PARTS + 1][32], *part[PARTS];
	int file[PARTS + 1];

	if (size < HEAD)
		return 0;
	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	const uint8_t *bytes = data + HEAD;
	size_t rest = size - HEAD, first = min_u64(rest, 16u * get_16(false, data));
	size_t second = min_u64(rest - first, 16u * get_16(false, data + 2));
	const size_t start[PARTS + 1] = { 0, first, first + second, rest };

	bool good = true;
	for (unsigned i = 0; i <= PARTS; i++) {
		file[i] = memfd_create("part", 0);
		if (i < PARTS)
			good &= put(file[i], bytes + start[i], start[i + 1] - start[i]);
		snprintf(name[i], sizeof(name[i]), "/dev/fd/%d", file[i]);
		part[i % PARTS] = i < PARTS ? name[i] : part[0];
	}
	struct plan plan = { .output = name[PARTS], .part = part, .replace = true,
			     .parts = start[PARTS] > start[2] ? 3 : start[2] > start[1] ? 2 : 1,
			     .say = { .text = nowhere } };
	fault_setup();
	if (good) {
		plan.job = JOB_REASSEMBLE;
		job_reassemble(&plan);
		plan.job = JOB_SALVAGE;
		plan.parts = 1;
		plan.input = name[0];
		job_salvage(&plan);
		plan.job = JOB_VERIFY;
		plan.part = part + 1;
		plan.parts = 2;
		job_verify(&plan);
	}
	for (unsigned i = 0; i <= PARTS; i++)
		close(file[i]);
	return 0;
}
