// SPDX-License-Identifier: GPL-2.0-only
/* diskdump_mod.h - the kdump-compressed file, byte for byte. No code; any room may include it.
 *
 *   block 0                    main header
 *   block 1 ..                 sub header, and right behind it a copy of the input's ELF notes
 *   (1 + sub_hdr_size) blocks  1st bitmap: is there such a page in the vmcore?
 *   + bitmap_blocks / 2        2nd bitmap: has it a descriptor here?
 *   + bitmap_blocks / 2        descriptors, 24 bytes for each bit set in the 2nd bitmap
 *   behind the last one        page data, packed, without gaps, in the order of the descriptors;
 *                              first of all one page of zeros, when zero pages are left out
 *   last                       eraseinfo text, if any
 *
 * A block is one page of the dumped machine. Integers are in its byte order, and `long` has its
 * size, so each header comes in shapes; a writer picks the one of the dumped machine, never of the
 * host. */
#ifndef DISKDUMP_MOD_H
#define DISKDUMP_MOD_H

#include <stdint.h>

#define KDUMP_SIGNATURE "KDUMP   "

enum {
	KDUMP_SIGNATURE_BYTES = 8,
	KDUMP_HEADER_VERSION = 6, /* with 64-bit pfns; since 2013 the only version written */
	KDUMP_DESCRIPTOR_BYTES = 24,
};

/* Header status, and (but for the two in the middle) page descriptor flags. */
enum {
	DUMP_DH_COMPRESSED_ZLIB = 0x1,
	DUMP_DH_COMPRESSED_LZO = 0x2,
	DUMP_DH_COMPRESSED_SNAPPY = 0x4,
	DUMP_DH_COMPRESSED_INCOMPLETE = 0x8, /* status only: writing stopped before the end */
	DUMP_DH_EXCLUDED_VMEMMAP = 0x10,     /* status only: struct pages were left out, too */
	DUMP_DH_COMPRESSED_ZSTD = 0x20,
};

/* Where the fields of the main header lie. The fields up to utsname lie alike in all shapes. */
enum { KDUMP_VERSION_AT = 8, KDUMP_UTSNAME_AT = 12 };

struct kdump_header_shape {
	uint8_t word_bytes;
	uint16_t seconds, microseconds; /* time of the crash; each a word */
	uint16_t status, block_size, sub_hdr_size, bitmap_blocks, max_mapnr; /* 32 bits each */
	uint16_t total_ram_blocks, device_blocks, written_blocks, current_cpu, nr_cpus; /* same */
	uint16_t size;
};

static const struct kdump_header_shape kdump_header_64 = {
	8, 408, 416, 424, 428, 432, 436, 440, 444, 448, 452, 456, 460, 464
};
static const struct kdump_header_shape kdump_header_32 = {
	4, 404, 408, 412, 416, 420, 424, 428, 432, 436, 440, 444, 448, 452
};

/* Where the fields of the sub header lie: words, but for dump_level and split (32 bits) and the
 * offsets and _64 fields (64 bits). The 32-bit machines differ in how they align 64-bit integers.
 */
struct kdump_sub_shape {
	uint8_t phys_base, dump_level, split, start_pfn, end_pfn;
	uint8_t offset_vmcoreinfo, size_vmcoreinfo; /* since header version 3 */
	uint8_t offset_note, size_note;             /* 4 */
	uint8_t offset_eraseinfo, size_eraseinfo;   /* 5 */
	uint8_t start_pfn_64, end_pfn_64, max_mapnr_64; /* 6 */
	uint8_t size;
};

static const struct kdump_sub_shape kdump_sub_64 = {
	0, 8, 12, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104
};
static const struct kdump_sub_shape kdump_sub_32_packed = { /* i386 */
	0, 4, 8, 12, 16, 20, 28, 32, 40, 44, 52, 56, 64, 72, 80
};
static const struct kdump_sub_shape kdump_sub_32_padded = { /* ARM, PowerPC, MIPS */
	0, 4, 8, 12, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96
};

/* A page descriptor, alike on all machines. Offset 0: the page is missing from an incomplete file.
 */
enum {
	DESCRIPTOR_OFFSET = 0,
	DESCRIPTOR_SIZE = 8,
	DESCRIPTOR_FLAGS = 12,
	DESCRIPTOR_PAGE_FLAGS = 16
};

#endif
