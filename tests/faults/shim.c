// SPDX-License-Identifier: GPL-2.0-only
/* shim.c - preloaded into makedumpfile, makes one call of the C library fail.
 *     FAULT=CALL:N:HOW    the N-th call of CALL, counted from 1, fails as HOW says
 *     FAULT=room:N        files take N more bytes, then the disk is full
 *     FAULT=CALL:0        nothing fails
 * HOW is an errno by number, or short (half of the bytes), sigbus (what is mapped cannot be read),
 * jump (the clock goes back an hour, or for an even N on a year). FAULT_COUNT names a file that
 * gets the number of calls. Calls on standard error, and before main(), do not count. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { SHORT = -1, SIGBUS_LATER = -2, JUMP = -3 };

static char call_name[32];
static long wanted;
static int how;
static atomic_long calls, room;
static int armed;
static int count_fd = -1; /* opened early: later the program may open no files */

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

__attribute__((constructor)) static void begin(void)
{
	const char *fault = getenv("FAULT"), *file = getenv("FAULT_COUNT");
	char name[32] = "", what[32] = "";

	if (file)
		count_fd = (int)syscall(SYS_openat, AT_FDCWD, file,
					O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (!fault || sscanf(fault, "%31[^:]:%ld:%31s", name, &wanted, what) < 2)
		return;
	how = !strcmp(what, "short") ? SHORT : !strcmp(what, "sigbus") ? SIGBUS_LATER :
	      !strcmp(what, "jump") ? JUMP : atoi(what);
	strcpy(call_name, name);
	room = wanted;
	armed = 1;
}

/* The program is done: what comes now is its coverage counters, which are no concern of a test. */
void faults_end(void);
void faults_end(void)
{
	armed = 0;
}

__attribute__((destructor)) static void end(void)
{
	char text[32];
	int length = snprintf(text, sizeof(text), "%ld\n", (long)calls);

	armed = 0;
	if (count_fd >= 0)
		syscall(SYS_write, count_fd, text, length);
}

/* Is this the call that fails? */
static int fails(const char *name)
{
	return armed && !strcmp(name, call_name) && ++calls == wanted;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAIL_WITH(value)                                                                           \
	do {                                                                                       \
		errno = how;                                                                       \
		return value;                                                                      \
	} while (0)

void *malloc(size_t size)
{
	if (fails("malloc"))
		FAIL_WITH(NULL);
	return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	if (fails("malloc"))
		FAIL_WITH(NULL);
	return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	if (fails("malloc"))
		FAIL_WITH(NULL);
	return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	if (fails("malloc"))
		FAIL_WITH(NULL);
	return __libc_memalign(alignment, size);
}

ssize_t read(int fd, void *bytes, size_t size)
{
	if (fails("read")) {
		if (how != SHORT)
			FAIL_WITH(-1);
		size = size > 1 ? size / 2 : size;
	}
	return syscall(SYS_read, fd, bytes, size);
}

ssize_t pread64(int fd, void *bytes, size_t size, off64_t at)
{
	if (fails("pread")) {
		if (how != SHORT)
			FAIL_WITH(-1);
		size = size > 1 ? size / 2 : size;
	}
	return syscall(SYS_pread64, fd, bytes, size, at);
}

/* How much of it the disk takes; -1: it is full. */
static ssize_t takes(size_t size)
{
	if (strcmp(call_name, "room"))
		return (ssize_t)size;
	long left = atomic_fetch_sub(&room, (long)size);
	if (left >= (long)size)
		return (ssize_t)size;
	errno = ENOSPC;
	return left > 0 ? left : -1;
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	if (fd != STDERR_FILENO && fails("write")) {
		if (how != SHORT)
			FAIL_WITH(-1);
		size = size > 1 ? size / 2 : size;
	}
	return syscall(SYS_write, fd, bytes, size);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
	ssize_t some = takes(size);

	if (some < 0)
		return -1;
	size = (size_t)some;
	if (fails("pwrite")) {
		if (how != SHORT)
			FAIL_WITH(-1);
		size = size > 1 ? size / 2 : size;
	}
	return syscall(SYS_pwrite64, fd, bytes, size, at);
}

int fsync(int fd)
{
	if (fails("fsync"))
		FAIL_WITH(-1);
	return (int)syscall(SYS_fsync, fd);
}

int close(int fd)
{
	if (fails("close")) {
		syscall(SYS_close, fd);
		FAIL_WITH(-1);
	}
	return (int)syscall(SYS_close, fd);
}

int ftruncate64(int fd, off64_t size)
{
	if (fails("ftruncate"))
		FAIL_WITH(-1);
	return (int)syscall(SYS_ftruncate, fd, size);
}

static int open_at(int folder, const char *name, int flags, va_list args)
{
	int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(args, int) : 0;

	if (fails("open"))
		FAIL_WITH(-1);
	return (int)syscall(SYS_openat, folder, name, flags, mode);
}

int open64(const char *name, int flags, ...)
{
	va_list args;

	va_start(args, flags);
	int fd = open_at(AT_FDCWD, name, flags, args);
	va_end(args);
	return fd;
}

int openat64(int folder, const char *name, int flags, ...)
{
	va_list args;

	va_start(args, flags);
	int fd = open_at(folder, name, flags, args);
	va_end(args);
	return fd;
}

int __openat64_2(int folder, const char *name, int flags);
int __openat64_2(int folder, const char *name, int flags)
{
	if (fails("open"))
		FAIL_WITH(-1);
	return (int)syscall(SYS_openat, folder, name, flags, 0);
}

int fstat64(int fd, struct stat64 *to)
{
	if (fails("stat"))
		FAIL_WITH(-1);
	return REAL(fstat64)(fd, to);
}

int fstatat64(int folder, const char *name, struct stat64 *to, int flags)
{
	if (fails("stat"))
		FAIL_WITH(-1);
	return REAL(fstatat64)(folder, name, to, flags);
}

int fchmod(int fd, mode_t mode)
{
	if (fails("fchmod"))
		FAIL_WITH(-1);
	return (int)syscall(SYS_fchmod, fd, mode);
}

int unlinkat(int folder, const char *name, int flags)
{
	if (fails("unlink"))
		FAIL_WITH(-1);
	return (int)syscall(SYS_unlinkat, folder, name, flags);
}

/* An empty file behind the mapping: whoever touches it gets SIGBUS. */
void *mmap64(void *at, size_t size, int protection, int flags, int fd, off64_t offset)
{
	if (fd >= 0 && fails("mmap")) {
		if (how != SIGBUS_LATER)
			FAIL_WITH(MAP_FAILED);
		fd = (int)syscall(SYS_memfd_create, "empty", 0);
		offset = 0;
	}
	return (void *)syscall(SYS_mmap, at, size, protection, flags, fd, offset);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
		   void *argument)
{
	if (fails("thread"))
		return how;
	return REAL(pthread_create)(thread, attributes, run, argument);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	int result = (int)syscall(SYS_clock_gettime, clock, now);

	if (fails("clock"))
		now->tv_sec += wanted % 2 ? -3600 : 365 * 86400;
	return result;
}
