// SPDX-License-Identifier: GPL-2.0-only
/* input.c - unit tests of reading: overlapping segments against a byte-by-byte answer, page bits,
 * a file that is read in any order, and one that loses its end meanwhile. */
#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/bytes.h"
#include "base/fault.h"
#include "input/extents.h"
#include "tests/test.h"

enum { MEMORY = 4096, SEGMENTS = 6, PAGE_SIZE = 4096 };

/* The segment that gives the byte at `at`: the first in the file that has bytes for it. */
static uint64_t slow_file_at(const struct source *source, paddr_t at, bool *exists)
{
	uint64_t found = NO_BYTES;

	*exists = false;
	for (size_t i = source->segments; i--;) {
		const struct segment *segment = &source->segment[i];
		if (segment->start == UINT64_MAX || at < segment->start ||
		    at - segment->start >= segment->memory_bytes)
			continue;
		*exists = true;
		if (at - segment->start < segment->file_bytes)
			found = segment->file_at + (at - segment->start);
	}
	return found;
}

static void random_segments(struct source *source, uint64_t *random)
{
	for (size_t i = 0; i < source->segments; i++) {
		uint64_t start = next_random(random) % MEMORY;
		uint64_t size = next_random(random) % (MEMORY - start);
		source->segment[i] = (struct segment){
			.start = next_random(random) % 16 ? start : UINT64_MAX,
			.memory_bytes = size,
			.file_bytes = next_random(random) % 3 ? size
							      : next_random(random) % (size + 1),
			.file_at = i * 100000,
		};
	}
}

TEST(extents_agree_with_segments_byte_by_byte)
{
	struct segment segment[SEGMENTS];
	uint64_t random = 3;

	for (int round = 0; round < 300; round++) {
		struct source source = { .segment = segment,
					 .segments = 1 + next_random(&random) % SEGMENTS };
		random_segments(&source, &random);
		CHECK_EQ(extents_build(&source), OK);
		bool exists;
		for (paddr_t at = 0; at < MEMORY; at++) {
			size_t i = extents_find(&source, at, next_random(&random) % SEGMENTS);
			bool inside = i < source.extents && at >= source.extent[i].start;
			uint64_t slow = slow_file_at(&source, at, &exists);
			CHECK_EQ(inside, exists);
			if (inside && source.extent[i].file_at == NO_BYTES)
				CHECK_EQ(slow, NO_BYTES);
			else if (inside)
				CHECK_EQ(source.extent[i].file_at + (at - source.extent[i].start),
					 slow);
		}
		free(source.extent);
	}
}

TEST(page_bits_agree_with_extents_byte_by_byte)
{
	enum { SHIFT = 4, PAGES = MEMORY >> SHIFT };
	struct segment segment[SEGMENTS];
	uint64_t random = 5;

	for (int round = 0; round < 300; round++) {
		struct source source = { .segment = segment, .segments = SEGMENTS,
					 .target = { .page_shift = SHIFT } };
		uint64_t words[2][PAGES / 64] = { { 0 } };
		pfn_t first = next_random(&random) % 3 * 64;

		random_segments(&source, &random);
		CHECK_EQ(extents_build(&source), OK);
		extents_pages(&source, first, PAGES, false, words[0]);
		extents_pages(&source, first, PAGES, true, words[1]);
		if (!first) {
			CHECK_EQ(extents_count(&source, false), bits_count(words[0], 0, PAGES));
			CHECK_EQ(extents_count(&source, true), bits_count(words[1], 0, PAGES));
		}
		for (pfn_t pfn = first; pfn < PAGES; pfn++) {
			bool any = false, with_bytes = false, exists;
			for (paddr_t at = pfn << SHIFT; at < (pfn + 1) << SHIFT; at++) {
				with_bytes |= slow_file_at(&source, at, &exists) != NO_BYTES;
				any |= exists;
			}
			CHECK_EQ(bits_test(words[0], pfn - first), any);
			CHECK_EQ(bits_test(words[1], pfn - first), with_bytes);
		}
		free(source.extent);
	}
}

/* An ELF core of one segment: page n is filled with n + 1. */
static bool make_core(char *name, unsigned pages)
{
	Elf64_Ehdr header = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
			      .e_type = ET_CORE, .e_machine = EM_X86_64, .e_version = 1,
			      .e_phoff = sizeof(header), .e_ehsize = sizeof(header),
			      .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 2 };
	Elf64_Phdr phdr[2] = { { .p_type = PT_NOTE, .p_offset = PAGE_SIZE },
			       { .p_type = PT_LOAD, .p_offset = PAGE_SIZE,
				 .p_filesz = pages * PAGE_SIZE, .p_memsz = pages * PAGE_SIZE } };
	int fd = mkstemp(name);
	bool good = fd >= 0 && pwrite(fd, &header, sizeof(header), 0) == sizeof(header) &&
		    pwrite(fd, phdr, sizeof(phdr), sizeof(header)) == sizeof(phdr);

	for (unsigned i = 0; good && i < pages; i++) {
		uint8_t page[PAGE_SIZE];
		memset(page, (int)i + 1, sizeof(page));
		good = pwrite(fd, page, sizeof(page), (i + 1) * PAGE_SIZE) == PAGE_SIZE;
	}
	if (fd >= 0)
		close(fd);
	return good;
}

/* Make a core, and open it for reading. False: that failed, and was told. */
static bool open_core(char *name, unsigned pages, struct source *source, struct reader **ret,
		      int *failures)
{
	if (!make_core(name, pages) || source_open(source) != OK) {
		CHECK(!"a core can be made and opened");
		puts(err_text());
		return false;
	}
	source->target = (struct target){ .word_bytes = 8, .page_shift = 12, .align_64 = 8 };
	CHECK_EQ(reader_create(source, ret), OK);
	return true;
}

/* Pages that the file has no more are faults or errors, never a signal; the others stay good. */
static void read_shrinking(bool may_map, int *failures)
{
	enum { PAGES = 32, LEFT = 10 };
	char name[] = "/tmp/shrinking.XXXXXX";
	struct source source = { .name = name, .mapping = may_map ? MAPPING_ANY : MAPPING_NONE };
	struct reader *reader = NULL;
	const uint8_t *page;

	if (!open_core(name, PAGES, &source, &reader, failures))
		return;
	CHECK_EQ(reader_page(reader, 31, &page), OK);
	CHECK(page[0] == 32 && page[PAGE_SIZE - 1] == 32);
	CHECK_EQ(truncate(name, (1 + LEFT) * PAGE_SIZE), 0);
	for (unsigned round = 0; round < 2; round++)
		for (pfn_t pfn = 0; pfn < PAGES; pfn++) {
			/* What was read before the end was lost may still be there (--non-mmap). */
			err_t result = reader_page(reader, pfn, &page);
			bool right = result == OK && page[PAGE_SIZE / 2] == pfn + 1;
			bool fault = reader_faulted(reader);
			CHECK(pfn >= LEFT || (right && !fault));
			CHECK(pfn < LEFT || result == ERR_IO || fault || (right && !may_map));
		}
	CHECK_EQ(reader_page(reader, PAGES, &page), ERR_HOLE);
	reader_destroy(reader);
	source_close(&source);
	unlink(name);
}

TEST(a_mapped_file_that_loses_its_end_is_no_signal)
{
	read_shrinking(true, failures);
}

TEST(a_read_file_that_loses_its_end_is_an_error)
{
	read_shrinking(false, failures);
}

/* Page pfn, with what else is lent behind it. */
static bool pages_right(struct reader *reader, pfn_t pfn, size_t pages)
{
	const uint8_t *bytes;
	size_t got = pages;
	bool right = reader_pages(reader, pfn, &got, &bytes) == OK && got && got <= pages;

	for (size_t i = 0; right && i < got * PAGE_SIZE; i++)
		right = bytes[i] == (uint8_t)(pfn + i / PAGE_SIZE + 1);
	return right;
}

static bool bytes_right(struct reader *reader, paddr_t at, size_t size)
{
	uint8_t bytes[3 * PAGE_SIZE];
	bool right = reader_read(reader, at, bytes, size) == OK;

	for (size_t i = 0; right && i < size; i++)
		right = bytes[i] == (uint8_t)((at + i) / PAGE_SIZE + 1);
	return right;
}

/* From any place, or on from where the last read ended; little, or much. */
static void read_any_way(enum mapping mapping, int *failures)
{
	enum { PAGES = 200 };
	char name[] = "/tmp/core.XXXXXX";
	struct source source = { .name = name, .mapping = mapping };
	struct reader *reader = NULL;
	uint64_t random = 11, at = 0;

	if (!open_core(name, PAGES, &source, &reader, failures))
		return;
	for (int round = 0; round < 5000; round++) {
		uint64_t size = 1 + next_random(&random) % (round % 3 ? 40 : 3 * PAGE_SIZE);
		if (!(next_random(&random) % 16) || at + size > PAGES * PAGE_SIZE)
			at = next_random(&random) % (PAGES * PAGE_SIZE - size);
		CHECK(bytes_right(reader, at, size));
		at += size;
		pfn_t pfn = next_random(&random) % PAGES;
		if (round % 8 == 0)
			CHECK(pages_right(reader, pfn, 1 + next_random(&random) % (PAGES - pfn)));
	}
	reader_destroy(reader);
	source_close(&source);
	unlink(name);
}

TEST(a_file_has_the_same_bytes_any_way_it_is_read)
{
	read_any_way(MAPPING_NONE, failures);
	read_any_way(MAPPING_ANY, failures);
	read_any_way(MAPPING_PROC, failures);
}

int main(void)
{
	fault_setup();
	return run_tests((struct test[]){
	    { "extents_agree_with_segments_byte_by_byte",
	      extents_agree_with_segments_byte_by_byte },
	    { "page_bits_agree_with_extents_byte_by_byte",
	      page_bits_agree_with_extents_byte_by_byte },
	    { "a_file_has_the_same_bytes_any_way_it_is_read",
	      a_file_has_the_same_bytes_any_way_it_is_read },
	    { "a_mapped_file_that_loses_its_end_is_no_signal",
	      a_mapped_file_that_loses_its_end_is_no_signal },
	    { "a_read_file_that_loses_its_end_is_an_error",
	      a_read_file_that_loses_its_end_is_an_error },
	    { 0 } });
}
