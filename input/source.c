// SPDX-License-Identifier: GPL-2.0-only
/* source.c - open a dump by trying the formats; read it through windows. */
#include "input/source.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "input/elf.h"
#include "input/file.h"
#include "input/flat.h"
#include "input/kdump.h"
#include "input/sadump.h"
#include "input/split.h"
#include "input/window.h"

/* Tried in this order. */
static const struct input_format *const formats[] = { &kdump_format, &elf_format,
						     &sadump_format };

enum { HEAD_BYTES = SADUMP_BLOCK + 64 }; /* enough for all to tell by */

/* Is it of a kind that the other files that are given go with? */
static err_t check_set(const struct source *source)
{
	const struct input_format *wanted = source->more_parts ? &kdump_format : &sadump_format;

	if (!source->more_files || source->format == wanted)
		return OK;
	return fail(ERR_USAGE, "%s: is no %s, but an %s", source->name, source->more_parts ?
		    "part of a split dump" : "disk of sadump", source->format->name);
}

static err_t open_format(struct source *source, const uint8_t *head, size_t bytes)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (formats[i]->probe(head, bytes)) {
			source->format = formats[i];
			TRY(check_set(source));
			return formats[i]->open(source);
		}
	}
	return fail(ERR_UNSUPPORTED, "%s: not a dump: begins with %02x %02x %02x %02x, not as an "
		    "ELF, kdump-compressed, flattened or sadump file", source->name, head[0],
		    head[1], head[2], head[3]);
}

/* A kdump file that was cut off has missing pages. An ELF core may lack anything. */
static err_t open_flattened(struct source *source)
{
	uint8_t head[HEAD_BYTES] = { 0 };

	TRY(flat_open(source));
	err_t result = open_format(source, head, file_some(source, 0, head, sizeof(head)));
	if (source_is_cut(source) && result != OK)
		return within(result, "the flattened stream ends at %#" PRIx64 " without its end "
			      "record", source->flat->stream_bytes);
	if (source_is_cut(source) && !source->stored.known)
		return fail(ERR_CORRUPT, "%s: the flattened stream ends at %#" PRIx64
			    " without its end record", source->name, source->flat->stream_bytes);
	return result;
}

static err_t recognise(struct source *source)
{
	uint8_t head[HEAD_BYTES] = { 0 };

	errno = 0;
	size_t have = file_some(source, 0, head, sizeof(head));
	if (!have && errno)
		return fail(ERR_IO, "Can't read the dump memory(%s). %s", source->name,
			    strerror(errno));
	if (!have)
		return fail(ERR_CORRUPT, "%s: the file is empty", source->name);
	if (flat_probe(head, have))
		return open_flattened(source);
	return open_format(source, head, have);
}

static bool is_mapped(const struct source *source)
{
	struct statfs where;

	if (source->mapping != MAPPING_PROC)
		return source->mapping == MAPPING_ANY;
	return !fstatfs(source->fd, &where) && where.f_type == PROC_SUPER_MAGIC;
}

err_t source_open(struct source *source)
{
	struct stat stat;

	source->fd = open(source->name, O_RDONLY | O_CLOEXEC);
	if (source->fd < 0)
		return fail(ERR_USAGE, "Can't open the dump memory(%s). %s", source->name,
			    strerror(errno));
	err_t result = fstat(source->fd, &stat) ?
		fail(ERR_IO, "%s: %s", source->name, strerror(errno)) : OK;
	if (result == OK && S_ISDIR(stat.st_mode))
		result = fail(ERR_USAGE, "Can't open the dump memory(%s). It is a directory",
			      source->name);
	if (result == OK) {
		off_t end = S_ISREG(stat.st_mode) ? stat.st_size : lseek(source->fd, 0, SEEK_END);
		source->file_bytes = end > 0 ? (uint64_t)end : 0;
		source->may_map = is_mapped(source);
		result = recognise(source);
	}
	if (result != OK)
		source_close(source);
	return result;
}

void source_close(struct source *source)
{
	if (source->format && source->format->close)
		source->format->close(source);
	flat_close(source);
	free(source->notes);
	free(source->segment);
	free(source->extent);
	free(source->stored.eraseinfo);
	source->notes = source->stored.eraseinfo = NULL;
	source->segment = NULL;
	source->extent = NULL;
	if (source->fd >= 0)
		close(source->fd);
	source->format = NULL;
	source->fd = -1;
}

bool source_is_cut(const struct source *source)
{
	return source->flat && source->flat->cut;
}

bool source_can_map(const struct source *source)
{
	if (source->mapping == MAPPING_NONE)
		return false;
	void *got = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, source->fd, 0);
	if (got == MAP_FAILED)
		return false;
	munmap(got, 1);
	return true;
}

err_t reader_create(const struct source *source, struct reader **ret)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	uint8_t *page = malloc(page_bytes(&source->target));
	uint8_t *copies = malloc((size_t)WINDOWS * WINDOW_READ_BYTES);

	if (!reader || !page || !copies) {
		free(reader);
		free(page);
		free(copies);
		return fail(ERR_NOMEM, "%s: no memory for reading", source->name);
	}
	reader->source = source;
	reader->page = page;
	reader->copies = copies;
	for (size_t i = 0; i < WINDOWS; i++)
		fault_enter(&reader->window[i].area);
	*ret = reader;
	return OK;
}

void reader_destroy(struct reader *reader)
{
	if (!reader)
		return;
	for (unsigned i = 0; reader->part && i < reader->source->split->parts; i++)
		reader_destroy(reader->part[i]);
	free(reader->part);
	windows_forget(reader);
	for (size_t i = 0; i < WINDOWS; i++)
		fault_leave(&reader->window[i].area);
	unpacked_destroy(reader->unpacked);
	free(reader->page);
	free(reader->copies);
	free(reader);
}

err_t reader_lend(struct reader *reader, paddr_t at, const uint8_t **ret, size_t *size)
{
	return reader->source->format->lend(reader, at, ret, size);
}

/* Copy what there is of [at, at + size); holes become zeros. Counts the bytes that were there. */
static err_t gather(struct reader *reader, paddr_t at, uint8_t *bytes, size_t size, size_t *found)
{
	*found = 0;
	for (size_t done = 0; done < size;) {
		const uint8_t *part;
		size_t length = size - done;
		err_t result = reader_lend(reader, at + done, &part, &length);
		if (result != OK && result != ERR_HOLE)
			return result;
		if (result == OK) {
			memcpy(bytes + done, part, length);
			*found += length;
		} else {
			memset(bytes + done, 0, length);
		}
		done += length;
	}
	return OK;
}

err_t reader_pages(struct reader *reader, pfn_t pfn, size_t *pages, const uint8_t **ret)
{
	const struct target *target = &reader->source->target;
	size_t size = page_bytes(target), length = *pages * size, found;
	paddr_t at = pfn << target->page_shift;

	err_t result = reader_lend(reader, at, ret, &length);
	*pages = length / size;
	if (result == OK && *pages)
		return OK;
	if (result != OK && result != ERR_HOLE)
		return result;
	*pages = 1;
	TRY(gather(reader, at, reader->page, size, &found));
	*ret = reader->page;
	return found ? OK : ERR_HOLE;
}

err_t reader_page(struct reader *reader, pfn_t pfn, const uint8_t **ret)
{
	size_t pages = 1;

	return reader_pages(reader, pfn, &pages, ret);
}

err_t reader_read(struct reader *reader, paddr_t at, void *bytes, size_t size)
{
	const uint8_t *part;

	while (size) {
		size_t length = size;
		TRY(reader_lend(reader, at, &part, &length));
		memcpy(bytes, part, length);
		if (reader_faulted(reader))
			return fail(ERR_IO, "%s: physical address %#" PRIx64 " cannot be read",
				    reader->source->name, at);
		bytes = (uint8_t *)bytes + length;
		at += length;
		size -= length;
	}
	return OK;
}

bool reader_faulted(struct reader *reader)
{
	uint64_t faults = windows_faults(reader);
	bool faulted = faults != reader->faults_told;

	for (unsigned i = 0; reader->part && i < reader->source->split->parts; i++)
		faulted |= reader->part[i] && reader_faulted(reader->part[i]);
	reader->faults_told = faults;
	if (faulted)
		windows_forget(reader);
	return faulted;
}
