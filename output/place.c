// SPDX-License-Identifier: GPL-2.0-only
/* place.c - from a name to an open file, one folder at a time.
 * Each step is relative to the folder before, which is held open, so nobody can change the way
 * between looking and going. */
#include "output/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_shared(int folder)
{
	struct stat stat;

	return fstat(folder, &stat) || stat.st_mode & S_IWOTH;
}

/* The next folder on the way, or -1 and errno. */
static int step(int folder, const char *name)
{
	struct stat stat;
	int flags = O_PATH | O_CLOEXEC | O_DIRECTORY;

	if (fstatat(folder, name, &stat, AT_SYMLINK_NOFOLLOW))
		return -1;
	if (S_ISLNK(stat.st_mode) && is_shared(folder)) {
		errno = ELOOP;
		return -1;
	}
	/* What was no link a moment ago must not be one now. */
	return openat(folder, name, flags | (S_ISLNK(stat.st_mode) ? 0 : O_NOFOLLOW));
}

/* Follow the folders of the path, which is cut into names on the way. */
static int walk(char *path, int folder)
{
	for (char *name = path; folder >= 0 && name;) {
		char *slash = strchr(name, '/');
		if (slash)
			*slash = 0;
		if (*name) {
			int next = step(folder, name), why = errno;
			close(folder);
			errno = why;
			folder = next;
		}
		name = slash ? slash + 1 : NULL;
	}
	return folder;
}

int place_find(const char *name, struct place *ret)
{
	const char *slash = strrchr(name, '/');
	size_t length = slash ? (size_t)(slash - name) : 0;
	char path[PATH_MAX];

	*ret = (struct place){ .folder = -1, .last = slash ? slash + 1 : name };
	if (length >= sizeof(path) || strlen(ret->last) > NAME_MAX)
		return ENAMETOOLONG;
	if (!*ret->last)
		return slash ? EISDIR : ENOENT;
	memcpy(path, name, length);
	path[length] = 0;
	ret->folder = open(*name == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ret->folder = walk(path, ret->folder);
	if (ret->folder < 0)
		return errno;
	ret->shared = is_shared(ret->folder);
	return 0;
}

void place_leave(struct place *place)
{
	if (place->folder >= 0)
		close(place->folder);
	place->folder = -1;
}

/* Somebody else's file, or another name of one that matters, was put in our way. */
static bool is_trap(const struct place *place, const struct stat *stat)
{
	return place->shared && S_ISREG(stat->st_mode) &&
	       (stat->st_uid != geteuid() || stat->st_nlink != 1);
}

int place_open(const struct place *place, bool replace, int *fd, bool *made)
{
	int flags = O_RDWR | O_CREAT | O_CLOEXEC;
	struct stat stat;

	*fd = openat(place->folder, place->last, flags | O_EXCL, 0600);
	*made = *fd >= 0;
	if (*made || errno != EEXIST || !replace)
		return *made ? 0 : errno;
	*fd = openat(place->folder, place->last, flags | (place->shared ? O_NOFOLLOW : 0), 0600);
	if (*fd < 0)
		return errno;
	int why = fstat(*fd, &stat) ? errno : is_trap(place, &stat) ? EPERM : 0;
	if (!why && S_ISREG(stat.st_mode) && stat.st_mode & (S_IRWXG | S_IRWXO) &&
	    fchmod(*fd, 0600) && errno != EPERM) /* a file system without owners has no modes */
		why = errno;
	if (why) {
		close(*fd);
		*fd = -1;
	}
	return why;
}

bool place_remove(const struct place *place, int fd)
{
	struct stat file, named;

	return !fstat(fd, &file) && S_ISREG(file.st_mode) &&
	       !fstatat(place->folder, place->last, &named, AT_SYMLINK_NOFOLLOW) &&
	       file.st_dev == named.st_dev && file.st_ino == named.st_ino &&
	       !unlinkat(place->folder, place->last, 0);
}

void place_sync(const struct place *place)
{
	int folder = openat(place->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder >= 0) {
		fsync(folder);
		close(folder);
	}
}
