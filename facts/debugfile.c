// SPDX-License-Identifier: GPL-2.0-only
/* debugfile.c - the places that gdb's manual lists under "Separate Debug Files", and a folder of
 * build ids beside the file, where it was unpacked somewhere else. */
#include "facts/debugfile.h"

#include <gelf.h>
#include <stdio.h>
#include <string.h>

#define SYSTEM "/usr/lib/debug"

/* The name in .gnu_debuglink; NULL: there is none. */
static const char *link_name(Elf *elf)
{
	Elf_Scn *section = NULL;
	size_t names;
	GElf_Shdr header;

	if (elf_getshdrstrndx(elf, &names))
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		const char *name = gelf_getshdr(section, &header)
			? elf_strptr(elf, names, header.sh_name) : NULL;
		if (!name || strcmp(name, ".gnu_debuglink"))
			continue;
		Elf_Data *data = elf_rawdata(section, NULL);
		bool whole = data && data->d_buf && memchr(data->d_buf, 0, data->d_size);
		return whole && !strchr(data->d_buf, '/') ? data->d_buf : NULL;
	}
	return NULL;
}

bool debugfile_place(struct Elf *elf, const char *file, const char *build_id, unsigned n,
		     char path[PATH_MAX])
{
	const char *slash = strrchr(file, '/'), *name = link_name(elf);
	int folder = slash ? (int)(slash + 1 - file) : 0;
	int made = 0;

	path[0] = 0;
	switch (n) {
	case 0:
	case 1: /* two digits are the folder */
		if (strlen(build_id) > 2)
			made = snprintf(path, PATH_MAX, "%.*s/.build-id/%.2s/%s.debug",
					n ? (int)strlen(SYSTEM) : folder ? folder : 1,
					n ? SYSTEM : folder ? file : ".", build_id, build_id + 2);
		break;
	case 2:
		made = name ? snprintf(path, PATH_MAX, "%.*s%s", folder, file, name) : 0;
		break;
	case 3:
		made = name ? snprintf(path, PATH_MAX, "%.*s.debug/%s", folder, file, name) : 0;
		break;
	case 4:
		made = name ? snprintf(path, PATH_MAX, SYSTEM "/%.*s%s", folder, file, name) : 0;
		break;
	default:
		return false;
	}
	if (made >= PATH_MAX || !strcmp(path, file))
		path[0] = 0;
	return true;
}
