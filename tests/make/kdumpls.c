// SPDX-License-Identifier: GPL-2.0-only
/* kdumpls.c - what a kdump-compressed file says, as text: kdumpls [-p|-b] FILE.
 * Two files that mean the same print the same, however their pages are packed; -p prints every page
 * instead of ranges, -b only which are left out or missing, and how many have descriptors. It
 * checks what it reads, so a file that breaks the format ends with 1. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "codec/codec.h"
#include "diskdump_mod.h"

enum { CODEC_FLAGS = 0x27 };

struct file {
	const uint8_t *bytes;
	uint64_t size;
	bool big;
	unsigned word;
	const struct kdump_header_shape *header;
	const struct kdump_sub_shape *sub;
	uint64_t block, max_mapnr, bitmap_bytes, bitmap_at, descriptors_at;
};

static void __attribute__((format(printf, 1, 2), noreturn)) bad(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("BAD ", stdout);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	exit(1);
}

static const uint8_t *at(const struct file *file, uint64_t offset, uint64_t size, const char *what)
{
	if (offset > file->size || size > file->size - offset)
		bad("%s at %#" PRIx64 ": the file ends before", what, offset);
	return file->bytes + offset;
}

static uint64_t word(const struct file *file, const uint8_t *from)
{
	return file->word == 8 ? get_64(file->big, from) : get_32(file->big, from);
}

/* FNV-1a: enough to see a difference. */
static uint64_t digest(uint64_t hash, const uint8_t *bytes, uint64_t size)
{
	for (uint64_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static const uint64_t EMPTY = UINT64_C(0xcbf29ce484222325);

static bool is_machine(const char *machine, const char *list)
{
	const char *found = strstr(list, machine);

	return *machine && found && found[strlen(machine)] == ' ';
}

/* Without a machine's name: do notes stand where the smaller of the 32-bit sub headers ends? */
static bool notes_packed(const struct file *file)
{
	const uint8_t *sub = at(file, 4096, 104, "sub header");

	return get_64(file->big, sub + kdump_sub_32_packed.offset_note) ==
	       4096u + kdump_sub_32_packed.size;
}

static void read_header(struct file *file)
{
	const uint8_t *header = at(file, 0, 4096, "header");
	const char *machine = (const char *)header + KDUMP_UTSNAME_AT + 4 * 65;

	if (memcmp(header, "KDUMP   ", KDUMP_SIGNATURE_BYTES) != 0)
		bad("signature");
	file->big = get_32(false, header + KDUMP_VERSION_AT) > 0xffff;
	bool narrow = is_machine(machine, "i386 i486 i586 i686 armv7l armv6l ppc mips ");
	bool unknown = !*machine && !get_32(file->big, header + kdump_header_64.sub_hdr_size);
	file->word = narrow || unknown ? 4 : 8;
	file->header = narrow || unknown ? &kdump_header_32 : &kdump_header_64;
	file->sub = !narrow && !unknown ? &kdump_sub_64
		    : machine[0] == 'i' || (unknown && notes_packed(file))
			    ? &kdump_sub_32_packed
			    : &kdump_sub_32_padded;

	static const char *const fields[] = { "sysname", "nodename", "release",
					      "version", "machine", "domain" };
	printf("version %u, %s, word %u\n", get_32(file->big, header + KDUMP_VERSION_AT),
	       file->big ? "big" : "little", file->word);
	for (int i = 0; i < 6; i++)
		printf("%s %.65s\n", fields[i], (const char *)header + KDUMP_UTSNAME_AT + 65 * i);
	const struct kdump_header_shape *shape = file->header;
	file->block = get_32(file->big, header + shape->block_size);
	printf("time %" PRIu64 ".%06" PRIu64 ", status %#x, block %" PRIu64 ", sub %u, bitmap %u, "
	       "max_mapnr %u, current_cpu %u, nr_cpus %u\n",
	       word(file, header + shape->seconds), word(file, header + shape->microseconds),
	       get_32(file->big, header + shape->status) & ~(unsigned)CODEC_FLAGS, file->block,
	       get_32(file->big, header + shape->sub_hdr_size),
	       get_32(file->big, header + shape->bitmap_blocks),
	       get_32(file->big, header + shape->max_mapnr),
	       get_32(file->big, header + shape->current_cpu),
	       get_32(file->big, header + shape->nr_cpus));
	if (file->block < 4096 || file->block > 65536 || (file->block & (file->block - 1)))
		bad("block size %" PRIu64, file->block);
	file->bitmap_at =
		(1 + (uint64_t)get_32(file->big, header + shape->sub_hdr_size)) * file->block;
	file->bitmap_bytes = get_32(file->big, header + shape->bitmap_blocks) / 2 * file->block;
	file->descriptors_at = file->bitmap_at + 2 * file->bitmap_bytes;
}

static void print_part(const struct file *file, const char *name, uint64_t offset, uint64_t size)
{
	printf("%s %" PRIu64 " bytes, digest %016" PRIx64 "\n", name, size,
	       digest(EMPTY, at(file, offset, size, name), size));
}

static void read_sub(struct file *file)
{
	const uint8_t *sub = at(file, file->block, file->sub->size, "sub header");
	const struct kdump_sub_shape *shape = file->sub;

	file->max_mapnr = get_64(file->big, sub + shape->max_mapnr_64);
	printf("phys_base %#" PRIx64 ", dump_level %u, split %u, pfns %#" PRIx64 "-%#" PRIx64
	       ", max_mapnr_64 %#" PRIx64 "\n",
	       word(file, sub + shape->phys_base), get_32(file->big, sub + shape->dump_level),
	       get_32(file->big, sub + shape->split), get_64(file->big, sub + shape->start_pfn_64),
	       get_64(file->big, sub + shape->end_pfn_64), file->max_mapnr);
	print_part(file, "vmcoreinfo", get_64(file->big, sub + shape->offset_vmcoreinfo),
		   word(file, sub + shape->size_vmcoreinfo));
	print_part(file, "notes", get_64(file->big, sub + shape->offset_note),
		   word(file, sub + shape->size_note));
	print_part(file, "eraseinfo", get_64(file->big, sub + shape->offset_eraseinfo),
		   word(file, sub + shape->size_eraseinfo));
	if (file->bitmap_bytes * 8 < file->max_mapnr)
		bad("bitmap of %" PRIu64 " bytes for %" PRIu64 " pages", file->bitmap_bytes,
		    file->max_mapnr);
}

static bool bit(const uint8_t *bitmap, uint64_t pfn)
{
	return bitmap[pfn / 8] >> (pfn % 8) & 1;
}

/* The content of a page; NULL: the descriptor has none (incomplete file). */
static const uint8_t *unpack(const struct file *file, const uint8_t *entry, uint64_t pfn,
			     uint8_t *page)
{
	uint64_t offset = get_64(file->big, entry + DESCRIPTOR_OFFSET);
	uint32_t size = get_32(file->big, entry + DESCRIPTOR_SIZE);
	uint32_t flags = get_32(file->big, entry + DESCRIPTOR_FLAGS);

	if (!offset)
		return NULL;
	if (size > file->block || get_64(file->big, entry + DESCRIPTOR_PAGE_FLAGS))
		bad("pfn %#" PRIx64 ": descriptor with size %u, page_flags not 0", pfn, size);
	const uint8_t *packed = at(file, offset, size, "page");
	if (!flags) {
		if (size != file->block)
			bad("pfn %#" PRIx64 ": raw page of %u bytes", pfn, size);
		return packed;
	}
	const struct codec *codec = codec_by_flag(flags);
	if (!codec || !codec->unpack || !codec->unpack(NULL, packed, size, page, file->block))
		bad("pfn %#" PRIx64 ": does not unpack, flags %#x", pfn, flags);
	return page;
}

enum { RANGES, EVERY_PAGE, BITMAPS }; /* what is printed */

/* Pages as ranges of one sort: '-' in no bitmap, 'x' left out, 'k' kept, 'z' kept and zero,
 * 'm' missing. */
static void print_range(char sort, uint64_t first, uint64_t end, uint64_t hash)
{
	if (first == end || sort == '-')
		return;
	printf("%c %#" PRIx64 "-%#" PRIx64, sort, first, end);
	if (sort == 'k')
		printf(" %016" PRIx64, hash);
	putchar('\n');
}

static void print_pages(const struct file *file, int what)
{
	const uint8_t *first_map = at(file, file->bitmap_at, file->bitmap_bytes, "1st bitmap");
	const uint8_t *second_map =
		at(file, file->bitmap_at + file->bitmap_bytes, file->bitmap_bytes, "2nd bitmap");
	uint8_t *page = malloc(file->block);
	uint64_t start = 0, hash = EMPTY, number = 0, pages = file->bitmap_bytes * 8;
	char sort = '-';

	for (uint64_t pfn = 0; pfn < pages; pfn++) {
		char now = bit(first_map, pfn) ? 'x' : '-';
		const uint8_t *content = NULL;
		if (bit(second_map, pfn)) {
			uint64_t entry = file->descriptors_at + number++ * KDUMP_DESCRIPTOR_BYTES;
			content = unpack(file, at(file, entry, KDUMP_DESCRIPTOR_BYTES, "entry"),
					 pfn, page);
			if (now != 'x')
				bad("pfn %#" PRIx64 ": kept, but not in the 1st bitmap", pfn);
			now = !content ? 'm' : what == BITMAPS ? '-' :
			      all_zero(content, file->block) ? 'z' : 'k';
		}
		if (what == EVERY_PAGE || now != sort) {
			print_range(sort, start, pfn, hash);
			start = pfn;
			sort = now;
			hash = EMPTY;
		}
		if (now == 'k')
			hash = digest(hash, content, file->block);
	}
	print_range(sort, start, pages, hash);
	printf("%" PRIu64 " descriptors\n", number);
	free(page);
}

int main(int argc, char **argv)
{
	int what = argc != 3 ? RANGES : !strcmp(argv[1], "-p") ? EVERY_PAGE :
		   !strcmp(argv[1], "-b") ? BITMAPS : -1;
	struct file file = { 0 };
	struct stat stat;

	if (argc < 2 || argc > 3 || what < 0)
		bad("usage: kdumpls [-p|-b] FILE");
	int fd = open(argv[argc - 1], O_RDONLY);
	if (fd < 0 || fstat(fd, &stat) != 0 || stat.st_size == 0)
		bad("%s: cannot be read", argv[argc - 1]);
	file.size = (uint64_t)stat.st_size;
	file.bytes = mmap(NULL, file.size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (file.bytes == MAP_FAILED)
		bad("%s: cannot be mapped", argv[argc - 1]);
	read_header(&file);
	read_sub(&file);
	print_pages(&file, what);
	return 0;
}
