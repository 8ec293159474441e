// SPDX-License-Identifier: GPL-2.0-only
/* types.h - the C types of the dead kernel: asked in one way, whoever tells.
 * kernel/btf.h tells them out of the kernel's own memory, facts/dwarf.h out of a vmlinux. A type is
 * a number of its teller, so nothing is owned and nothing is freed; names are lent for as long as
 * the teller lives. What tells is as hostile as the rest of a dump: every answer is checked before
 * it is given, a damaged one is none, and no chain is followed without end. */
#ifndef FACTS_TYPES_H
#define FACTS_TYPES_H

#include "base/types.h"

enum type_kind {
	TYPE_VOID,
	TYPE_NUMBER,  /* integers, characters, bool; floating point, which kernels hardly have */
	TYPE_POINTER,
	TYPE_ARRAY,
	TYPE_STRUCT,
	TYPE_UNION,
	TYPE_ENUM,
	TYPE_ALIAS,   /* a typedef, or const, volatile and their like: another name for `of` */
	TYPE_OTHER,   /* a function, and what is only declared */
};

/* A type as it was told. */
struct type {
	uint64_t id;       /* the teller's number for it */
	enum type_kind kind;
	bool is_signed;    /* of a number or enum */
	const char *name;  /* "": none; a const has none, the type it is `of` may */
	uint64_t bytes;    /* 0: it has no size, or none is told */
	uint64_t of;       /* what a pointer points to, an array consists of, an alias stands for */
	uint64_t elements; /* of an array, its first dimension; 0: none told */
};

/* A member of a struct or union, counted from the start of the type that was asked. */
struct member {
	const char *name;    /* "": an anonymous struct or union */
	uint64_t type;       /* its id */
	uint64_t bit_offset;
	unsigned bits;       /* width of a bit field; 0: it is none */
	uint64_t place;      /* the teller's own: where to go on */
};

/* Who tells. Each call answers whether there is an answer; *ret is touched only then. */
struct types {
	const char *source; /* for people; lives as long as the program */

	/* The type of that kind and name: TYPE_STRUCT, TYPE_UNION, TYPE_ENUM, TYPE_NUMBER or
	 * TYPE_ALIAS (a typedef). Declarations are passed over. */
	bool (*find)(struct types *, enum type_kind, const char *name, struct type *ret);

	/* The type of an id that was told. */
	bool (*get)(struct types *, uint64_t id, struct type *ret);

	/* The member behind the one at hand of a struct or union; the first for {0}. */
	bool (*next_member)(struct types *, const struct type *, struct member *at);

	/* The value of an enumerator, of whichever enum has it. */
	bool (*enumerator)(struct types *, const char *name, uint64_t *ret);

	/* The type of a variable. BTF has those of each CPU alone (v5.4), and of modules none. */
	bool (*variable)(struct types *, const char *name, struct type *ret);
};

/* What an alias stands for in the end; any other type stays as it is. */
bool types_bare(struct types *, const struct type *, struct type *ret);

/* The struct, union or typedef of one, else enum or number, of that name; bare. "struct page",
 * "union x" and "enum y" ask for that kind alone; "page" asks for any. */
bool types_named(struct types *, const char *name, struct type *ret);

/* A member by name, of the struct or union itself or of what is anonymous in it, at any depth.
 * ret->bit_offset counts from the start of `whole`. */
bool types_member(struct types *, const struct type *whole, const char *name, struct member *ret);

/* The same; and where there is none, of the structs that are its named members, too: the symtab of
 * struct module moved into its core_kallsyms (4.5, 8244062ef1e5). */
bool types_member_within(struct types *, const struct type *whole, const char *name,
			 struct member *ret);

/* A chain of members, "core_kallsyms.symtab": as C would read it, without pointers on the way. */
bool types_chain(struct types *, const struct type *whole, const char *chain, struct member *ret);

#endif
