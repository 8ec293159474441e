// SPDX-License-Identifier: GPL-2.0-only
/* dwarf.c - fuzz reading a vmlinux: symbols, who it is, and its debug information. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "facts/vmcoreinfo.h"
#include "facts/vmlinux.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct facts facts;
	char name[32], *text = NULL;
	size_t bytes = 0;
	int file = memfd_create("fuzz", 0);

	if (file < 0 || write(file, data, size) != (ssize_t)size)
		return 0;
	snprintf(name, sizeof(name), "/dev/fd/%d", file);
	facts = (struct facts){ 0 };
	FILE *out = open_memstream(&text, &bytes);
	if (vmlinux_read(name, &facts) == OK && out)
		vmcoreinfo_write(&facts, out);
	if (out)
		fclose(out);
	free(text);
	close(file);
	return 0;
}
