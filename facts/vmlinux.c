// SPDX-License-Identifier: GPL-2.0-only
/* vmlinux.c - symbols, release and build id of a kernel file; dwarf.c reads the types. */
#include "facts/vmlinux.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/scope.h"
#include "facts/debugfile.h"
#include "facts/dwarf.h"
#include "input/notes.h"

static err_t know_file(struct vmlinux *vmlinux)
{
	GElf_Ehdr header;
	size_t bytes = 0;

	elf_version(EV_CURRENT);
	vmlinux->elf = elf_begin(vmlinux->fd, ELF_C_READ_MMAP, NULL);
	if (!vmlinux->elf || elf_kind(vmlinux->elf) != ELF_K_ELF ||
	    !gelf_getehdr(vmlinux->elf, &header))
		return fail(ERR_CORRUPT, "%s: is not an ELF file", vmlinux->name);
	if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
		return fail(ERR_CORRUPT, "%s: is not an executable (e_type %u)", vmlinux->name,
			    header.e_type);
	char *start = elf_rawfile(vmlinux->elf, &bytes);
	vmlinux->mapped = (struct fault_area){ .start = (uintptr_t)start, .bytes = bytes };
	fault_enter(&vmlinux->mapped);
	vmlinux->machine = header.e_machine;
	vmlinux->word_bytes = header.e_ident[EI_CLASS] == ELFCLASS64 ? 8 : 4;
	vmlinux->big_endian = header.e_ident[EI_DATA] == ELFDATA2MSB;
	return OK;
}

err_t vmlinux_open(struct vmlinux *vmlinux, const char *name)
{
	*vmlinux = (struct vmlinux){ .name = name };
	vmlinux->fd = open(name, O_RDONLY | O_CLOEXEC);
	if (vmlinux->fd < 0)
		return fail(ERR_USAGE, "Can't open the kernel file(%s). %s", name, strerror(errno));
	err_t result = know_file(vmlinux);
	if (result != OK)
		vmlinux_close(vmlinux);
	return result;
}

void vmlinux_close(struct vmlinux *vmlinux)
{
	fault_leave(&vmlinux->mapped);
	elf_end(vmlinux->elf);
	vmlinux->elf = NULL;
	close(vmlinux->fd);
	vmlinux->fd = -1;
}

/* --- sections --- */

/* The next section of a type behind `from` (NULL: from the start). */
static Elf_Scn *next_section(Elf *elf, Elf_Scn *from, uint32_t type, GElf_Shdr *ret)
{
	while ((from = elf_nextscn(elf, from)))
		if (gelf_getshdr(from, ret) && ret->sh_type == type)
			return from;
	return NULL;
}

/* Read up to `size` bytes of the linked image. Returns how many there are. */
static size_t read_image(const struct vmlinux *vmlinux, vaddr_t at, void *bytes, size_t size)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = next_section(vmlinux->elf, section, SHT_PROGBITS, &header))) {
		if (!(header.sh_flags & SHF_ALLOC) || at < header.sh_addr ||
		    at - header.sh_addr >= header.sh_size)
			continue;
		uint64_t skip = at - header.sh_addr, from;
		size_t have = (size_t)min_u64(size, header.sh_size - skip);
		if (__builtin_add_overflow(header.sh_offset, skip, &from) ||
		    from > (uint64_t)INT64_MAX - have)
			return 0;
		return io_read(vmlinux->fd, vmlinux->name, from, bytes, have) == OK ? have : 0;
	}
	return 0;
}

/* --- symbols --- */

static bool is_page_size(uint64_t bytes)
{
	return bytes >= 4096 && bytes <= 65536 && !(bytes & (bytes - 1));
}

static void answer_symbol(struct asks *asks, const char *name, const GElf_Sym *symbol,
			  const char *file)
{
	for (struct ask *ask = asks_find(asks, name); ask; ask = asks_more(asks, ask, name)) {
		if (ask->what == ASK_SYMBOL && symbol->st_value)
			ask_answer(asks, ask, symbol->st_value, file);
		/* One page of zeros, where it is an array. */
		if (ask->what == ASK_SYMBOL_SIZE && is_page_size(symbol->st_size))
			ask_answer(asks, ask, symbol->st_size, file);
	}
}

/* The symbol table, and its names. */
struct symbols {
	Elf_Data *table;
	const char *names;
	size_t names_bytes; /* the last one is a NUL */
	size_t count;
};

static err_t find_symbols(const struct vmlinux *vmlinux, struct symbols *ret)
{
	GElf_Shdr header;
	Elf_Scn *section = next_section(vmlinux->elf, NULL, SHT_SYMTAB, &header);

	if (!section)
		return fail(ERR_CORRUPT, "%s: no symbol table (.symtab)", vmlinux->name);
	Elf_Scn *strings = elf_getscn(vmlinux->elf, header.sh_link);
	Elf_Data *names = strings ? elf_getdata(strings, NULL) : NULL;
	ret->table = elf_getdata(section, NULL);
	if (!ret->table || !header.sh_entsize || !names || !names->d_buf || !names->d_size)
		return fail(ERR_CORRUPT, "%s: damaged symbol table: %s", vmlinux->name,
			    elf_errmsg(-1));
	ret->names = names->d_buf;
	ret->names_bytes = names->d_size;
	ret->count = header.sh_size / header.sh_entsize;
	if (ret->names[ret->names_bytes - 1])
		return fail(ERR_CORRUPT, "%s: damaged symbol table: the last name has no end",
			    vmlinux->name);
	return OK;
}

static bool take_symbol(const struct symbols *symbols, size_t place, GElf_Sym *ret)
{
	return place <= INT32_MAX && gelf_getsym(symbols->table, (int)place, ret) &&
	       ret->st_shndx != SHN_UNDEF && ret->st_name < symbols->names_bytes;
}

/* The lowest address above pkmap_count: where its array ends, for i386. */
static void answer_next(const struct symbols *symbols, struct facts *facts, const char *file)
{
	uint64_t next = UINT64_MAX, at = fact_or(facts, SYMBOL_PKMAP_COUNT, UINT64_MAX);
	GElf_Sym symbol;

	if (at == UINT64_MAX || fact_known(facts, SYMBOL_PKMAP_COUNT_NEXT))
		return;
	for (size_t i = 0; i < symbols->count && take_symbol(symbols, i, &symbol); i++)
		if (symbol.st_value > at && symbol.st_value < next)
			next = symbol.st_value;
	if (next != UINT64_MAX)
		fact_set(facts, SYMBOL_PKMAP_COUNT_NEXT, next, file);
}

static err_t read_symbols(const struct vmlinux *vmlinux, struct asks *asks)
{
	struct symbols symbols = { 0 };
	GElf_Sym symbol;

	TRY(find_symbols(vmlinux, &symbols));
	for (size_t i = 0; i < symbols.count; i++)
		if (take_symbol(&symbols, i, &symbol))
			answer_symbol(asks, symbols.names + symbol.st_name, &symbol, vmlinux->name);
	answer_next(&symbols, asks->facts, vmlinux->name);
	return OK;
}

err_t vmlinux_symbols(struct vmlinux *vmlinux, vmlinux_visit *visit, void *argument)
{
	struct symbols symbols = { 0 };
	GElf_Sym symbol;

	TRY(find_symbols(vmlinux, &symbols));
	for (size_t i = 0; i < symbols.count; i++)
		if (take_symbol(&symbols, i, &symbol) && symbol.st_value)
			visit(argument, symbols.names + symbol.st_name, symbol.st_value);
	return vmlinux->mapped.count ? fail(ERR_IO, "%s: a part of the file cannot be read",
					    vmlinux->name) : OK;
}

/* --- which kernel it is --- */

static void take_release(const struct vmlinux *vmlinux, const char *text, struct facts *facts)
{
	size_t length = strcspn(text, " \n");

	if (length && length < RELEASE_BYTES && !fact_known(facts, TEXT_OSRELEASE))
		fact_set_text(facts, TEXT_OSRELEASE, text, length, vmlinux->name);
}

/* The initial value of utsname: six fields, of which the third is the release. */
static void release_of_utsname(const struct vmlinux *vmlinux, struct facts *facts)
{
	enum { RELEASE_FIELD = 2 };
	vaddr_t at = fact_or(facts, SYMBOL_SYSTEM_UTSNAME, 0);
	char release[RELEASE_BYTES + 1] = "";

	if (!at && fact_known(facts, SYMBOL_INIT_UTS_NS) &&
	    fact_known(facts, OFFSET_UTS_NAMESPACE_NAME))
		at = facts->value[SYMBOL_INIT_UTS_NS] + facts->value[OFFSET_UTS_NAMESPACE_NAME];
	if (at && read_image(vmlinux, at + (uint64_t)RELEASE_FIELD * UTS_FIELD, release, UTS_FIELD))
		take_release(vmlinux, release, facts);
}

/* "Linux version 6.1.0 (builder...": init/version.c, the same since 2.6. */
static void release_of_banner(const struct vmlinux *vmlinux, struct facts *facts)
{
	static const char begin[] = "Linux version ";
	char banner[sizeof(begin) + RELEASE_BYTES] = "";

	if (fact_known(facts, SYMBOL_LINUX_BANNER) &&
	    read_image(vmlinux, facts->value[SYMBOL_LINUX_BANNER], banner, sizeof(banner) - 1) &&
	    !strncmp(banner, begin, sizeof(begin) - 1))
		take_release(vmlinux, banner + sizeof(begin) - 1, facts);
}

static void take_build_id(const struct vmlinux *vmlinux, const struct note *note,
			  struct facts *facts)
{
	char text[BUILD_ID_BYTES] = "";

	if (!note->desc_bytes || note->desc_bytes > (BUILD_ID_BYTES - 1) / 2)
		return;
	for (uint32_t i = 0; i < note->desc_bytes; i++)
		snprintf(text + (size_t)2 * i, 3, "%02x", note->desc[i]);
	fact_set_text(facts, TEXT_BUILD_ID, text, strlen(text), vmlinux->name);
}

static void read_build_id(const struct vmlinux *vmlinux, struct facts *facts)
{
	enum { BUILD_ID = 3 }; /* NT_GNU_BUILD_ID */
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	struct note note;

	while (!fact_known(facts, TEXT_BUILD_ID) &&
	       (section = next_section(vmlinux->elf, section, SHT_NOTE, &header))) {
		Elf_Data *data = elf_rawdata(section, NULL);
		if (!data || !data->d_buf)
			continue;
		for (size_t at = 0; note_next(vmlinux->big_endian, data->d_buf, data->d_size, &at,
					      &note);)
			if (note_is(&note, "GNU", BUILD_ID) && !fact_known(facts, TEXT_BUILD_ID))
				take_build_id(vmlinux, &note, facts);
	}
}

/* --- what stands in another file --- */

/* Is there a section of that name? Debug information may be compressed, and then has another. */
static bool has_debug(const struct vmlinux *vmlinux)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_getshdrstrndx(vmlinux->elf, &names))
		return false;
	while ((section = elf_nextscn(vmlinux->elf, section))) {
		const char *name = gelf_getshdr(section, &header) && header.sh_type != SHT_NOBITS
			? elf_strptr(vmlinux->elf, names, header.sh_name) : NULL;
		if (name && (!strcmp(name, ".debug_info") || !strcmp(name, ".zdebug_info")))
			return true;
	}
	return false;
}

/* Is it the file for this kernel? Where one has no build id, its name must do. */
static bool belongs(const struct vmlinux *debug, const struct facts *facts)
{
	struct facts own = { 0 };

	read_build_id(debug, &own);
	return !own.build_id[0] || !facts->build_id[0] || !strcmp(own.build_id, facts->build_id);
}

/* The debug information of its own, or that of another file, which `debug` is then. False: there is
 * none. */
bool vmlinux_debug(const struct vmlinux *vmlinux, const struct facts *facts, struct vmlinux *debug)
{
	char path[PATH_MAX];

	for (unsigned n = 0; !has_debug(vmlinux) &&
	     debugfile_place(vmlinux->elf, vmlinux->name, facts->build_id, n, path); n++) {
		if (!path[0] || access(path, R_OK) || vmlinux_open(debug, path) != OK)
			continue;
		debug->name = vmlinux->name; /* `path` does not live long enough */
		if (has_debug(debug) && debug->machine == vmlinux->machine &&
		    belongs(debug, facts))
			return true;
		vmlinux_close(debug);
	}
	return false;
}

/* Types out of a file that is called `name`. */
static err_t read_types(struct Elf *elf, const char *name, struct asks *asks)
{
	struct dwarf dwarf;

	TRY(dwarf_open(&dwarf, elf, name));
	err_t result = dwarf_answer(&dwarf, asks);
	dwarf_close(&dwarf);
	return result;
}

static err_t read_both(const struct vmlinux *vmlinux, struct asks *asks)
{
	struct vmlinux debug;
	GElf_Shdr header;

	if (!vmlinux_debug(vmlinux, asks->facts, &debug)) {
		TRY(read_symbols(vmlinux, asks));
		return read_types(vmlinux->elf, vmlinux->name, asks);
	}
	bool stripped = !next_section(vmlinux->elf, NULL, SHT_SYMTAB, &header);
	err_t result = read_symbols(stripped ? &debug : vmlinux, asks);
	if (result == OK)
		result = read_types(debug.elf, vmlinux->name, asks);
	if (debug.mapped.count)
		result = fail(ERR_IO, "%s: a part of its debug information cannot be read",
			      vmlinux->name);
	vmlinux_close(&debug);
	return result;
}

static err_t take_facts(struct vmlinux *vmlinux, struct facts *facts)
{
	FREE_AT_END struct asks *asks = malloc(sizeof(*asks));

	if (!asks)
		return fail(ERR_NOMEM, "%s: no memory for %zu bytes", vmlinux->name, sizeof(*asks));
	read_build_id(vmlinux, facts);
	asks_init(asks, facts);
	TRY(read_both(vmlinux, asks));
	release_of_utsname(vmlinux, facts);
	release_of_banner(vmlinux, facts);
	return OK;
}

err_t vmlinux_facts(struct vmlinux *vmlinux, struct facts *facts)
{
	err_t result = take_facts(vmlinux, facts);

	if (vmlinux->mapped.count)
		return fail(ERR_IO, "%s: a part of the file cannot be read", vmlinux->name);
	return result;
}

err_t vmlinux_read(const char *name, struct facts *facts)
{
	struct vmlinux vmlinux;

	TRY(vmlinux_open(&vmlinux, name));
	err_t result = vmlinux_facts(&vmlinux, facts);
	vmlinux_close(&vmlinux);
	return result;
}
