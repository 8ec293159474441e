// SPDX-License-Identifier: GPL-2.0-only
/* place.h - the file that an output's name leads to.
 * The program runs as root, and a name may lie where anybody can put things. So the path is walked
 * folder by folder, and a symbolic link in a folder that all may write to is not followed; in all
 * others (/dev/disk/by-id, /var/crash on another disk) it is. */
#ifndef OUTPUT_PLACE_H
#define OUTPUT_PLACE_H

#include <stdbool.h>

struct place {
	int folder;       /* open, O_PATH; -1: none */
	const char *last; /* the file's name in it; lent from the whole name */
	bool shared;      /* anybody may write to the folder */
};

/* Walk to the folder. 0, or an errno: ELOOP also stands for a link that is not followed. On success
 * the caller leaves it. */
int place_find(const char *name, struct place *ret);
void place_leave(struct place *);

/* Open the file there for reading and writing: a new one of mode 0600 (*made), or with `replace`
 * the one that is there, its content untouched. In a shared folder that one must be a file of our
 * own with no other name. 0, or an errno. */
int place_open(const struct place *, bool replace, int *fd, bool *made);

/* Remove the name, if it still is that of the open file itself. True: it is gone. */
bool place_remove(const struct place *, int fd);

/* Bring the folder's entry to the disk, as far as the folder can be opened for that. */
void place_sync(const struct place *);

#endif
