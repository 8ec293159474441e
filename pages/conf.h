// SPDX-License-Identifier: GPL-2.0-only
/* conf.h - what --config says, as commands: makedumpfile.conf(5) tells the language. Pure: nothing
 * is known of the kernel here, so names are not looked up.
 *
 *     [module]  [module|vmlinux]                     whose symbols and types follow
 *     erase PATH [nullify | size SIZE | to PATH] [of PATH]
 *     for NAME in PATH [via MEMBER | within STRUCT[:MEMBER] | tree STRUCT:MEMBER |
 *                       count SIZE | through SIZE]
 *             ...
 *     endfor
 *     if PATH is NUMBER|"TEXT"
 *             ...
 *     endif
 *
 * `to`, `of`, `tree`, `count`, `through`, `if`, types in paths (NAME:TYPE), indices and loops in
 * loops are ours; the rest is upstream's. A type is NAME or NAME@MODULE, with a star for each
 * pointer to it. */
#ifndef PAGES_CONF_H
#define PAGES_CONF_H

#include "base/err.h"
#include "base/types.h"

enum { CONF_BYTES_MOST = 1 << 20, CONF_NESTED_MOST = 16 };

/* One name of a path: NAME[INDEX]:TYPE. */
struct conf_step {
	const char *name;
	const char *as;   /* the type it is to be taken for; NULL: its own */
	uint64_t index;
	bool has_index;
};

/* A path as it was written, and its steps; no steps: none was given. */
struct conf_path {
	const char *text; /* not NUL-terminated */
	size_t length;
	unsigned first, steps; /* in conf.step */
};

enum conf_kind { CONF_ERASE, CONF_FOR, CONF_IF };

/* How much an erase takes. */
enum conf_extent {
	CONF_WHOLE,   /* as much as the type says */
	CONF_NULLIFY, /* the pointer itself becomes zero */
	CONF_SIZE,    /* a number of bytes */
	CONF_TO,      /* up to an address */
};

/* What a loop goes along. */
enum conf_along {
	CONF_ELEMENTS, /* of an array, or a list by the member `next`: what PATH is decides */
	CONF_VIA,      /* structs, each with a pointer to the next */
	CONF_WITHIN,   /* a list_head, hlist_head or their like */
	CONF_TREE,     /* an rb_root */
	CONF_COUNT,    /* so many elements behind a pointer */
};

struct conf_command {
	enum conf_kind kind;
	unsigned line, column;
	const char *module; /* NULL: the kernel itself */
	bool or_kernel;     /* which it is where no such module is loaded, for it may be built in */
	struct conf_path path;
	unsigned body_end;  /* for, if: one past the last command of the body, which follows */

	enum conf_extent extent;      /* erase */
	struct conf_path size_path;   /* size and count, where a path tells it; `to` */
	uint64_t size;                /* else */
	struct conf_path space;       /* `of`: the mm_struct whose addresses they are */

	const char *variable;         /* for */
	enum conf_along along;
	const char *type, *member;    /* NULL: not given */
	bool and_last;                /* the number is that of the last element: one more */

	const char *text;             /* if: what it must be; NULL: `size` */
};

/* Owns all texts; good until conf_free(). */
struct conf {
	const char *name; /* of the file; lent */
	char *text;       /* as read */
	char *words;      /* the same, cut into words */
	size_t bytes;
	struct conf_command *command;
	struct conf_step *step;
	unsigned commands, steps;
};

/* Take the text of a file. ERR_USAGE: it breaks the rules; the sentence says what, with line and
 * column, and `ret` has the commands before that (the whole of a loop or none of it). ERR_NOMEM.
 * conf_free() in any case. */
err_t conf_parse(struct conf *ret, const char *name, const char *text, size_t bytes);

/* Read and take a file. Also ERR_USAGE: it cannot be opened; ERR_CORRUPT: it is too long. */
err_t conf_read(struct conf *ret, const char *name);
void conf_free(struct conf *);

#endif
