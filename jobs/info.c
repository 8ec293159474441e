// SPDX-License-Identifier: GPL-2.0-only
/* info.c - the job of --info: what a dump file tells about itself, of any machine and kernel.
 * Only headers, bitmaps, notes and descriptors are read, and of the pages at most one. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arch/arch.h"
#include "base/bits.h"
#include "base/bytes.h"
#include "base/scope.h"
#include "base/sheet.h"
#include "codec/codec.h"
#include "diskdump_mod.h"
#include "input/elf.h"
#include "input/extents.h"
#include "input/kdump.h"
#include "makedumpfile.h"

enum {
	NODENAME_FIELD = 1,
	RELEASE_FIELD = 2,
	VERSION_FIELD = 3,
	MACHINE_FIELD = 4,
	E_VERSION = 20, /* in the ELF header, either class */
	ELF_INCOMPLETE = 1, /* e_flags of a core that was not finished; no kernel sets it */
	NOTE_NAME_BYTES = 32, /* longer names are cut */
	NOTES_TOLD = 32,      /* kinds of notes that are told one by one */
	WINDOW_PFNS = 1 << 19,
};

/* Notes of one name and type. */
struct note_kind {
	char name[NOTE_NAME_BYTES + 1];
	uint32_t type;
	uint64_t count;
};

struct info {
	struct any_dump dump;
	struct note_kind kind[NOTES_TOLD];
	unsigned kinds;
	uint64_t other_notes;  /* of further kinds */
	uint64_t existing, present;
	struct kdump_counts counts; /* of a kdump-compressed file; zeros for an ELF core */
};

/* --- finding out --- */

static void count_note(struct info *info, const struct note *note)
{
	char name[NOTE_NAME_BYTES + 1] = "";
	unsigned at = 0;

	memcpy(name, note->name, min_u64(note->name_bytes, NOTE_NAME_BYTES));
	while (at < info->kinds &&
	       (info->kind[at].type != note->type || strcmp(info->kind[at].name, name) != 0))
		at++;
	if (at == NOTES_TOLD) {
		info->other_notes++;
		return;
	}
	if (at == info->kinds) {
		memcpy(info->kind[at].name, name, sizeof(name));
		info->kind[info->kinds++].type = note->type;
	}
	info->kind[at].count++;
}

static void read_notes(struct info *info)
{
	const struct source *source = &info->dump.source;
	struct note note;

	for (size_t at = 0; note_next(source->big_endian, source->notes, source->notes_bytes, &at,
				      &note);)
		count_note(info, &note);
}

/* The bitmaps of a kdump file, as large as the file has them. */
static err_t count_bitmaps(struct info *info)
{
	const struct source *source = &info->dump.source;
	FREE_AT_END uint64_t *words = malloc(WINDOW_PFNS / 8);
	pfn_t origin = source->kdump->origin, max = origin + source->kdump->max_mapnr;

	if (!words)
		return fail(ERR_NOMEM, "%s: no memory for counting pages", source->name);
	for (pfn_t first = origin; first < max; first += WINDOW_PFNS) {
		pfn_t end = min_u64(first + WINDOW_PFNS, max);
		memset(words, 0, WINDOW_PFNS / 8);
		source->format->pages(source, first, end, false, words);
		info->existing += bits_count(words, 0, end - first);
	}
	return OK;
}

static err_t count_pages(struct info *info)
{
	const struct kdump_counts *counts = &info->counts;
	struct reader *reader;

	if (!info->dump.source.kdump) {
		info->existing = extents_count(&info->dump.source, false);
		info->present = extents_count(&info->dump.source, true);
		return OK;
	}
	TRY(count_bitmaps(info));
	TRY(reader_create(&info->dump.source, &reader));
	kdump_count(reader, &info->counts);
	reader_destroy(reader);
	info->present = counts->raw + counts->zero + counts->damaged;
	for (unsigned bit = 0; bit < KDUMP_CODEC_BITS; bit++)
		info->present += counts->packed[bit];
	return OK;
}

static bool is_incomplete(const struct info *info)
{
	const struct source *source = &info->dump.source;
	const struct elf_shape *shape = &elf_shapes[source->class_bytes == 8];

	if (source->kdump)
		return source->kdump->incomplete || info->counts.missing;
	return get_32(source->big_endian, source->elf_header + shape->flags) & ELF_INCOMPLETE;
}

/* --- telling --- */

static void tell_uts(struct sheet *sheet, const struct info *info, const char *key, unsigned field)
{
	sheet_text(sheet, key, (const char *)info->dump.source.stored.uts + field * UTS_FIELD,
		   UTS_FIELD);
}

static void tell_format(struct sheet *sheet, const struct info *info)
{
	const struct source *source = &info->dump.source;
	uint64_t version = source->kdump ? source->kdump->version :
			   get_32(source->big_endian, source->elf_header + E_VERSION);

	sheet_word(sheet, "file", source->name);
	sheet_word(sheet, "format", source->format->name);
	sheet_number(sheet, "version", version);
	sheet_bool(sheet, "flattened", source->flat);
	sheet_word(sheet, "byte_order", source->big_endian ? "big" : "little");
	sheet_number(sheet, "word_bytes", source->target.word_bytes);
	if (source->elf_machine)
		sheet_number(sheet, "elf_machine", source->elf_machine);
	else
		sheet_unknown(sheet, "elf_machine");
}

static void tell_crash_time(struct sheet *sheet, const struct info *info)
{
	const struct source *source = &info->dump.source;
	uint64_t seconds = source->stored.known ? source->stored.seconds
						: fact_or(&info->dump.facts, DECIMAL_CRASHTIME, 0);
	time_t time = (time_t)seconds;
	char text[64] = "";
	struct tm utc;

	if (!seconds) {
		sheet_unknown(sheet, "crash_time");
		return;
	}
	sheet_number(sheet, "crash_time", seconds);
	if (gmtime_r(&time, &utc))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
	sheet_word(sheet, "crash_time_utc", text);
}

static void tell_kernel(struct sheet *sheet, const struct info *info)
{
	const struct arch *arch = arch_find(info->dump.source.elf_machine);
	const uint8_t *uts = info->dump.source.stored.uts;

	if (uts[RELEASE_FIELD * UTS_FIELD])
		tell_uts(sheet, info, "kernel_release", RELEASE_FIELD);
	else
		sheet_word(sheet, "kernel_release", info->dump.facts.release);
	tell_uts(sheet, info, "kernel_version", VERSION_FIELD);
	tell_uts(sheet, info, "nodename", NODENAME_FIELD);
	if (uts[MACHINE_FIELD * UTS_FIELD] || !arch)
		tell_uts(sheet, info, "machine", MACHINE_FIELD);
	else
		sheet_word(sheet, "machine", arch->name);
	tell_crash_time(sheet, info);
	sheet_number(sheet, "cpus", info->dump.source.stored.known ? info->dump.source.stored.cpus
							      : info->dump.notes.cpus);
}

/* The pages that are kept, by how they are stored. */
static void tell_descriptors(struct sheet *sheet, const struct kdump_counts *counts)
{
	sheet_open(sheet, "descriptors");
	sheet_number(sheet, "raw", counts->raw);
	for (const struct codec *const *codec = codecs; *codec; codec++)
		sheet_number(sheet, (*codec)->name, counts->packed[__builtin_ctz((*codec)->flag)]);
	sheet_number(sheet, "zero_shared", counts->zero);
	sheet_number(sheet, "damaged", counts->damaged);
	sheet_close(sheet);
}

static void tell_pages(struct sheet *sheet, const struct info *info)
{
	const struct source *source = &info->dump.source;
	const struct kdump_counts *counts = &info->counts;
	uint64_t told = info->present + counts->missing + counts->elsewhere;

	if (info->dump.page_size_known)
		sheet_number(sheet, "page_size", page_bytes(&source->target));
	else
		sheet_unknown(sheet, "page_size");
	if (!info->dump.page_size_known)
		sheet_number(sheet, "assumed_page_size", page_bytes(&source->target));
	sheet_number(sheet, "max_mapnr", source->kdump ? source->kdump->max_mapnr :
		     pfn_up(&source->target, source->end));
	sheet_number(sheet, "existing_pages", info->existing);
	sheet_number(sheet, "present_pages", info->present);
	sheet_number(sheet, "left_out_pages", info->existing - min_u64(told, info->existing));
	if (!source->kdump)
		return;
	sheet_number(sheet, "missing_pages", counts->missing);
	tell_descriptors(sheet, counts);
}

static void tell_split(struct sheet *sheet, const struct info *info)
{
	const struct kdump *kdump = info->dump.source.kdump;

	sheet_bool(sheet, "split", kdump && kdump->split);
	if (!kdump || !kdump->split)
		return;
	sheet_number(sheet, "start_pfn", kdump->start);
	sheet_number(sheet, "end_pfn", kdump->end);
	sheet_number(sheet, "pages_in_other_parts", info->counts.elsewhere);
}

static void tell_notes(struct sheet *sheet, const struct info *info)
{
	const struct source *source = &info->dump.source;
	uint64_t erased = source->stored.eraseinfo_bytes ? source->stored.eraseinfo_bytes
							 : info->dump.notes.eraseinfo_bytes;

	sheet_number(sheet, "vmcoreinfo_bytes", info->dump.notes.vmcoreinfo_bytes);
	sheet_number(sheet, "eraseinfo_bytes", erased);
	sheet_number(sheet, "notes_bytes", source->notes_bytes);
	sheet_open_list(sheet, "notes");
	for (unsigned i = 0; i < info->kinds; i++) {
		const struct note_kind *kind = &info->kind[i];
		sheet_open(sheet, NULL);
		sheet_text(sheet, "name", kind->name, sizeof(kind->name));
		sheet_number(sheet, "type", kind->type);
		sheet_number(sheet, "count", kind->count);
		sheet_close(sheet);
	}
	sheet_close(sheet);
	if (info->other_notes)
		sheet_number(sheet, "other_notes", info->other_notes);
}

static err_t tell(const struct info *info, const struct plan *plan)
{
	const struct source *source = &info->dump.source;
	struct sheet sheet;

	sheet_begin(&sheet, plan->say.text, plan->json);
	tell_format(&sheet, info);
	tell_kernel(&sheet, info);
	if (source->stored.known)
		sheet_number(&sheet, "dump_level", source->stored.level);
	else
		sheet_unknown(&sheet, "dump_level");
	sheet_bool(&sheet, "incomplete", is_incomplete(info));
	sheet_bool(&sheet, "without_vmemmap",
		   source->stored.status & DUMP_DH_EXCLUDED_VMEMMAP);
	tell_pages(&sheet, info);
	tell_split(&sheet, info);
	tell_notes(&sheet, info);
	return within(sheet_end(&sheet), "--info");
}

err_t job_info(const struct plan *plan)
{
	FREE_AT_END struct info *info = calloc(1, sizeof(*info));

	if (!info)
		return fail(ERR_NOMEM, "no memory for what is known of %s", plan->input);
	TRY(any_dump_open(&info->dump, plan, plan->input));
	read_notes(info);
	err_t result = count_pages(info);
	if (result == OK)
		result = tell(info, plan);
	any_dump_close(&info->dump);
	return result;
}
