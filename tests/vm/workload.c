// SPDX-License-Identifier: GPL-2.0-only
/* workload.c - memory of every kind for a guest to be dumped with: workload MIB FOLDER.
 * Anonymous pages (zero, random, text), transparent huge pages, hugetlb pages, files on a real disk
 * read and dirtied, freed memory, many small kernel objects. Stays, so that the memory stays. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, HUGE = 2 << 20 };

static void fill(char *memory, size_t bytes)
{
	for (size_t at = 0; at < bytes; at += PAGE) {
		char *page = memory + at;
		switch (at / PAGE % 4) {
		case 0:
			memset(page, 0, PAGE); /* touched, so present, yet zero */
			break;
		case 1:
			for (int i = 0; i < PAGE; i += 4)
				memcpy(page + i, &(int){ rand() }, 4);
			break;
		default:
			for (int i = 0; i < PAGE; i += 64)
				snprintf(page + i, 64, "page %zu line %d of a text", at, i);
		}
	}
}

static char *anonymous(size_t bytes, int flags)
{
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
	return memory == MAP_FAILED ? NULL : memory;
}

static void write_file(const char *folder, const char *name, size_t bytes, int keep_dirty)
{
	char path[256], page[PAGE];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	for (size_t at = 0; file >= 0 && at < bytes; at += PAGE) {
		fill(page, PAGE);
		snprintf(page, sizeof(page), "%s at %zu", name, at);
		if (write(file, page, PAGE) != PAGE)
			break;
	}
	if (file >= 0 && !keep_dirty)
		fsync(file);
}

int main(int argc, char **argv)
{
	size_t share = (argc > 1 ? strtoul(argv[1], NULL, 0) : 64) * (1 << 20) / 16;
	const char *folder = argc > 2 ? argv[2] : "/tmp";

	char *small = anonymous(2 * share, 0), *freed = anonymous(3 * share, 0);
	char *huge = anonymous(2 * share + HUGE, 0), *hugetlb = anonymous(4 * HUGE, MAP_HUGETLB);
	if (small)
		fill(small, 2 * share);
	if (huge && madvise(huge, 2 * share + HUGE, MADV_HUGEPAGE) == 0)
		fill(huge, 2 * share + HUGE);
	if (hugetlb)
		fill(hugetlb, 4 * HUGE);
	write_file(folder, "clean", share, 0);
	write_file(folder, "dirty", share / 4, 1);
	for (int i = 0; i < 2000; i++) {
		char name[32];
		snprintf(name, sizeof(name), "small-%d", i);
		write_file(folder, name, i % 16 == 0 ? PAGE : 0, 1);
	}
	if (freed) {
		fill(freed, 3 * share);
		munmap(freed, 3 * share);
	}
	printf("WORKLOAD DONE\n");
	fflush(stdout);
	for (;;)
		pause();
}
