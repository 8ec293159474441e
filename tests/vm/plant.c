// SPDX-License-Identifier: GPL-2.0-only
/* plant.c - secrets of 64 bytes in a guest's memory, where the profiles of --config look for them:
 * a key of the key service, the keys of two dm-crypt disks, a module's vmalloc buffer (the disk of
 * scsi_debug, across two pages), environment and command line of a process.
 *
 * The letters come from secret(), which scan.py knows, too, so that neither program nor script has
 * them; what was handed to the kernel is wiped here. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECRET = 64, PAGE = 4096, DISK_SECTORS = 4096, USER_KEYRING = -4 };

static void wipe(void *bytes, size_t size)
{
	memset(bytes, 0, size);
	__asm__ volatile("" : : "r"(bytes) : "memory");
}

static void secret(char kind, char ret[SECRET])
{
	uint64_t state = (uint64_t)kind;

	for (int i = 0; i < SECRET; i++) {
		state = state * 6364136223846793005 + 1442695040888963407;
		ret[i] = (char)('A' + (state >> 33) % 26);
	}
}

static int plant_key(void)
{
	char bytes[SECRET];

	secret('k', bytes);
	long key = syscall(SYS_add_key, "user", "planted", bytes, SECRET, USER_KEYRING);
	wipe(bytes, SECRET);
	return key < 0 ? errno : 0;
}

/* Across the border of the disk's pages 5 and 6, past the page cache. */
static int plant_module(const char *disk)
{
	char *bytes = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			   0);
	int file = open(disk, O_RDWR | O_DIRECT);
	int result = 0;

	if (bytes == MAP_FAILED || file < 0)
		return errno;
	secret('m', bytes + PAGE - SECRET / 2);
	if (pwrite(file, bytes, 2 * PAGE, 5 * PAGE) != 2 * PAGE)
		result = errno;
	wipe(bytes, 2 * PAGE);
	munmap(bytes, 2 * PAGE);
	close(file);
	return result;
}

/* An encrypted disk with a key of 64 bytes: AES-256 in XTS. */
struct crypt {
	const char *name, *cipher;
	char kind; /* of its secret */
	int at;    /* sector of the disk below */
};

static int mapper(int control, unsigned long request, struct dm_ioctl *about, const char *name)
{
	about->version[0] = DM_VERSION_MAJOR;
	about->data_start = sizeof(*about);
	snprintf(about->name, sizeof(about->name), "%s", name);
	return ioctl(control, request, about) ? errno : 0;
}

static int load_table(int control, const struct crypt *crypt, const char *disk)
{
	struct {
		struct dm_ioctl about;
		struct dm_target_spec target;
		char text[512];
	} table = { .about = { .data_size = sizeof(table), .target_count = 1,
			       .flags = DM_SECURE_DATA_FLAG },
		    .target = { .length = DISK_SECTORS, .target_type = "crypt" } };
	char key[SECRET];
	int at = sprintf(table.text, "%s ", crypt->cipher);

	secret(crypt->kind, key);
	for (int i = 0; i < SECRET; i++)
		at += sprintf(table.text + at, "%02x", (unsigned)(uint8_t)key[i]);
	wipe(key, SECRET);
	snprintf(table.text + at, sizeof(table.text) - (size_t)at, " 0 %s %d", disk,
		 crypt->at);
	int result = mapper(control, DM_TABLE_LOAD, &table.about, crypt->name);
	wipe(&table, sizeof(table));
	return result;
}

static int open_mapper(void)
{
	char numbers[32] = "";
	int minor;

	/* Nobody makes /dev/mapper/control here. */
	int misc = open("/sys/class/misc/device-mapper/dev", O_RDONLY);
	if (misc < 0 || read(misc, numbers, sizeof(numbers) - 1) <= 0 ||
	    sscanf(numbers, "10:%d", &minor) != 1)
		return -1;
	close(misc);
	mknod("/tmp/mapper", S_IFCHR | 0600, makedev(10, (unsigned)minor));
	return open("/tmp/mapper", O_RDWR);
}

static int plant_disk(const char *disk, const struct crypt *crypt)
{
	struct dm_ioctl about = { .data_size = sizeof(about) };
	int control = open_mapper();

	if (control < 0)
		return errno;
	int result = mapper(control, DM_DEV_CREATE, &about, crypt->name);
	if (!result)
		result = load_table(control, crypt, disk);
	about = (struct dm_ioctl){ .data_size = sizeof(about) };
	if (!result)
		result = mapper(control, DM_DEV_SUSPEND, &about, crypt->name); /* which resumes */
	about = (struct dm_ioctl){ .data_size = sizeof(about) };
	if (result)
		mapper(control, DM_DEV_REMOVE, &about, crypt->name);
	close(control);
	return result;
}

/* One with the cipher the kernel likes best, one with the plain one, by its name until 6.19 or
 * since. */
static int plant_disks(const char *disk)
{
	static const struct crypt best = { "best", "aes-xts-plain64", 'd', 8192 };
	static const struct crypt plain[] = {
		{ "plain", "capi:xts(ecb(aes-generic))-plain64", 'g', 12288 },
		{ "plain", "capi:xts(ecb(aes-lib))-plain64", 'g', 12288 },
	};
	int result = plant_disk(disk, &best);

	if (!result && plant_disk(disk, &plain[0]))
		result = plant_disk(disk, &plain[1]);
	return result;
}

/* A process that has them and waits. The one that calls execve() goes with all its memory. */
static int plant_process(void)
{
	int pipe_ends[2];
	char byte;

	if (pipe2(pipe_ends, O_CLOEXEC))
		return errno;
	pid_t child = fork();
	if (child == 0) {
		char environment[16 + SECRET] = "PLANTED_TOKEN=";
		char argument[16 + SECRET] = "--password=";
		secret('e', environment + strlen(environment));
		secret('a', argument + strlen(argument));
		execve("/proc/self/exe", (char *[]){ "planted", "stay", argument, NULL },
		       (char *[]){ "HOME=/", environment, NULL });
		_exit(1);
	}
	close(pipe_ends[1]);
	if (read(pipe_ends[0], &byte, 1) < 0 || child < 0)
		return errno;
	close(pipe_ends[0]);
	return waitpid(child, NULL, WNOHANG) ? ECHILD : 0;
}

int main(int argc, char **argv)
{
	const char *disk = argc > 1 ? argv[1] : "/dev/sda";

	if (argc > 1 && strcmp(argv[1], "stay") == 0)
		for (;;)
			pause();
	int key = plant_key(), module = plant_module(disk), crypt = plant_disks(disk);
	int process = plant_process();
	printf("PLANTED key %d module %d crypt %d process %d\n", key, module, crypt, process);
	fflush(stdout);
	for (;;)
		pause();
}
