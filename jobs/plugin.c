// SPDX-License-Identifier: GPL-2.0-only
/* plugin.c - load a shared object, or say why not. */
#include "jobs/plugin.h"

#ifdef HAVE_LOADER

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/scope.h"

bool plugin_possible(void)
{
	return true;
}

/* Of this program, which is for the machine that a shared object must be for. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

static err_t check_header(const ElfW(Ehdr) *header)
{
	const ElfW(Ehdr) *own = &__ehdr_start;

	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
		return fail(ERR_CORRUPT, "it is no ELF file");
	if (header->e_ident[EI_CLASS] != own->e_ident[EI_CLASS] ||
	    header->e_ident[EI_DATA] != own->e_ident[EI_DATA] ||
	    header->e_machine != own->e_machine)
		return fail(ERR_CORRUPT, "it is for another machine: class %u, byte order %u, "
			    "machine %u instead of %u, %u, %u", header->e_ident[EI_CLASS],
			    header->e_ident[EI_DATA], header->e_machine, own->e_ident[EI_CLASS],
			    own->e_ident[EI_DATA], own->e_machine);
	if (header->e_type != ET_DYN || header->e_phentsize != sizeof(ElfW(Phdr)))
		return fail(ERR_CORRUPT, "it is no shared object");
	return OK;
}

/* What is mapped of it must be in it: reading behind the end of a file is a SIGBUS. */
static err_t check_whole(int fd, const char *path, const ElfW(Ehdr) *header, uint64_t file_bytes)
{
	ElfW(Phdr) part;
	uint64_t end;

	for (unsigned i = 0; i < header->e_phnum; i++) {
		uint64_t at = header->e_phoff + i * sizeof(part);
		if (io_read(fd, path, at, &part, sizeof(part)) != OK)
			return fail(ERR_CORRUPT, "program header %u of %u at %#" PRIx64
				    " cannot be read", i, header->e_phnum, at);
		if (__builtin_add_overflow(part.p_offset, part.p_filesz, &end) || end > file_bytes)
			return fail(ERR_CORRUPT, "program header %u: ends at %#" PRIx64
				    ", file has %#" PRIx64, i, end, file_bytes);
	}
	return OK;
}

static err_t check(const char *path)
{
	CLOSE_AT_END int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat stat;
	ElfW(Ehdr) header;

	if (fd < 0 || fstat(fd, &stat))
		return fail(ERR_IO, "%s", strerror(errno));
	if (!S_ISREG(stat.st_mode) || io_read(fd, path, 0, &header, sizeof(header)) != OK)
		return fail(ERR_CORRUPT, "it is no ELF file");
	TRY(check_header(&header));
	return check_whole(fd, path, &header, (uint64_t)stat.st_size);
}

err_t plugin_load(const char *path, void **ret)
{
	TRY(check(path));
	void *handle = dlopen(path, RTLD_NOW);
	if (!handle)
		return fail(ERR_IO, "%s", dlerror());
	*ret = handle;
	return OK;
}

void *plugin_symbol(void *handle, const char *name)
{
	return dlsym(handle, name);
}

void plugin_unload(void *handle)
{
	if (handle)
		dlclose(handle);
}

#else

bool plugin_possible(void)
{
	return false;
}

err_t plugin_load(const char *path, void **ret)
{
	(void)path;
	(void)ret;
	return fail(ERR_UNSUPPORTED, "a statically linked program can load nothing");
}

void *plugin_symbol(void *handle, const char *name)
{
	(void)handle;
	(void)name;
	return NULL;
}

void plugin_unload(void *handle)
{
	(void)handle;
}

#endif
