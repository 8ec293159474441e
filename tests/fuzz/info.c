// SPDX-License-Identifier: GPL-2.0-only
/* info.c - fuzz --info: any bytes as the dump, told as text and as JSON. What is told must be text
 * that a terminal takes and one line of JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fault.h"
#include "makedumpfile.h"

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void check_told(const char *text, size_t bytes, bool json)
{
	unsigned lines = 0;

	for (size_t i = 0; i < bytes; i++) {
		lines += text[i] == '\n';
		check(text[i] == '\n' || (uint8_t)text[i] >= ' ');
		check(json || text[i] == '\n' || (uint8_t)text[i] < 0x7f);
	}
	check(!json || lines == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char in[32];
	int file = memfd_create("in", 0);

	if (file < 0 || write(file, data, size) != (ssize_t)size)
		return 0;
	fault_setup();
	snprintf(in, sizeof(in), "/dev/fd/%d", file);
	for (int json = 0; json < 2; json++) {
		char *text = NULL;
		size_t bytes = 0;
		struct plan plan = { .job = JOB_INFO, .input = in, .json = json };
		plan.say.text = open_memstream(&text, &bytes);
		err_t result = job_info(&plan);
		fclose(plan.say.text);
		if (result == OK)
			check_told(text, bytes, json);
		free(text);
	}
	close(file);
	return 0;
}
