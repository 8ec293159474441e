// SPDX-License-Identifier: GPL-2.0-only
/* kdump.c - the headers of a kdump-compressed file.
 * It does not say which byte order, word size and alignment it was written with. The byte order
 * shows in the version, which is small; the rest is told by the machine in utsname, and where that
 * is empty by which shape makes sense. */
#include "input/kdump.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "diskdump_mod.h"
#include "input/file.h"
#include "input/notes.h"
#include "input/split.h"

enum {
	VERSION_MOST = 0xffff, /* beyond: the other byte order */
	LEVEL_MOST = 31,
	BLOCK_LEAST = 4096,
	BLOCK_MOST = 65536,
	MACHINE_FIELD = 4, /* of utsname */
	NOTES_MOST = 128 << 20,
	ERASEINFO_MOST = 16 << 20,
	SUB_BYTES = 104,
	NOTE_HEADER = 24,   /* of a note named VMCOREINFO, name included */
};

/* What `uname -m` says about the ABI. A name ending in * stands for all that begin so. */
struct machine {
	const char *name;
	uint16_t elf_machine;
	uint8_t word_bytes, align_64;
	bool from_base; /* page frames are counted from phys_base on (arm) */
};

static const struct machine machines[] = {
	{ "x86_64", EM_X86_64, 8, 8 },	{ "aarch64*", EM_AARCH64, 8, 8 },
	{ "ppc64*", EM_PPC64, 8, 8 },	{ "s390x", EM_S390, 8, 8 },
	{ "riscv64", EM_RISCV, 8, 8 },	{ "loongarch64", 258, 8, 8 },
	{ "mips64", EM_MIPS, 8, 8 },	{ "sparc64", EM_SPARCV9, 8, 8 },
	{ "ia64", EM_IA_64, 8, 8 },	{ "i386", EM_386, 4, 4 },
	{ "i486", EM_386, 4, 4 },	{ "i586", EM_386, 4, 4 },
	{ "i686", EM_386, 4, 4 },	{ "arm*", EM_ARM, 4, 8, true },
	{ "ppc", EM_PPC, 4, 8 },	{ "mips", EM_MIPS, 4, 8 },
};

/* The headers while they are read. */
struct headers {
	uint8_t main[KDUMP_HEADER_BYTES], sub[SUB_BYTES];
	uint32_t version;
	const struct machine *machine; /* NULL: utsname does not tell */
	const struct kdump_header_shape *shape;
	const struct kdump_sub_shape *sub_shape;
};

static bool probe(const uint8_t *head, size_t bytes)
{
	return bytes >= KDUMP_SIGNATURE_BYTES &&
	       memcmp(head, KDUMP_SIGNATURE, KDUMP_SIGNATURE_BYTES) == 0;
}

static bool is_machine(const char *name, const char *field)
{
	size_t length = strlen(name);

	if (name[length - 1] == '*')
		return strncmp(name, field, length - 1) == 0;
	return strncmp(name, field, UTS_FIELD) == 0;
}

static const struct machine *find_machine(const uint8_t *header)
{
	const char *field = (const char *)header + KDUMP_UTSNAME_AT + MACHINE_FIELD * UTS_FIELD;

	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (is_machine(machines[i].name, field))
			return &machines[i];
	return NULL;
}

/* Do block size, sub header and bitmaps make sense where this shape has them? */
static bool shape_fits(const struct kdump_header_shape *shape, bool big, const uint8_t *header)
{
	uint64_t block = get_32(big, header + shape->block_size);
	uint64_t bitmap = get_32(big, header + shape->bitmap_blocks) / 2 * block;

	return block >= BLOCK_LEAST && block <= BLOCK_MOST && !(block & (block - 1)) &&
	       get_32(big, header + shape->sub_hdr_size) != 0 &&
	       bitmap * 8 >= get_32(big, header + shape->max_mapnr);
}

static err_t find_version(struct source *source, struct headers *headers)
{
	uint32_t little = get_32(false, headers->main + KDUMP_VERSION_AT);

	source->big_endian = little > VERSION_MOST;
	headers->version = get_32(source->big_endian, headers->main + KDUMP_VERSION_AT);
	if (headers->version > VERSION_MOST)
		return fail(ERR_CORRUPT, "%s: header version %#x makes sense in no byte order",
			    source->name, little);
	if (!headers->version)
		return fail(ERR_UNSUPPORTED, "%s: header does not have dump_level member: it is "
			    "of version 0", source->name);
	return OK;
}

static err_t find_shape(struct source *source, struct headers *headers)
{
	const struct kdump_header_shape *first = &kdump_header_64, *second = &kdump_header_32;
	bool big = source->big_endian;

	headers->machine = find_machine(headers->main);
	if (headers->machine && headers->machine->word_bytes == 4) {
		first = &kdump_header_32;
		second = &kdump_header_64;
	}
	headers->shape = shape_fits(first, big, headers->main)	  ? first
			 : shape_fits(second, big, headers->main) ? second
								  : NULL;
	if (!headers->shape)
		return fail(ERR_CORRUPT, "%s: block size %u, sub header of %u blocks and bitmaps of"
			    " %u blocks for %u pages make no sense", source->name,
			    get_32(big, headers->main + first->block_size),
			    get_32(big, headers->main + first->sub_hdr_size),
			    get_32(big, headers->main + first->bitmap_blocks),
			    get_32(big, headers->main + first->max_mapnr));
	if (headers->machine && headers->machine->word_bytes != headers->shape->word_bytes)
		headers->machine = NULL;
	return OK;
}

/* How 64-bit integers are aligned in the sub header. An unknown 32-bit machine: as they make the
 * notes lie right behind it. */
static const struct kdump_sub_shape *find_sub_shape(const struct source *source,
						    const struct headers *headers)
{
	const struct kdump_sub_shape *padded = &kdump_sub_32_padded;

	if (headers->shape->word_bytes == 8)
		return &kdump_sub_64;
	if (headers->machine)
		return headers->machine->align_64 == 4 ? &kdump_sub_32_packed : padded;
	uint64_t notes_at = get_64(source->big_endian, headers->sub + padded->offset_note);
	return notes_at == page_bytes(&source->target) + padded->size ? padded
								     : &kdump_sub_32_packed;
}

static void set_target(struct source *source, struct headers *headers)
{
	uint32_t block = get_32(source->big_endian, headers->main + headers->shape->block_size);

	source->elf_machine = headers->machine ? headers->machine->elf_machine : EM_NONE;
	source->class_bytes = headers->shape->word_bytes;
	source->target = (struct target){
		.word_bytes = headers->shape->word_bytes,
		.big_endian = source->big_endian,
		.page_shift = (uint8_t)__builtin_ctz(block),
	};
}

static err_t read_headers(struct source *source, struct headers *headers)
{
	TRY(file_read(source, 0, headers->main, sizeof(headers->main), "header"));
	TRY(find_version(source, headers));
	TRY(find_shape(source, headers));
	set_target(source, headers);
	TRY(file_read(source, page_bytes(&source->target), headers->sub, sizeof(headers->sub),
		      "sub header"));
	headers->sub_shape = find_sub_shape(source, headers);
	source->target.align_64 = headers->sub_shape == &kdump_sub_32_packed ? 4 : 8;
	return OK;
}

/* The page frame of the first bit of the bitmaps. */
static err_t find_origin(const struct source *source, const struct headers *headers, pfn_t *ret)
{
	const struct target *target = &source->target;
	uint64_t base = get_word(target, headers->sub + headers->sub_shape->phys_base);

	*ret = 0;
	if (!headers->machine || !headers->machine->from_base)
		return OK;
	*ret = base >> target->page_shift;
	return base % (page_bytes(target) * 64) ?
		fail(ERR_CORRUPT, "%s: memory of this machine does not begin at phys_base %#"
		     PRIx64, source->name, base) : OK;
}

/* Page frame numbers have 64 bits since version 6. Some writers then leave the old fields 0, and
 * some the new ones. */
static pfn_t number(const struct source *source, const struct headers *headers, uint8_t at_64,
		    uint64_t old)
{
	uint64_t new = headers->version < 6 ? 0 : get_64(source->big_endian, headers->sub + at_64);

	return new ? new : old;
}

static err_t take_layout(struct source *source, const struct headers *headers)
{
	const struct kdump_header_shape *shape = headers->shape;
	const struct kdump_sub_shape *sub = headers->sub_shape;
	const struct target *target = &source->target;
	struct kdump *kdump = source->kdump;
	uint64_t block = page_bytes(target);
	bool big = source->big_endian;

	kdump->max_mapnr = number(source, headers, sub->max_mapnr_64,
				  get_32(big, headers->main + shape->max_mapnr));
	uint64_t at = (1 + (uint64_t)get_32(big, headers->main + shape->sub_hdr_size)) * block;
	uint64_t bytes = get_32(big, headers->main + shape->bitmap_blocks) / 2 * block;
	kdump->bitmap[0] = (struct file_bits){ at, bytes, false, "1st bitmap" };
	kdump->bitmap[1] = (struct file_bits){ at + bytes, bytes, false, "2nd bitmap" };
	kdump->descriptors_at = at + 2 * bytes;
	if (kdump->max_mapnr / 8 > bytes ||
	    kdump->max_mapnr > UINT64_C(1) << 60 >> target->page_shift)
		return fail(ERR_CORRUPT, "%s: max_mapnr %#" PRIx64 " with bitmaps of %#" PRIx64
			    " bytes", source->name, kdump->max_mapnr, bytes);
	kdump->version = headers->version;
	kdump->end = kdump->max_mapnr;
	kdump->split = headers->version >= 2 && get_32(big, headers->sub + sub->split);
	if (kdump->split) {
		kdump->start = number(source, headers, sub->start_pfn_64,
				      get_word(target, headers->sub + sub->start_pfn));
		kdump->end = min_u64(number(source, headers, sub->end_pfn_64,
					    get_word(target, headers->sub + sub->end_pfn)),
				     kdump->max_mapnr);
		kdump->start = min_u64(kdump->start, kdump->end);
	}
	TRY(find_origin(source, headers, &kdump->origin));
	source->end = (kdump->origin + kdump->max_mapnr) << target->page_shift;
	return OK;
}

static err_t take_stored(struct source *source, const struct headers *headers)
{
	const struct kdump_header_shape *shape = headers->shape;
	const struct target *target = &source->target;
	struct stored *stored = &source->stored;
	bool big = source->big_endian;

	stored->known = true;
	stored->level = get_32(big, headers->sub + headers->sub_shape->dump_level);
	if (stored->level > LEVEL_MOST)
		return fail(ERR_CORRUPT, "%s: dump_level %u is not one from 0 to %d", source->name,
			    stored->level, LEVEL_MOST);
	stored->status = get_32(big, headers->main + shape->status) &
			 (DUMP_DH_COMPRESSED_INCOMPLETE | DUMP_DH_EXCLUDED_VMEMMAP);
	if (source_is_cut(source))
		stored->status |= DUMP_DH_COMPRESSED_INCOMPLETE;
	stored->seconds = get_word(target, headers->main + shape->seconds);
	stored->microseconds = get_word(target, headers->main + shape->microseconds);
	stored->cpus = get_32(big, headers->main + shape->nr_cpus);
	stored->phys_base = get_word(target, headers->sub + headers->sub_shape->phys_base);
	memcpy(stored->uts, headers->main + KDUMP_UTSNAME_AT, sizeof(stored->uts));
	return OK;
}

/* Append bytes of the file to the notes, `room` behind what is there. */
static err_t grow_notes(struct source *source, size_t room, uint64_t at, uint64_t size,
			const char *what)
{
	if (size > NOTES_MOST)
		return fail(ERR_CORRUPT, "%s: %#" PRIx64 " bytes of %s, more than %d", source->name,
			    size, what, NOTES_MOST);
	uint8_t *grown = realloc(source->notes, source->notes_bytes + room + size + 4);
	if (!grown)
		return fail(ERR_NOMEM, "%s: no memory for %#" PRIx64 " bytes of %s", source->name,
			    size, what);
	source->notes = grown;
	memset(grown + source->notes_bytes, 0, room + size + 4);
	TRY(file_read(source, at, grown + source->notes_bytes + room, size, what));
	source->notes_bytes += room + size;
	return OK;
}

/* Before version 4 there are no notes, only the text of VMCOREINFO: make a note around it. */
static err_t make_vmcoreinfo_note(struct source *source, uint64_t at, uint64_t size)
{
	size_t header = source->notes_bytes = (source->notes_bytes + 3) & ~(size_t)3;

	TRY(grow_notes(source, NOTE_HEADER, at, size, "VMCOREINFO"));
	source->notes_bytes = (source->notes_bytes + 3) & ~(size_t)3;
	put_32(source->big_endian, source->notes + header, sizeof("VMCOREINFO"));
	put_32(source->big_endian, source->notes + header + 4, (uint32_t)size);
	memcpy(source->notes + header + 12, "VMCOREINFO", sizeof("VMCOREINFO"));
	return OK;
}

static err_t take_notes(struct source *source, const struct headers *headers)
{
	const struct kdump_sub_shape *sub = headers->sub_shape;
	const struct target *target = &source->target;
	struct notes_found found = { 0 };

	if (headers->version >= 4 && get_word(target, headers->sub + sub->size_note)) {
		TRY(grow_notes(source, 0, get_64(source->big_endian, headers->sub +
						 sub->offset_note),
			       get_word(target, headers->sub + sub->size_note), "notes"));
		notes_scan(source->big_endian, source->notes, source->notes_bytes, &found);
	}
	if (headers->version < 3 || found.vmcoreinfo ||
	    !get_word(target, headers->sub + sub->size_vmcoreinfo))
		return OK;
	return make_vmcoreinfo_note(source, get_64(source->big_endian, headers->sub +
						   sub->offset_vmcoreinfo),
				    get_word(target, headers->sub + sub->size_vmcoreinfo));
}

/* It stands at the very end, so a file that was cut off has lost it; that is no reason to stop. */
static err_t take_eraseinfo(struct source *source, const struct headers *headers)
{
	const struct kdump_sub_shape *sub = headers->sub_shape;
	struct stored *stored = &source->stored;

	if (headers->version < 5)
		return OK;
	uint64_t at = get_64(source->big_endian, headers->sub + sub->offset_eraseinfo);
	uint64_t size = get_word(&source->target, headers->sub + sub->size_eraseinfo);
	if (size > ERASEINFO_MOST)
		return fail(ERR_CORRUPT, "%s: %#" PRIx64 " bytes of eraseinfo, more than %d",
			    source->name, size, ERASEINFO_MOST);
	if (!size)
		return OK;
	if (!file_has(source, at, size)) {
		stored->status |= DUMP_DH_COMPRESSED_INCOMPLETE;
		return OK;
	}
	stored->eraseinfo = malloc(size);
	if (!stored->eraseinfo)
		return fail(ERR_NOMEM, "%s: no memory for %#" PRIx64 " bytes of eraseinfo",
			    source->name, size);
	stored->eraseinfo_bytes = size;
	return file_read(source, at, stored->eraseinfo, size, "eraseinfo");
}

static err_t kdump_open(struct source *source)
{
	struct headers headers = { 0 };

	source->kdump = calloc(1, sizeof(*source->kdump));
	if (!source->kdump)
		return fail(ERR_NOMEM, "%s: no memory for its headers", source->name);
	TRY(read_headers(source, &headers));
	TRY(take_layout(source, &headers));
	TRY(take_stored(source, &headers));
	TRY(take_notes(source, &headers));
	TRY(take_eraseinfo(source, &headers));
	source->kdump->incomplete = source->stored.status & DUMP_DH_COMPRESSED_INCOMPLETE;
	TRY(kdump_index(source));
	return source->more_files ? split_open(source) : OK;
}

err_t kdump_identity(const struct source *source, uint8_t ret[KDUMP_HEADER_BYTES])
{
	uint8_t *status = ret + (source->class_bytes == 8 ? &kdump_header_64 :
						            &kdump_header_32)->status;

	TRY(file_read(source, 0, ret, KDUMP_HEADER_BYTES, "header"));
	put_32(source->big_endian, status, get_32(source->big_endian, status) &
	       ~(uint32_t)DUMP_DH_COMPRESSED_INCOMPLETE);
	return OK;
}

static void kdump_close(struct source *source)
{
	split_close(source);
	if (source->kdump)
		ranks_deinit(&source->kdump->ranks);
	free(source->kdump);
	source->kdump = NULL;
}

const struct input_format kdump_format = {
	.name = "kdump-compressed", .probe = probe, .open = kdump_open, .close = kdump_close,
	.lend = kdump_lend, .pages = kdump_pages_in,
};
