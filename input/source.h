// SPDX-License-Identifier: GPL-2.0-only
/* source.h - the dump as it came in: which physical memory there is, its bytes, its notes.
 *
 * A source is opened once and then only read, by any number of threads. A reader is one thread's
 * way to the bytes: it owns mapped windows and lends pointers into them. Order of calls:
 * source_open, then in each thread reader_create, reader_lend/page/read, reader_destroy, and
 * source_close at the very end. */
#ifndef INPUT_SOURCE_H
#define INPUT_SOURCE_H

#include "base/err.h"
#include "base/types.h"

struct source;
struct reader;

/* What a kind of input file must be able to do. */
struct input_format {
	const char *name;

	/* Do the first bytes of the file look like it? */
	bool (*probe)(const uint8_t *head, size_t bytes);

	/* Fill the source from the file. On failure close() is called too. */
	err_t (*open)(struct source *);

	/* Give up what is the format's own; the rest source_close() frees. NULL: nothing is. */
	void (*close)(struct source *);

	/* Point *ret at the bytes at `at`, at least one and at most *size, and say in *size how
	 * many. ERR_HOLE: the dump has no bytes here; *size becomes the length of the hole, at most
	 * *size. ERR_IO: it should have, but they cannot be read. */
	err_t (*lend)(struct reader *, paddr_t at, const uint8_t **ret, size_t *size);

	/* Set in `words` (bit 0 is pfn `first`, all clear before) the page frames of [first, end)
	 * that exist in the dump, or with `data` those of which the file has at least one byte. */
	void (*pages)(const struct source *, pfn_t first, pfn_t end, bool data, uint64_t *words);
};

/* A segment of the dump as its program header tells. */
struct segment {
	paddr_t start; /* all ones: no physical address (live /proc/kcore); such segments are not
			  read */
	uint64_t memory_bytes, file_bytes;
	vaddr_t virtual;
	uint64_t file_at, align;
	uint32_t flags;
};

/* What a dump file made by an earlier run says about itself, and an ELF core does not. */
struct stored {
	bool known;          /* false: the input is no such file, and all but level is 0 */
	unsigned level;      /* it was made with: pages left out then cannot come back */
	uint32_t status;     /* DUMP_DH_COMPRESSED_INCOMPLETE and DUMP_DH_EXCLUDED_VMEMMAP */
	uint64_t seconds, microseconds; /* time of the crash */
	uint64_t phys_base;
	unsigned cpus;
	uint8_t uts[UTS_FIELDS * UTS_FIELD]; /* zeros where that run did not know the kernel */
	uint8_t *eraseinfo;  /* text: what was erased; owned by the source */
	size_t eraseinfo_bytes;
	uint64_t missing;    /* pages that it should have, and has not; not in pages() with data */
	pfn_t first_missing;
};

/* Which input is mapped rather than read. To read a file costs a copy, into a buffer that stays in
 * the CPU's caches. To map it costs page faults, and all CPUs are interrupted when it is unmapped:
 * more than the copy, in a virtual machine up to half of the whole dump's time. But each page that
 * is read of /proc/vmcore, the kernel maps and unmaps for itself. */
enum mapping {
	MAPPING_PROC, /* files in /proc */
	MAPPING_ANY,  /* --mmap */
	MAPPING_NONE, /* --non-mmap */
};

struct source {
	/* Set by the caller of source_open. */
	const char *name;
	enum mapping mapping;
	char *const *more_file; /* of the same dump: all disks of a set but the first */
	unsigned more_files;
	bool more_parts; /* they are no disks, but all parts of a split dump but the first */

	/* Filled by source_open. */
	const struct input_format *format;
	int fd;
	bool may_map;         /* windows may be mapped */
	uint64_t file_bytes;  /* 0: the file does not tell; see input/file.h for reading it */
	bool big_endian;      /* of the dump file, which is the machine's */
	uint16_t elf_machine; /* e_machine; EM_NONE: the file does not tell */
	uint8_t elf_header[64]; /* as it stands in the file; zeros: it is no ELF file */
	uint8_t class_bytes;  /* 4 or 8, of the container: i386 dumps come in both */
	paddr_t end;          /* one past the highest byte of physical memory */
	uint8_t *notes;       /* all PT_NOTEs, one behind the other; owned by the source */
	size_t notes_bytes;
	struct segment *segment; /* owned, in file order */
	size_t segments;
	struct extent *extent; /* owned; the same memory sorted and without overlap */
	size_t extents;
	struct flat *flat;   /* the file is a flattened stream, seen through this; owned */
	struct kdump *kdump; /* of input/kdump.c; owned */
	struct split *split; /* of input/split.c: the other parts; owned */
	struct sadump *sadump; /* of input/sadump.c; owned */
	uint64_t seconds;    /* when the dump was made, since 1970; 0: the file does not tell */
	struct stored stored;

	/* Set by the caller once known, before pages() or reader_page(). A kdump-compressed
	 * file tells it by itself, and then source_open() has set it. */
	struct target target;
};

/* Open source->name with the first format that recognises it. ERR_USAGE: cannot be opened;
 * ERR_CORRUPT, ERR_UNSUPPORTED: the sentence says what and where. After a failure nothing is held.
 */
err_t source_open(struct source *);
void source_close(struct source *);

/* Is it a flattened stream that ends too early? */
bool source_is_cut(const struct source *);

/* Could the file be mapped, whether it is or not? For telling; false with MAPPING_NONE. */
bool source_can_map(const struct source *);

/* The thread that creates a reader is the one that uses and destroys it. */
err_t reader_create(const struct source *, struct reader **ret);
void reader_destroy(struct reader *);

/* Lend up to *size bytes at a physical address; *size becomes what there is in one piece (at least
 * 1). ERR_HOLE and ERR_IO as in lend() above. Good until the next call on this reader. Ask
 * reader_faulted() after using the bytes. */
err_t reader_lend(struct reader *, paddr_t at, const uint8_t **ret, size_t *size);

/* Lend a whole page; parts that the dump does not have read as zeros. ERR_HOLE: it has none of it.
 */
err_t reader_page(struct reader *, pfn_t, const uint8_t **ret);

/* As reader_page(), but several pages in one piece: *pages, at least 1, becomes how many. */
err_t reader_pages(struct reader *, pfn_t, size_t *pages, const uint8_t **ret);

/* Copy bytes; all of them or an error. */
err_t reader_read(struct reader *, paddr_t at, void *bytes, size_t size);

/* Did any lent byte turn out unreadable (and was read as zero) since the last time this was asked?
 * If so, all loans end. */
bool reader_faulted(struct reader *);

#endif
