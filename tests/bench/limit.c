// SPDX-License-Identifier: GPL-2.0-only
/* limit.c - the bare loop over kept pages, what no dump of them can be faster than:
 * limit CORE DUMP CODEC OUT.
 * Read, zero test, compress, write; nothing is decided, ordered or described. Which pages are kept
 * tells the 2nd bitmap of DUMP, made of CORE before. CODEC is an option letter, or - for raw pages.
 * Prints seconds of CPU time and of wall time, and the bytes written. CORE is a plain one: ELF64,
 * little endian, pages of 4 KiB. */
#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "codec/codec.h"
#include "diskdump_mod.h"

enum { PAGE = 4096, WINDOW = 64 << 10, PIECE = 1 << 20 };

static void __attribute__((noreturn)) die(const char *what)
{
	perror(what);
	exit(2);
}

static const uint8_t *map(const char *name, size_t *size)
{
	struct stat stat;
	int fd = open(name, O_RDONLY);

	if (fd < 0 || fstat(fd, &stat))
		die(name);
	*size = (size_t)stat.st_size;
	void *bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		die(name);
	return bytes;
}

/* The PT_LOADs and the kept pages, taken out of the files before the clock runs; and what was read
 * of the core last. */
struct input {
	int fd;
	const uint8_t *bitmap;
	const Elf64_Phdr *load;
	unsigned loads;
	uint64_t max_mapnr;
	uint64_t window_at;
	size_t window_bytes;
	uint8_t window[WINDOW];
};

static void open_input(struct input *input, const char *core, const char *dump)
{
	size_t size;
	const uint8_t *file = map(dump, &size);
	const struct kdump_header_shape *shape = &kdump_header_64;
	uint64_t block = get_32(false, file + shape->block_size);
	uint64_t half = get_32(false, file + shape->bitmap_blocks) / 2 * block;

	input->bitmap = file + (1 + get_32(false, file + shape->sub_hdr_size)) * block + half;
	input->max_mapnr = get_64(false, file + block + kdump_sub_64.max_mapnr_64);
	file = map(core, &size);
	input->load = (const Elf64_Phdr *)(file + get_64(false, file + 32));
	input->loads = get_16(false, file + 56);
	input->fd = open(core, O_RDONLY);
}

static const uint8_t *read_at(struct input *input, uint64_t at)
{
	if (at < input->window_at || at + PAGE > input->window_at + input->window_bytes) {
		ssize_t got = pread(input->fd, input->window, WINDOW, (off_t)at);
		if (got < PAGE)
			die("input");
		input->window_at = at;
		input->window_bytes = (size_t)got;
	}
	return input->window + (at - input->window_at);
}

/* The page at a paddr; NULL: no PT_LOAD has it whole. */
static const uint8_t *page_at(struct input *input, uint64_t at, unsigned *hint)
{
	for (unsigned i = 0; i < input->loads; i++, *hint = (*hint + 1) % input->loads) {
		const Elf64_Phdr *load = &input->load[*hint];
		if (load->p_type == PT_LOAD && at >= load->p_paddr &&
		    at + PAGE <= load->p_paddr + load->p_filesz)
			return read_at(input, load->p_offset + (at - load->p_paddr));
	}
	return NULL;
}

struct piece {
	int fd;
	size_t used;
	uint64_t written;
	uint8_t bytes[PIECE + 2 * PAGE];
};

static void flush(struct piece *piece)
{
	if (write(piece->fd, piece->bytes, piece->used) != (ssize_t)piece->used)
		die("output");
	piece->written += piece->used;
	piece->used = 0;
}

static void put_page(struct piece *piece, const struct codec *codec, void *state,
		     const uint8_t *page)
{
	size_t packed = codec ? codec->pack(state, page, PAGE, piece->bytes + piece->used) : 0;

	if (!packed)
		memcpy(piece->bytes + piece->used, page, PAGE);
	piece->used += packed ? packed : PAGE;
	if (piece->used >= PIECE)
		flush(piece);
}

static void pack_all(struct input *input, const struct codec *codec, struct piece *piece)
{
	void *state = codec ? codec->create(PAGE) : NULL;
	unsigned hint = 0;

	for (uint64_t pfn = 0; pfn < input->max_mapnr; pfn++) {
		if (!(input->bitmap[pfn / 8] >> pfn % 8 & 1))
			continue;
		const uint8_t *page = page_at(input, pfn * PAGE, &hint);
		if (page && !all_zero(page, PAGE))
			put_page(piece, codec, state, page);
	}
	flush(piece);
	if (state)
		codec->destroy(state);
}

static double seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
	static struct piece piece;
	static struct input input;

	if (argc != 5)
		return 2;
	const struct codec *codec = codec_by_letter(argv[3][0]);
	open_input(&input, argv[1], argv[2]);
	double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	piece.fd = open(argv[4], O_WRONLY | O_CREAT | O_TRUNC, 0600);
	pack_all(&input, codec, &piece);
	close(piece.fd);
	printf("%.4f %.4f %" PRIu64 "\n", seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu,
	       seconds(CLOCK_MONOTONIC) - wall, piece.written);
	return 0;
}
