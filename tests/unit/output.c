// SPDX-License-Identifier: GPL-2.0-only
/* output.c - unit tests of the packer: the same stream for every number of threads and batch size;
 * a worker that fails ends it with its own sentence. */
#include <pthread.h>

#include "base/bytes.h"
#include "memory_source.h"
#include "output/pack.h"
#include "output/sink.h"
#include "tests/test.h"

enum { PAGE_SIZE = 4096, PAGES = 600 };

/* A third zeros, a third that packs well, a third that does not. */
static uint8_t *make_memory(void)
{
	uint8_t *bytes = calloc(PAGES, PAGE_SIZE);
	uint64_t random = 7;

	for (size_t pfn = 0; bytes && pfn < PAGES; pfn++)
		for (size_t at = 0; pfn % 3 && at < PAGE_SIZE; at += pfn % 3 == 1 ? 512 : 8)
			put_64(false, bytes + pfn * PAGE_SIZE + at, next_random(&random));
	return bytes;
}

/* What came out, in a form that can be compared. */
struct stream {
	uint8_t *data;
	size_t bytes;
	struct packed_page page[PAGES];
	unsigned pages;
};

static void collect(struct stream *stream, const struct packed *packed)
{
	memcpy(stream->page + stream->pages, packed->page, packed->pages * sizeof(*packed->page));
	memcpy(stream->data + stream->bytes, packed->data, packed->bytes);
	stream->pages += packed->pages;
	stream->bytes += packed->bytes;
}

static err_t pack_all(struct packer *packer, struct stream *stream)
{
	struct packed packed;

	stream->pages = 0;
	stream->bytes = 0;
	for (pfn_t pfn = 0; pfn < PAGES; pfn++) {
		if (packer_full(packer)) {
			TRY(packer_pull(packer, &packed));
			collect(stream, &packed);
		}
		packer_push(packer, pfn);
	}
	packer_flush(packer);
	while (packer_busy(packer)) {
		TRY(packer_pull(packer, &packed));
		collect(stream, &packed);
	}
	return OK;
}

static err_t pack_with(const struct packing *packing, struct stream *stream)
{
	struct packer *packer = NULL;

	TRY(packer_create(packing, &packer));
	err_t result = pack_all(packer, stream);
	packer_destroy(packer);
	return result;
}

static bool same_stream(const struct stream *a, const struct stream *b)
{
	if (a->pages != b->pages || a->bytes != b->bytes)
		return false;
	for (unsigned i = 0; i < a->pages; i++)
		if (a->page[i].pfn != b->page[i].pfn || a->page[i].size != b->page[i].size ||
		    a->page[i].as != b->page[i].as)
			return false;
	return memcmp(a->data, b->data, a->bytes) == 0;
}

static bool page_comes_back(const struct codec *codec, const struct packed_page *page,
			    const uint8_t *data, const uint8_t *memory)
{
	const uint8_t *in = memory + page->pfn * PAGE_SIZE;
	uint8_t out[PAGE_SIZE];

	if (page->as == PACKED_ZERO)
		return all_zero(in, PAGE_SIZE);
	if (page->as == PACKED_RAW)
		return page->size == PAGE_SIZE && memcmp(data, in, PAGE_SIZE) == 0;
	return page->as == PACKED_SMALLER && page->size < PAGE_SIZE &&
	       codec->unpack(NULL, data, page->size, out, PAGE_SIZE) &&
	       memcmp(out, in, PAGE_SIZE) == 0;
}

static bool comes_back(const struct codec *codec, const struct stream *stream,
		       const uint8_t *memory)
{
	const uint8_t *data = stream->data;

	for (unsigned i = 0; i < stream->pages; i++) {
		if (stream->page[i].pfn != i ||
		    !page_comes_back(codec, &stream->page[i], data, memory))
			return false;
		data += stream->page[i].size;
	}
	return stream->pages == PAGES;
}

static void check_codec(const struct codec *codec, const uint8_t *memory, int *failures)
{
	static const unsigned threads[] = { 0, 1, 3, 8 };
	static const size_t batches[] = { 1, 4 * PAGE_SIZE, 64 * PAGE_SIZE };
	struct memory_dump dump;
	struct stream first = { .data = malloc(PAGES * PAGE_SIZE) },
		      other = { .data = malloc(PAGES * PAGE_SIZE) };

	memory_dump_init(&dump, memory, PAGES * PAGE_SIZE);
	struct packing packing = { .source = &dump.source, .codec = codec, .share_zero = true };
	for (size_t i = 0; i < 4; i++)
		for (size_t k = 0; k < 3; k++) {
			struct stream *stream = i + k ? &other : &first;
			packing.threads = threads[i];
			packing.batch_bytes = batches[k];
			CHECK_EQ(pack_with(&packing, stream), OK);
			CHECK(same_stream(&first, stream));
		}
	CHECK(comes_back(codec, &first, memory));
	free(first.data);
	free(other.data);
}

TEST(every_codec_packs_the_same_with_any_number_of_threads)
{
	uint8_t *memory = make_memory();

	check_codec(NULL, memory, failures);
	for (const struct codec *const *codec = codecs; *codec; codec++)
		if ((*codec)->create)
			check_codec(*codec, memory, failures);
	free(memory);
}

TEST(zeros_have_data_when_they_are_not_shared)
{
	uint8_t *memory = make_memory();
	struct memory_dump dump;
	struct stream stream = { .data = malloc(PAGES * PAGE_SIZE) };

	memory_dump_init(&dump, memory, PAGES * PAGE_SIZE);
	struct packing packing = { .source = &dump.source, .threads = 2, .batch_bytes = 1 << 16 };
	CHECK_EQ(pack_with(&packing, &stream), OK);
	CHECK_EQ(stream.bytes, PAGES * PAGE_SIZE);
	CHECK(memcmp(stream.data, memory, stream.bytes) == 0);
	free(stream.data);
	free(memory);
}

TEST(pages_the_dump_does_not_have_are_absent)
{
	uint8_t *memory = make_memory();
	struct memory_dump dump;
	struct stream stream = { .data = malloc(PAGES * PAGE_SIZE) };

	memory_dump_init(&dump, memory, (PAGES - 10) * PAGE_SIZE);
	struct packing packing = { .source = &dump.source, .threads = 3, .batch_bytes = 1 << 14 };
	CHECK_EQ(pack_with(&packing, &stream), OK);
	for (unsigned i = 0; i < PAGES; i++)
		CHECK_EQ(stream.page[i].as == PACKED_ABSENT, i >= PAGES - 10);
	free(stream.data);
	free(memory);
}

static void *no_state(size_t size)
{
	(void)size;
	return NULL;
}

TEST(without_memory_to_begin_with_there_is_a_sentence)
{
	uint8_t *memory = make_memory();
	struct memory_dump dump;
	struct codec broken = codec_zlib;
	struct stream stream = { .data = malloc(PAGES * PAGE_SIZE) };

	broken.create = no_state;
	memory_dump_init(&dump, memory, PAGES * PAGE_SIZE);
	for (unsigned threads = 0; threads < 4; threads++) {
		struct packing packing = { .source = &dump.source, .codec = &broken,
					   .threads = threads, .batch_bytes = 1 << 14 };
		CHECK_EQ(pack_with(&packing, &stream), ERR_NOMEM);
		CHECK(strncmp(err_text(), "no memory for ", 14) == 0);
	}
	free(stream.data);
	free(memory);
}

static pthread_t main_thread;

static void *state_of_main(size_t size)
{
	return pthread_equal(pthread_self(), main_thread) ? codec_zlib.create(size) : NULL;
}

TEST(a_worker_that_cannot_begin_leaves_its_work_to_the_caller)
{
	uint8_t *memory = make_memory();
	struct memory_dump dump;
	struct codec broken = codec_zlib;
	struct stream alone = { .data = malloc(PAGES * PAGE_SIZE) };
	struct stream deserted = { .data = malloc(PAGES * PAGE_SIZE) };

	main_thread = pthread_self();
	broken.create = state_of_main;
	memory_dump_init(&dump, memory, PAGES * PAGE_SIZE);
	struct packing packing = { .source = &dump.source, .codec = &broken,
				   .threads = 1, .batch_bytes = 1 << 14 };
	CHECK_EQ(pack_with(&packing, &alone), OK);
	packing.threads = 4;
	CHECK_EQ(pack_with(&packing, &deserted), OK);
	CHECK(same_stream(&alone, &deserted));
	free(deserted.data);
	free(alone.data);
	free(memory);
}

static err_t fails_at_page_77(struct reader *reader, paddr_t at, const uint8_t **ret, size_t *size)
{
	enum { CURSED = 77 * PAGE_SIZE };

	if (at / PAGE_SIZE == 77)
		return fail(ERR_CORRUPT, "page 77 is cursed");
	if (at < CURSED)
		*size = (size_t)min_u64(*size, CURSED - at);
	return memory_dump_lend(reader, at, ret, size);
}

TEST(a_worker_that_fails_ends_it_with_its_sentence)
{
	uint8_t *memory = make_memory();
	struct memory_dump dump;
	struct input_format format = memory_dump_format;
	struct stream stream = { .data = malloc(PAGES * PAGE_SIZE) };

	format.lend = fails_at_page_77;
	memory_dump_init(&dump, memory, PAGES * PAGE_SIZE);
	dump.source.format = &format;
	for (unsigned threads = 0; threads < 4; threads++) {
		struct packing packing = { .source = &dump.source, .codec = &codec_zlib,
					   .threads = threads, .batch_bytes = 1 << 14 };
		CHECK_EQ(pack_with(&packing, &stream), ERR_CORRUPT);
		CHECK(strstr(err_text(), "page 77 is cursed"));
		CHECK(stream.pages <= 77);
	}
	free(stream.data);
	free(memory);
}

/* Emptying the page cache, and waiting for the disk, changes no byte. */
TEST(a_small_cache_keeps_every_byte)
{
	struct sink sink = { .kind = SINK_FILE, .name = "/tmp/output-test", .cache = 8192 };
	uint64_t state = 7, word, got;

	CHECK(sink_open(&sink, true) == OK);
	for (uint64_t at = 0; at < 40000; at += sizeof(word)) {
		word = next_random(&state);
		CHECK(sink_write(&sink, at, &word, sizeof(word)) == OK);
	}
	CHECK(sink.cached <= sink.cache);
	state = 7;
	for (uint64_t at = 0; at < 40000; at += sizeof(word)) {
		word = next_random(&state);
		CHECK(pread(sink.fd, &got, sizeof(got), (off_t)at) == sizeof(got));
		CHECK_EQ(got, word);
	}
	CHECK(sink_close(&sink) == OK);
	unlink(sink.name);
}

int main(void)
{
	return run_tests((struct test[]){
	    { "every_codec_packs_the_same_with_any_number_of_threads",
	      every_codec_packs_the_same_with_any_number_of_threads },
	    { "zeros_have_data_when_they_are_not_shared",
	      zeros_have_data_when_they_are_not_shared },
	    { "pages_the_dump_does_not_have_are_absent", pages_the_dump_does_not_have_are_absent },
	    { "without_memory_to_begin_with_there_is_a_sentence",
	      without_memory_to_begin_with_there_is_a_sentence },
	    { "a_worker_that_cannot_begin_leaves_its_work_to_the_caller",
	      a_worker_that_cannot_begin_leaves_its_work_to_the_caller },
	    { "a_worker_that_fails_ends_it_with_its_sentence",
	      a_worker_that_fails_ends_it_with_its_sentence },
	    { "a_small_cache_keeps_every_byte", a_small_cache_keeps_every_byte },
	    { 0 } });
}
