// SPDX-License-Identifier: GPL-2.0-only
/* confine.h - give up what is not needed. The program runs as root over memory that somebody may
 * have made to harm it; what it cannot do, nobody can make it do. All of this is best effort: a
 * kernel without it is no reason to fail, nor to say anything. */
#ifndef BASE_CONFINE_H
#define BASE_CONFINE_H

enum {
	MAY_READ = 1,
	MAY_WRITE = 2,  /* make, write and cut files */
	MAY_REMOVE = 4, /* remove files */
};

/* Begin a list of what stays allowed: its number, which confine() takes, or negative: this kernel
 * has no such lists, and all below is fine with that. */
int confine_begin(void);

/* All below a folder, or a file: with MAY_ of it. One that is not there allows nothing. Returns the
 * list; it is gone (negative) where the rule cannot be made, for a list that forbids too much is
 * worse than none. */
int confine_allow(int list, const char *path, unsigned may);

/* The folder in which a file lies, or will. */
int confine_allow_folder_of(int list, const char *file, unsigned may);

/* From now on this thread, and those that it makes, may open files only as the list tells, and
 * start no program, open no socket, load nothing into the kernel and gain no privilege. What is
 * open stays as it is. With a second list, only what both allow is. Before any other thread is
 * made. */
void confine(int list);

/* Keep of root's capabilities those that concern files and the last free blocks of a disk. The
 * same threads. */
void confine_capabilities(void);

#endif
