// SPDX-License-Identifier: GPL-2.0-only
/* erase_path.h - what a path of --config leads to. */
#ifndef PAGES_ERASE_PATH_H
#define PAGES_ERASE_PATH_H

#include "pages/erase.h"

enum { STARS_MOST = 3, RANGE_MOST = 1 << 30 };

/* Something in the kernel's memory. */
struct object {
	vaddr_t at;
	struct types *types; /* who told the type */
	struct type type;    /* bare */
	unsigned stars;   /* pointers to it that a NAME:TYPE* puts on top */
};

struct variable {
	const char *name;
	struct object object;
};

/* What a name of a command means, which does not change however often a loop comes by: to look it
 * up takes long. */
struct known {
	bool looked, found;
	struct object object;
	uint64_t offset; /* of the member in it, where there is one */
};

/* What there is to ask while a command is carried out. */
struct scene {
	const struct conf *conf;
	const char *module;
	struct names *names;
	struct types *types; /* of the module */
	struct memory *memory;
	struct known *known; /* of each step what it begins with, of each step the type it is taken
				for, of each command the type of its structs: known_count(); lent */
	struct variable variable[CONF_NESTED_MOST]; /* of the loops around */
	unsigned variables;
};

/* How many of them there are. */
size_t known_count(const struct conf *);

/* Follow a path. ERR_HOLE: there is a NULL on the way. ERR_NOFACT: a name is not known, or does not
 * fit; the sentence says which. Others: memory cannot be read. */
err_t path_follow(const struct scene *, const struct conf_path *, struct object *ret);

/* Follow a path to an integer or pointer, and read it. */
err_t path_value(const struct scene *, const struct conf_path *, uint64_t *ret);

bool object_is_pointer(const struct object *);
bool object_is_struct(const struct object *);

/* What an object that is a pointer points to. ERR_HOLE: it is NULL. */
err_t object_target(const struct scene *, const struct object *, struct object *ret);

/* Bytes of it; 0: not known. */
uint64_t object_bytes(const struct scene *, const struct object *);

/* Read an integer or pointer. ERR_NOFACT: it is neither. */
err_t object_value(const struct scene *, const struct object *, uint64_t *ret);

/* An element of an array, or of what a pointer points to. */
err_t object_element(const struct scene *, const struct object *, uint64_t index,
		     struct object *ret);

/* A member of a struct, or of the struct a pointer points to. */
err_t object_member(const struct scene *, const struct object *, const char *name,
		    struct object *ret);

/* The struct that has `at` as a member, by the type and member that a loop names. */
err_t object_container(const struct scene *, const struct conf_command *, vaddr_t at,
		       struct object *ret);

#endif
