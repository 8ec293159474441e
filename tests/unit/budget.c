// SPDX-License-Identifier: GPL-2.0-only
/* budget.c - unit tests of how much memory may be used, and of its shares. */
#include <sys/stat.h>
#include <unistd.h>

#include "makedumpfile.h"
#include "tests/test.h"

enum { MIB = 1 << 20 };

static void put_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	if (!file || fputs(text, file) < 0 || fclose(file))
		exit(2);
}

static const struct memory_files files = { "meminfo", "groups", "v1", "v2" };

/* 100 MiB are available, and the process is in no group. */
static void fresh_folder(void)
{
	char name[] = "/tmp/budget-XXXXXX";

	if (!mkdtemp(name) || chdir(name))
		exit(2);
	put_file("meminfo", "MemTotal: 409600 kB\nMemFree:  1024 kB\nMemAvailable:  102400 kB\n");
	put_file("groups", "0::/\n");
}

static void leave_folder(void)
{
	char name[64], command[128];

	if (!getcwd(name, sizeof(name)) || chdir("/"))
		exit(2);
	snprintf(command, sizeof(command), "rm -rf %s", name);
	if (system(command))
		exit(2);
}

TEST(available_memory)
{
	fresh_folder();
	CHECK_EQ(memory_available(&files), 100 * MIB);
	put_file("meminfo", "MemTotal: 409600 kB\nMemFree:  1024 kB\n"); /* before 3.14 */
	CHECK_EQ(memory_available(&files), MIB);
	unlink("groups");
	CHECK_EQ(memory_available(&files), MIB);
	unlink("meminfo");
	CHECK_EQ(memory_available(&files), 64 * MIB);
	leave_folder();
}

/* Files that are not there are an answer, and no news: the sentence of whoever failed stays. */
TEST(asking_for_memory_says_nothing)
{
	fresh_folder();
	unlink("meminfo");
	unlink("groups");
	fail(ERR_NOSPACE, "the disk is full");
	memory_available(&files);
	CHECK(!strcmp(err_text(), "the disk is full"));
	put_file("groups", "0::/\n"); /* and no limit in it */
	memory_available(&files);
	CHECK(!strcmp(err_text(), "the disk is full"));
	leave_folder();
}

/* The group above has the lower limit; what is anonymous in it cannot be had. */
TEST(available_in_groups_of_version_2)
{
	fresh_folder();
	mkdir("v2", 0700);
	mkdir("v2/up", 0700);
	mkdir("v2/up/down", 0700);
	put_file("groups", "0::/up/down\n");
	put_file("v2/up/down/memory.max", "83886080\n");
	put_file("v2/up/down/memory.stat", "anon 1048576\nfile 50000000\n");
	CHECK_EQ(memory_available(&files), 79 * MIB);
	put_file("v2/up/memory.max", "67108864\n");
	put_file("v2/up/memory.stat", "file 5\nanon 4194304\n");
	CHECK_EQ(memory_available(&files), 60 * MIB);
	put_file("v2/up/memory.max", "max\n");
	put_file("v2/up/down/memory.max", "max\n");
	CHECK_EQ(memory_available(&files), 100 * MIB);
	put_file("v2/up/memory.max", "1048576\n"); /* used up already */
	CHECK_EQ(memory_available(&files), 0);
	leave_folder();
}

TEST(available_in_groups_of_version_1)
{
	fresh_folder();
	mkdir("v1", 0700);
	mkdir("v1/box", 0700);
	put_file("groups", "9:cpu,cpuacct:/box\n4:hugetlb,memory:/box\n0::/\n");
	put_file("v1/memory.limit_in_bytes", "9223372036854771712\n");
	put_file("v1/box/memory.limit_in_bytes", "50331648\n");
	put_file("v1/box/memory.stat", "rss 4096\ntotal_rss 8388608\n");
	CHECK_EQ(memory_available(&files), 40 * MIB);
	put_file("groups", "9:cpu,cpuacct:/box\n4:memory_not:/box\n");
	CHECK_EQ(memory_available(&files), 100 * MIB);
	leave_folder();
}

/* All shares of a small budget fit it; threads go first, the window last. */
TEST(shares)
{
	struct plan plan = { .memory_bytes = 32 * MIB, .threads = 1000 };
	struct source source = { .target = { .page_shift = 12, .word_bytes = 8 } };
	struct packing packing = { .source = &source, .batch_bytes = 128 << 10 };
	pfn_t machine = UINT64_C(1) << 34; /* 64 TiB */

	CHECK_EQ(budget_bytes(&plan), 32 * MIB);
	unsigned threads = budget_threads(&plan, &packing);
	CHECK(threads >= 1 && threads < 10);
	uint64_t all = threads * packer_bytes_per_thread(&packing) + budget_runs(&plan) +
		       budget_window(&plan, machine) + budget_cache(&plan);
	CHECK(all <= 24 * MIB);
	CHECK(all >= 8 * MIB);
	plan.memory_bytes = 1; /* what cannot be done without is used all the same */
	CHECK_EQ(budget_threads(&plan, &packing), 0);
	CHECK_EQ(budget_window(&plan, machine), WINDOW_STEP / 8);
	CHECK(budget_runs(&plan) > 0 && budget_cache(&plan) > 0);
}

/* Unless somebody asks for more, two threads copy where nothing is compressed. */
TEST(two_threads_for_copying)
{
	struct plan plan = { .memory_bytes = 1024 * MIB, .threads = -1 };
	struct source source = { .target = { .page_shift = 12, .word_bytes = 8 } };
	struct packing packing = { .source = &source, .batch_bytes = 128 << 10 };
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	CHECK_EQ(budget_threads(&plan, &packing), online > 1 ? 2 : 0);
	packing.codec = &codec_zlib;
	CHECK_EQ(budget_threads(&plan, &packing), online > 1 ? online : 0);
	packing.codec = NULL;
	plan.threads = 3;
	CHECK_EQ(budget_threads(&plan, &packing), 3);
}

int main(void)
{
	return run_tests((struct test[]){
		{ "available_memory", available_memory },
		{ "asking_for_memory_says_nothing", asking_for_memory_says_nothing },
		{ "available_in_groups_of_version_2", available_in_groups_of_version_2 },
		{ "available_in_groups_of_version_1", available_in_groups_of_version_1 },
		{ "shares", shares },
		{ "two_threads_for_copying", two_threads_for_copying },
		{ 0 },
	});
}
