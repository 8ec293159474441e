// SPDX-License-Identifier: GPL-2.0-only
/* elf.h - write an ELF core: the header, one PT_NOTE, PT_LOADs, then notes and data without gaps.
 * Pages left out are memory that a segment has (p_memsz) and the file has not (p_filesz). */
#ifndef OUTPUT_ELF_H
#define OUTPUT_ELF_H

#include "input/elf.h"
#include "output/sink.h"

/* A segment of the new file. */
struct elf_load {
	const struct segment *of; /* the input's, for what stays the same */
	paddr_t start;
	uint64_t memory_bytes, file_bytes;
	bool nowhere; /* p_offset 0, for a segment that begins with what is left out */
};

struct elf_writer {
	const struct source *source; /* whose header and notes it gets; lent */
	struct sink *sink;           /* lent */
	const struct elf_shape *shape;
	struct target container;
	uint64_t headers_at, data_at; /* where the next ones go */
	uint64_t headers_end;         /* what was planned for them */
	uint8_t *headers;             /* not yet written; owned */
	size_t headers_used;
	uint8_t last[64];             /* the last PT_LOAD whose data began */
	uint64_t last_at;             /* where it stands; 0: there is none */
	bool begun;
	const void *eraseinfo;        /* text for a note behind the others, set before elf_plan();
					 lent */
	size_t eraseinfo_bytes;       /* 0: no such note */
	bool marked;                  /* what the file's e_flags say: it ends before its end */
};

/* ERR_NOMEM. */
err_t elf_create(struct elf_writer *, const struct source *, struct sink *);
void elf_destroy(struct elf_writer *);

/* The file will have so many PT_LOADs: write ELF header and notes; every offset is fixed.
 * ERR_UNSUPPORTED: too many for an ELF file. */
err_t elf_plan(struct elf_writer *, uint64_t loads);

/* The size of a file with so many PT_LOADs and bytes of data. */
uint64_t elf_bytes(const struct elf_writer *, uint64_t loads, uint64_t data);

/* The next PT_LOAD; its file_bytes of data come next, by elf_data(). Its header is in the file
 * before its data, so that a full disk has both. ERR_UNSUPPORTED: its numbers do not fit the class.
 */
err_t elf_load(struct elf_writer *, const struct elf_load *);
err_t elf_data(struct elf_writer *, const void *bytes, size_t size);

/* Everything that is still in hand; when all is on the disk, a file loses the mark it had until
 * then. */
err_t elf_finish(struct elf_writer *);

/* Say in the header (e_flags) that the core ends before its end, and make it one that opens.
 * ERR_HOLE: too little is there for that; the sink is hopeless, or nothing was written yet. */
err_t elf_mark_incomplete(struct elf_writer *);

#endif
