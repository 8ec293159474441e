// SPDX-License-Identifier: GPL-2.0-only
/* dumpfile.c - unit tests of dump files as input: the index of descriptors against a slow count,
 * and a flattened stream against its records put down one after the other. */
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
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
	for (uint64_t bit = 0; bit <= ranks->bits; bit++) {
		bool set = bit < ranks->bits && bitmap[bit / 8] >> bit % 8 & 1, is_set;
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
		CHECK_EQ(ranks_init(&ranks, &source, BEFORE, bytes * 8), OK);
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
	CHECK_EQ(ranks_init(&ranks, &source, 0, bits), OK);
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

	CHECK_EQ(ranks_init(&ranks, &source, 0, 101 * 8), ERR_CORRUPT);
	CHECK(strstr(err_text(), "the file ends before"));
	close(source.fd);
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
	return run_tests((struct test[]){
		{ "ranks agree with a slow count", ranks_agree_with_a_slow_count },
		{ "ranks of a huge bitmap take little memory",
		  ranks_of_a_huge_bitmap_take_little_memory },
		{ "ranks of a cut bitmap are an error", ranks_of_a_cut_bitmap_are_an_error },
		{ "a flattened stream reads as its records in order",
		  a_flattened_stream_reads_as_its_records_in_order },
		{ "a cut stream gives what there is", a_cut_stream_gives_what_there_is },
		{ 0 } });
}
