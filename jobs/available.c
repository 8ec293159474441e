// SPDX-License-Identifier: GPL-2.0-only
/* available.c - how much memory the system lets us have: what is free, or what is left below the
 * limit of a control group, of either version. Page cache counts as free, for it is given back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/scope.h"
#include "makedumpfile.h"

enum {
	UNKNOWN_BYTES = 64 << 20, /* when /proc/meminfo does not tell */
	FILE_MOST = 64 * 1024,
	PATH_BYTES = 4096 + 64,
};

const struct memory_files memory_files = {
	.meminfo = "/proc/meminfo", .groups = "/proc/self/cgroup",
	.version_1 = "/sys/fs/cgroup/memory", .version_2 = "/sys/fs/cgroup",
};

/* The number behind a name that begins a line; 0: not there. */
static uint64_t number_behind(const char *text, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = text; *line; line += *line == '\n') {
		if (strncmp(line, name, length) == 0)
			return strtoull(line + length, NULL, 10);
		line += strcspn(line, "\n");
	}
	return 0;
}

static uint64_t free_bytes(const char *meminfo)
{
	FREE_AT_END char *text = NULL;
	size_t size;

	if (io_slurp(meminfo, FILE_MOST, &text, &size) != OK)
		return UNKNOWN_BYTES;
	uint64_t kib = number_behind(text, "MemAvailable:"); /* since 3.14 */
	if (!kib)
		kib = number_behind(text, "MemFree:");
	return kib ? kib * 1024 : UNKNOWN_BYTES;
}

/* What the two versions of control groups call the same. */
struct group_words {
	const char *limit, *used; /* a file; a line of memory.stat: what cannot be given back */
};

static const struct group_words words_1 = { "memory.limit_in_bytes", "total_rss " };
static const struct group_words words_2 = { "memory.max", "anon " };

/* What a group has left; UINT64_MAX: it has no limit, or there is no such group. */
static uint64_t left_in_group(const char *folder, const struct group_words *words)
{
	FREE_AT_END char *limit_text = NULL, *stat = NULL;
	char path[PATH_BYTES + 64];
	size_t size;

	snprintf(path, sizeof(path), "%s/%s", folder, words->limit);
	if (io_slurp(path, FILE_MOST, &limit_text, &size) != OK || *limit_text < '0' ||
	    *limit_text > '9') /* "max" */
		return UINT64_MAX;
	uint64_t limit = strtoull(limit_text, NULL, 10);
	snprintf(path, sizeof(path), "%s/memory.stat", folder);
	if (io_slurp(path, FILE_MOST, &stat, &size) != OK)
		return limit;
	uint64_t used = number_behind(stat, words->used);
	return limit > used ? limit - used : 0;
}

/* The least that any group has left, from `group`, which begins with '/', up to the root. */
static uint64_t left_in_groups(const char *root, const char *group, const struct group_words *words)
{
	uint64_t least = UINT64_MAX;
	char folder[PATH_BYTES];
	size_t top = strlen(root);

	if (snprintf(folder, sizeof(folder), "%s%s", root, group) >= (int)sizeof(folder))
		return least;
	for (char *end = folder + strlen(folder); end > folder + top; *end = 0) {
		least = min_u64(least, left_in_group(folder, words));
		end = strrchr(folder + top, '/');
	}
	return min_u64(least, left_in_group(folder, words));
}

/* Is "memory" one of the controllers between the first two colons of a line? */
static bool is_memory_line(const char *line)
{
	const char *at = strchr(line, ':');

	for (at = at ? at + 1 : ":"; *at && *at != ':'; at += *at == ',') {
		size_t length = strcspn(at, ",:");
		if (length == 6 && memcmp(at, "memory", 6) == 0)
			return true;
		at += length;
	}
	return false;
}

static uint64_t look(const struct memory_files *files)
{
	FREE_AT_END char *text = NULL;
	uint64_t least = free_bytes(files->meminfo);
	size_t size;

	if (io_slurp(files->groups, FILE_MOST, &text, &size) != OK)
		return least;
	for (char *line = text, *next; *line; line = next) {
		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = 0;
		bool second = strncmp(line, "0::", 3) == 0;
		const char *group = strchr(line, '/');
		if (!group || (!second && !is_memory_line(line)))
			continue;
		least = min_u64(least, second ? left_in_groups(files->version_2, group, &words_2)
					      : left_in_groups(files->version_1, group, &words_1));
	}
	return least;
}

/* A file that is not there is an answer. The sentence of somebody else's failure stays. */
uint64_t memory_available(const struct memory_files *files)
{
	struct kept_text why;

	err_keep(&why);
	uint64_t bytes = look(files);
	err_again(OK, &why);
	return bytes;
}
