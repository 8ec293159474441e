// SPDX-License-Identifier: GPL-2.0-only
/* dumpfile.c - unit tests of dump files as input: the index of descriptors against a slow count, a
 * file that loses its end while it is read, and a flattened stream against its records put down one
 * after the other. */
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "codec/codec.h"
#include "diskdump_mod.h"
#include "input/file.h"
#include "input/flat.h"
#include "input/ranks.h"
#include "tests/test.h"

/* A source that is a file in memory. */
static struct source file_source(const void *bytes, size_t size)
{
	struct source source = { .name = "file", .may_map = true, .file_bytes = size,
				 .target = { .word_bytes = 8, .page_shift = 12, .align_64 = 8 } };

	source.fd = memfd_create("file", 0);
	if (source.fd < 0 || (bytes && write(source.fd, bytes, size) != (ssize_t)size))
		abort();
	return source;
}

/* Bits before each position, one by one, and with a reader and without. */
static void check_ranks(int *failures, const struct ranks *ranks, const struct source *source,
			const uint8_t *bitmap)
{
	struct reader *reader;
	uint64_t slow = 0, rank;

	CHECK_EQ(reader_create(source, &reader), OK);
	for (uint64_t bit = 0; bit <= ranks->bitmap.bytes * 8; bit++) {
		unsigned place = ranks->bitmap.high_first ? 7 - bit % 8 : bit % 8;
		bool set = bit < ranks->bitmap.bytes * 8 && bitmap[bit / 8] >> place & 1, is_set;
		CHECK_EQ(ranks_find(ranks, source, bit % 2 ? reader : NULL, bit, &rank, &is_set),
			 OK);
		CHECK_EQ(rank, slow);
		CHECK_EQ(is_set, set);
		slow += set;
		if (*failures)
			break;
	}
	CHECK_EQ(ranks->total, slow);
	reader_destroy(reader);
}

TEST(ranks_agree_with_a_slow_count)
{
	enum { BYTES = 20480, BEFORE = 777 };
	static uint8_t file[BEFORE + BYTES];
	uint64_t random = 11;

	for (int round = 0; round < 4; round++) {
		size_t bytes = BYTES >> round * 2;
		for (size_t i = 0; i < sizeof(file); i++) /* sparse, dense, mixed */
			file[i] = (uint8_t)(round == 0	 ? next_random(&random)
					    : round == 1 ? next_random(&random) % 64 == 0
					    : round == 2 ? 0xff
							 : next_random(&random) >> i / 64 % 40);
		struct source source = file_source(file, BEFORE + bytes);
		struct ranks ranks;
		struct file_bits bitmap = { BEFORE, bytes, round % 2, "bitmap" };
		CHECK_EQ(ranks_init(&ranks, &source, &bitmap), OK);
		check_ranks(failures, &ranks, &source, file + BEFORE);
		ranks_deinit(&ranks);
		close(source.fd);
	}
}

TEST(ranks_of_a_huge_bitmap_take_little_memory)
{
	enum { SET = 500 };
	const uint64_t bits = UINT64_C(1) << 31;
	struct source source = file_source(NULL, bits / 8);
	struct ranks ranks;
	uint64_t rank;
	bool is_set;

	CHECK_EQ(ftruncate(source.fd, (off_t)(bits / 8)), 0);
	for (uint64_t i = 0; i < SET; i++) /* bit 7 of every 500th part */
		CHECK_EQ(pwrite(source.fd, "\x80", 1, (off_t)(i * (bits / 8 / SET))), 1);
	CHECK_EQ(ranks_init(&ranks, &source, &(struct file_bits){ 0, bits / 8 }), OK);
	CHECK(bits >> ranks.shift <= 1 << 17);
	for (uint64_t i = 0; i < SET; i++) {
		uint64_t at = i * (bits / 8 / SET) * 8 + 7;
		CHECK_EQ(ranks_find(&ranks, &source, NULL, at, &rank, &is_set), OK);
		CHECK_EQ(rank, i);
		CHECK(is_set);
		CHECK_EQ(ranks_find(&ranks, &source, NULL, at + 1, &rank, &is_set), OK);
		CHECK_EQ(rank, i + 1);
		CHECK(!is_set);
	}
	ranks_deinit(&ranks);
	close(source.fd);
}

TEST(ranks_of_a_cut_bitmap_are_an_error)
{
	uint8_t file[100] = { 0 };
	struct source source = file_source(file, sizeof(file));
	struct ranks ranks;

	CHECK_EQ(ranks_init(&ranks, &source, &(struct file_bits){ 0, 101 }), ERR_CORRUPT);
	CHECK(strstr(err_text(), "the file ends before"));
	close(source.fd);
}

enum { PAGE_SIZE = 4096, PAGES = 64, DATA_AT = 5 * PAGE_SIZE };

/* Half a page of noise that tells its number. */
static void make_page(uint8_t page[PAGE_SIZE], uint64_t number)
{
	uint64_t random = number + 1;

	memset(page, 0, PAGE_SIZE);
	for (size_t i = 0; i < PAGE_SIZE / 2; i++)
		page[i] = (uint8_t)next_random(&random);
}

/* A dump file of x86_64 with all its pages packed; returns its size. */
static size_t make_dump(uint8_t *file)
{
	void *state = codec_zlib.create(PAGE_SIZE);
	size_t at = DATA_AT;

	memcpy(file, KDUMP_SIGNATURE, KDUMP_SIGNATURE_BYTES);
	put_32(false, file + KDUMP_VERSION_AT, 6);
	put_32(false, file + kdump_header_64.block_size, PAGE_SIZE);
	put_32(false, file + kdump_header_64.sub_hdr_size, 1);
	put_32(false, file + kdump_header_64.bitmap_blocks, 2);
	put_32(false, file + kdump_header_64.max_mapnr, PAGES);
	memset(file + 2 * PAGE_SIZE, 0xff, PAGES / 8);
	memset(file + 3 * PAGE_SIZE, 0xff, PAGES / 8);
	for (uint64_t i = 0; i < PAGES; i++) {
		uint8_t page[PAGE_SIZE], *entry = file + 4 * PAGE_SIZE + i * KDUMP_DESCRIPTOR_BYTES;
		make_page(page, i);
		size_t size = codec_zlib.pack(state, page, PAGE_SIZE, file + at);
		put_64(false, entry + DESCRIPTOR_OFFSET, at);
		put_32(false, entry + DESCRIPTOR_SIZE, (uint32_t)size);
		put_32(false, entry + DESCRIPTOR_FLAGS, DUMP_DH_COMPRESSED_ZLIB);
		at += size;
	}
	codec_zlib.destroy(state);
	return at;
}

static bool is_page(const uint8_t *page, uint64_t number)
{
	uint8_t right[PAGE_SIZE];

	make_page(right, number);
	return memcmp(page, right, PAGE_SIZE) == 0;
}

/* Pages that the file has no more are errors, never a signal or zeros; those read before and those
 * that are still there stay good, and no fault is told twice. */
static void read_shrinking(bool may_map, int *failures)
{
	static uint8_t file[DATA_AT + PAGES * PAGE_SIZE];
	size_t size = make_dump(file), left = DATA_AT + 5 * PAGE_SIZE;
	struct source plain = file_source(file, size);
	char name[32];
	struct source source = { .name = name, .mapping = may_map ? MAPPING_ANY : MAPPING_NONE };
	struct reader *reader;
	const uint8_t *page;

	snprintf(name, sizeof(name), "/dev/fd/%d", plain.fd);
	CHECK_EQ(source_open(&source), OK);
	CHECK_EQ(reader_create(&source, &reader), OK);
	CHECK_EQ(reader_page(reader, PAGES - 1, &page), OK);
	CHECK(is_page(page, PAGES - 1));
	CHECK_EQ(ftruncate(plain.fd, (off_t)left), 0);
	for (unsigned i = 0; i < 2 * PAGES; i++) {
		pfn_t pfn = i % PAGES;
		uint8_t *entry = file + 4 * PAGE_SIZE + pfn * KDUMP_DESCRIPTOR_BYTES;
		bool there = get_64(false, entry) + get_32(false, entry + 8) <= left;
		err_t result = reader_page(reader, pfn, &page);
		CHECK(result == OK ? is_page(page, pfn) : result == ERR_IO);
		CHECK(!there || result == OK);
		CHECK(there || !may_map || result == ERR_IO || pfn == PAGES - 1);
		CHECK(!reader_faulted(reader));
	}
	reader_destroy(reader);
	source_close(&source);
	close(plain.fd);
}

TEST(a_mapped_dump_file_that_loses_its_end)
{
	read_shrinking(true, failures);
}

TEST(a_read_dump_file_that_loses_its_end)
{
	read_shrinking(false, failures);
}

/* A stream, and the file it stands for. */
struct stream {
	uint8_t bytes[1 << 16], image[1 << 14];
	size_t size, image_size;
};

static void add_record(struct stream *stream, uint64_t at, uint64_t size, uint64_t *random)
{
	uint8_t *to = stream->bytes + stream->size;

	put_64(true, to, at);
	put_64(true, to + 8, size);
	for (uint64_t i = 0; i < size; i++)
		stream->image[at + i] = to[16 + i] = (uint8_t)next_random(random);
	stream->size += 16 + size;
	stream->image_size = (size_t)max_u64(stream->image_size, at + size);
}

static void make_stream(struct stream *stream, uint64_t *random)
{
	unsigned records = 1 + next_random(random) % 40;
	uint64_t most = UINT64_C(1) << next_random(random) % 11;

	memset(stream, 0, sizeof(*stream));
	memcpy(stream->bytes, "makedumpfile", 13);
	stream->bytes[23] = stream->bytes[31] = 1;
	stream->size = 4096;
	for (unsigned i = 0; i < records; i++)
		add_record(stream, next_random(random) % 15000, 1 + next_random(random) % most,
			   random);
	memset(stream->bytes + stream->size, 0xff, 16);
	stream->size += 16;
}

TEST(a_flattened_stream_reads_as_its_records_in_order)
{
	static struct stream stream;
	static uint8_t got[sizeof(stream.image) + 100];
	uint64_t random = 17;

	for (int round = 0; round < 200; round++) {
		make_stream(&stream, &random);
		struct source source = file_source(stream.bytes, stream.size);
		CHECK(flat_probe(stream.bytes, stream.size));
		CHECK_EQ(flat_open(&source), OK);
		CHECK_EQ(source.file_bytes, stream.image_size);
		CHECK(!source.flat->cut);
		CHECK_EQ(file_some(&source, 0, got, sizeof(got)), stream.image_size);
		CHECK(memcmp(got, stream.image, stream.image_size) == 0);
		for (int i = 0; i < 20; i++) {
			size_t at = next_random(&random) % stream.image_size;
			size_t size = next_random(&random) % (stream.image_size - at + 1);
			CHECK_EQ(file_read(&source, at, got, size, "piece"), OK);
			CHECK(memcmp(got, stream.image + at, size) == 0);
		}
		CHECK_EQ(file_read(&source, stream.image_size, got, 1, "piece"), ERR_CORRUPT);
		flat_close(&source);
		close(source.fd);
	}
}

TEST(a_cut_stream_gives_what_there_is)
{
	static struct stream stream;
	static uint8_t got[sizeof(stream.image)];
	uint64_t random = 23;

	for (int round = 0; round < 200; round++) {
		make_stream(&stream, &random);
		size_t size = 4096 + next_random(&random) % (stream.size - 4096);
		struct source source = file_source(stream.bytes, size);
		CHECK_EQ(flat_open(&source), OK);
		CHECK(source.flat->cut);
		CHECK(source.file_bytes <= stream.image_size);
		CHECK_EQ(file_some(&source, 0, got, sizeof(got)), source.file_bytes);
		flat_close(&source);
		close(source.fd);
	}
}

int main(void)
{
	fault_setup();
	return run_tests((struct test[]){
		{ "ranks agree with a slow count", ranks_agree_with_a_slow_count },
		{ "ranks of a huge bitmap take little memory",
		  ranks_of_a_huge_bitmap_take_little_memory },
		{ "ranks of a cut bitmap are an error", ranks_of_a_cut_bitmap_are_an_error },
		{ "a mapped dump file that loses its end", a_mapped_dump_file_that_loses_its_end },
		{ "a read dump file that loses its end", a_read_dump_file_that_loses_its_end },
		{ "a flattened stream reads as its records in order",
		  a_flattened_stream_reads_as_its_records_in_order },
		{ "a cut stream gives what there is", a_cut_stream_gives_what_there_is },
		{ 0 } });
}
