// SPDX-License-Identifier: GPL-2.0-only
/* workload.c - memory of every kind for a guest to be dumped with: workload MIB FOLDER.
 * Anonymous pages (zero, random, text), transparent huge pages, hugetlb pages, files on a real disk
 * read and dirtied, freed memory, many small kernel objects. Stays, so that the memory stays.
 * workload counts: prints /proc/meminfo and /proc/zoneinfo once memory has come to rest, then
 * READY; stays, too, so that nothing is freed after they were read. */
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

/* The text in a file; a zero ends it. */
static void read_text(const char *name, char *text, size_t most)
{
	int file = open(name, O_RDONLY);
	size_t have = 0;

	for (ssize_t got; (got = read(file, text + have, most - 1 - have)) > 0;)
		have += (size_t)got;
	text[have] = 0;
	close(file);
}

/* CPUs give the free pages that they hold back, which MemFree does not count, a few each second. */
static void __attribute__((noreturn)) counts(void)
{
	enum { SECONDS_MOST = 120, AT_REST = 8 };
	static char text[65536], zones[65536];
	const char *found;
	long before = -1;

	for (int i = 0, same = 0; i < SECONDS_MOST && same < AT_REST; i++) {
		sleep(1);
		read_text("/proc/meminfo", text, sizeof(text));
		found = strstr(text, "MemFree:");
		long now = found ? atol(found + strlen("MemFree:")) : 0;
		same = now == before ? same + 1 : 0;
		before = now;
	}
	read_text("/proc/zoneinfo", zones, sizeof(zones));
	printf("COUNTS\n%sCOUNTS END\nZONES\n%sZONES END\nREADY\n", text, zones);
	fflush(stdout);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "counts"))
		counts();
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
