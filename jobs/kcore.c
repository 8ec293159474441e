// SPDX-License-Identifier: GPL-2.0-only
/* kcore.c - what is special about /proc/kcore, the memory of the kernel that runs now. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/io.h"
#include "base/scope.h"
#include "base/text.h"
#include "facts/facts.h"
#include "input/extents.h"
#include "makedumpfile.h"

enum { IOMEM_MOST = 4 << 20, LINE_MOST = 256, NOTE_MOST = 1 << 20 };

const struct kcore_files kcore_files = {
	"/proc/kcore", "/proc/iomem", "/sys/kernel/vmcoreinfo",
};

static bool is_kcore(const struct source *source, const struct kcore_files *files)
{
	struct stat ours, theirs;

	return fstat(source->fd, &ours) == 0 && stat(files->kcore, &theirs) == 0 &&
	       ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

/* Before 464920104bf7 (4.11) the program headers of /proc/kcore have no physical addresses. */
static err_t check_version(void)
{
	struct facts running = { 0 };
	struct utsname uts;

	if (uname(&uts))
		return OK;
	snprintf(running.release, sizeof(running.release), "%s", uts.release);
	if (facts_version(&running) >= KERNEL_VERSION(4, 11, 0))
		return OK;
	return fail(ERR_UNSUPPORTED, "mem-usage not supported for this kernel.\n"
		    "You can try with -f if your kernel's kcore has valid p_paddr");
}

/* A line "START-END : Crash kernel"; END is inclusive, and 0 for those who may not know. */
static bool is_crash_kernel(struct piece line, uint64_t *start, uint64_t *end)
{
	char text[LINE_MOST];

	snprintf(text, sizeof(text), "%.*s", (int)min_u64(line.length, LINE_MOST - 1), line.at);
	return strstr(text, ": Crash kernel") &&
	       sscanf(text, "%" SCNx64 "-%" SCNx64, start, end) == 2 && *end > *start &&
	       *end < UINT64_MAX;
}

/* The reserved memory is no memory of the kernel's, nor will it be in a dump. */
static err_t cut_crash_kernel(struct source *source, const char *iomem)
{
	FREE_AT_END char *text = NULL;
	uint64_t start, end;
	struct piece line;
	size_t size;

	TRY(io_slurp(iomem, IOMEM_MOST, &text, &size));
	struct piece rest = { text, size };
	while (piece_line(&rest, &line))
		if (is_crash_kernel(line, &start, &end))
			TRY(extents_cut(source, start, end + 1));
	return OK;
}

/* Until 4.18 /proc/kcore has no note with vmcoreinfo; /sys/kernel/vmcoreinfo says at which physical
 * address the kernel keeps it, and at most how long it is. */
static err_t fetch_note(struct source *source, const char *name)
{
	FREE_AT_END char *text = NULL;
	uint64_t at, bytes;
	size_t size;
	struct reader *reader = NULL;

	TRY(io_slurp(name, LINE_MOST, &text, &size));
	if (sscanf(text, "%" SCNx64 " %" SCNx64, &at, &bytes) != 2 || !bytes || bytes > NOTE_MOST)
		return fail(ERR_CORRUPT, "%s: is \"%.64s\", not an address and a length", name,
			    text);
	size_t used = (source->notes_bytes + 3) & ~(size_t)3;
	uint8_t *grown = realloc(source->notes, used + bytes);
	if (!grown)
		return fail(ERR_NOMEM, "%s: no memory for %" PRIu64 " bytes", name, bytes);
	source->notes = grown;
	memset(grown + source->notes_bytes, 0, used - source->notes_bytes);
	TRY(reader_create(source, &reader));
	err_t result = reader_read(reader, at, grown + used, bytes);
	reader_destroy(reader);
	if (result == OK)
		source->notes_bytes = used + bytes;
	return within(result, "vmcoreinfo at %#" PRIx64, at);
}

err_t kcore_prepare(struct source *source, const struct kcore_files *files, bool any_version)
{
	struct notes_found found;

	if (!is_kcore(source, files))
		return OK;
	if (!any_version)
		TRY(check_version());
	TRY(cut_crash_kernel(source, files->iomem));
	notes_scan(source->big_endian, source->notes, source->notes_bytes, &found);
	return found.vmcoreinfo ? OK : fetch_note(source, files->vmcoreinfo);
}
