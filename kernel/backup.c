// SPDX-License-Identifier: GPL-2.0-only
/* backup.c - kexec_crash_image leads to the segments that kexec loaded; one of them is an ELF core
 * header. Of its PT_LOADs the one for low memory has the copy's place instead of its own. */
#include "kernel/backup.h"

#include <elf.h>
#include <string.h>

#include "base/bytes.h"

enum {
	SEGMENTS_MOST = 16,        /* KEXEC_SEGMENT_MAX */
	LOW_MOST = 0x9ffff,        /* below 640 KiB begins what is saved */
};

/* The physical address of the segment that begins as an ELF file does. */
static err_t find_core_header(struct memory *memory, const struct facts *facts, paddr_t *ret)
{
	uint64_t symbol, image, segments, size, mem;
	uint8_t magic[SELFMAG];

	TRY(fact_need(facts, SYMBOL_KEXEC_CRASH_IMAGE, &symbol));
	TRY(fact_need(facts, OFFSET_KIMAGE_SEGMENT, &segments));
	TRY(fact_need(facts, SIZE_KEXEC_SEGMENT, &size));
	TRY(fact_need(facts, OFFSET_KEXEC_SEGMENT_MEM, &mem));
	TRY(within(memory_word(memory, symbol, &image), "kexec_crash_image"));
	for (unsigned i = 0; image && i < SEGMENTS_MOST; i++) {
		TRY(within(memory_word(memory, image + segments + i * size + mem, ret),
			   "segment %u of kexec_crash_image", i));
		if (*ret && reader_read(memory->reader, *ret, magic, sizeof(magic)) == OK &&
		    !memcmp(magic, ELFMAG, sizeof(magic)))
			return OK;
	}
	return ERR_HOLE;
}

/* Is it of memory whose bytes are elsewhere, further up? */
static bool is_backup(const uint8_t *header, struct backup *ret)
{
	*ret = (struct backup){ get_64(false, header + offsetof(Elf64_Phdr, p_paddr)),
				get_64(false, header + offsetof(Elf64_Phdr, p_offset)),
				get_64(false, header + offsetof(Elf64_Phdr, p_memsz)) };
	return get_32(false, header) == PT_LOAD && ret->start <= LOW_MOST && ret->bytes &&
	       ret->bytes <= LOW_MOST + 1 && ret->start + ret->bytes <= ret->saved &&
	       ret->saved >> 60 == 0;
}

static err_t read_core(struct memory *memory, paddr_t at, void *bytes, size_t size)
{
	err_t result = reader_read(memory->reader, at, bytes, size);

	return result == ERR_HOLE ? fail(ERR_CORRUPT, "the ELF core header for the crash kernel at "
					 "%#" PRIx64 " is not in the dump", at) : result;
}

err_t backup_find(struct memory *memory, const struct facts *facts, struct backup *ret)
{
	uint8_t header[sizeof(Elf64_Ehdr)], phdr[sizeof(Elf64_Phdr)];
	paddr_t at;

	TRY(find_core_header(memory, facts, &at));
	TRY(read_core(memory, at, header, sizeof(header)));
	if (header[EI_CLASS] != ELFCLASS64)
		return ERR_HOLE;
	uint64_t from = get_64(false, header + offsetof(Elf64_Ehdr, e_phoff));
	uint16_t count = get_16(false, header + offsetof(Elf64_Ehdr, e_phnum));
	if (from >> 32 || get_16(false, header + offsetof(Elf64_Ehdr, e_phentsize)) != sizeof(phdr))
		return fail(ERR_CORRUPT, "the ELF core header for the crash kernel at %#" PRIx64
			    " has impossible program headers", at);
	for (uint32_t i = 0; i < count; i++) {
		TRY(read_core(memory, at + from + i * sizeof(phdr), phdr, sizeof(phdr)));
		if (is_backup(phdr, ret))
			return OK;
	}
	return ERR_HOLE;
}
