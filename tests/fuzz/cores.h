// SPDX-License-Identifier: GPL-2.0-only
/* cores.h - fuzz from recipes: the vmcore of a case of tests/cases, with a few words changed. Bytes
 * alone never become a kernel; a kernel with a wrong word is what a crash leaves. Of the input,
 * byte 0 chooses the core, and each 8 bytes are a change:
 *     bytes 0-1   which page, of those that hold the kernel's structures
 *     bytes 2-3   which word in it (12 bits), and what is done (4 bits)
 *     bytes 4-7   with what */
#ifndef TESTS_FUZZ_CORES_H
#define TESTS_FUZZ_CORES_H

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "makedumpfile.h"

enum { CORES_MOST = 32, CHANGES_MOST = 24, CORE_PAGE = 4096, STRUCTURES_MOST = 0x1810 * CORE_PAGE };

struct core {
	int fd;              /* a copy in memory; 0: not loaded yet */
	char name[32];       /* to open it by */
	uint32_t *page;      /* of file offsets: pages with something in them */
	size_t pages;
	struct {
		uint64_t at;
		uint8_t was[8];
	} change[CHANGES_MOST];
	unsigned changes;
};

/* BUILD/tests/cores, beside BUILD/tests/fuzz where this program lies. */
static inline int core_open(const char *name)
{
	char self[PATH_MAX] = "", path[PATH_MAX + 64];

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 || !strrchr(self, '/'))
		return -1;
	*strrchr(self, '/') = 0;
	snprintf(path, sizeof(path), "%s/../cores/%s", self, name);
	return open(path, O_RDONLY);
}

/* Copy the file into memory, without its zeros. */
static inline void core_load(struct core *core, const char *name)
{
	int from = core_open(name);
	uint8_t page[CORE_PAGE];
	ssize_t got;

	core->fd = memfd_create("core", 0);
	core->page = malloc(STRUCTURES_MOST / CORE_PAGE * sizeof(*core->page));
	if (from < 0 || core->fd < 0 || !core->page) {
		fprintf(stderr, "no core %s: make tests\n", name);
		exit(1);
	}
	for (off_t at = 0; (at = lseek(from, at, SEEK_DATA)) >= 0; at += got) {
		got = pread(from, page, sizeof(page), at);
		if (got <= 0)
			break;
		if (all_zero(page, (size_t)got & ~(size_t)7))
			continue;
		if (pwrite(core->fd, page, (size_t)got, at) != got)
			exit(1);
		if (at < STRUCTURES_MOST)
			core->page[core->pages++] = (uint32_t)at;
	}
	struct stat stat;
	if (fstat(from, &stat) || ftruncate(core->fd, stat.st_size))
		exit(1);
	close(from);
	snprintf(core->name, sizeof(core->name), "/dev/fd/%d", core->fd);
}

/* What becomes of the 8 bytes of a word. */
static inline uint64_t core_changed(const struct core *core, uint64_t old, unsigned what,
				    uint32_t with)
{
	static const uint64_t odd[] = { 0, 1, UINT64_MAX, 1ull << 63, UINT32_MAX, 0x8000000000ull,
					0xffff800000000000, 0xdeadbeefdeadbeef };
	uint8_t other[8] = { 0 };

	switch (what % 6) {
	case 0:
		return old ^ UINT64_C(1) << with % 64;
	case 1:
		return odd[with % 8];
	case 2: /* the low or the high half */
		return with & 1 ? (old & UINT32_MAX) | (uint64_t)with << 32
				: (old & ~(uint64_t)UINT32_MAX) | with;
	case 3: /* a word of another place: a pointer, perhaps one that makes a loop */
		return pread(core->fd, other, 8, core->page[with % core->pages] +
			     (with >> 16) % 4089) == 8 ? get_64(false, other) : old;
	case 4:
		return old + (uint64_t)(int32_t)with;
	default:
		return old + ((uint64_t)(int32_t)with << 12);
	}
}

/* The core that the input chooses, changed as it tells. */
static inline struct core *core_begin(struct core *cores, const char *const *names, size_t count,
				      const uint8_t *data, size_t size)
{
	size_t index = size ? data[0] % count : 0;
	struct core *core = &cores[index];

	if (!core->fd)
		core_load(core, names[index]);
	core->changes = 0;
	for (size_t at = 1; at + 8 <= size && core->changes < CHANGES_MOST; at += 8) {
		unsigned place = get_16(false, data + at + 2);
		uint64_t to = core->page[get_16(false, data + at) % core->pages] +
			      min_u64(place & 4095, CORE_PAGE - 8);
		uint8_t *was = core->change[core->changes].was, now[8];
		if (pread(core->fd, was, 8, (off_t)to) != 8)
			continue;
		core->change[core->changes++].at = to;
		put_64(false, now, core_changed(core, get_64(false, was), place >> 12,
						get_32(false, data + at + 4)));
		if (pwrite(core->fd, now, 8, (off_t)to) != 8)
			exit(1);
	}
	return core;
}

/* As it was. */
static inline void core_end(struct core *core)
{
	while (core->changes--)
		if (pwrite(core->fd, core->change[core->changes].was, 8,
			   (off_t)core->change[core->changes].at) != 8)
			exit(1);
}

/* What a target does with a dump that opened. */
typedef void look_at_dump(struct dump *, const uint8_t *data, size_t size);

/* Open the core that the input chooses, changed as it tells, for a job that is asked this, and have
 * it looked at. Level 16 asks for nothing that old kernels are searched for, at length. */
static inline int core_run(const char *const *names, size_t count, struct plan asked,
			   look_at_dump *look, const uint8_t *data, size_t size)
{
	static struct core cores[CORES_MOST];
	static FILE *nowhere;
	struct core *core = core_begin(cores, names, count, data, size);
	struct dump dump;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	fault_setup();
	asked.input = core->name;
	asked.levels = 1;
	asked.block_order = -1;
	asked.say.text = nowhere;
	asked.memory_bytes = 64 << 20;
	if (dump_open(&dump, &asked) == OK) {
		look(&dump, data, size);
		dump_close(&dump);
	}
	core_end(core);
	return 0;
}

#endif
