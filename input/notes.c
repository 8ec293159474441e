// SPDX-License-Identifier: GPL-2.0-only
/* notes.c - walk ELF notes. */
#include "input/notes.h"

#include <string.h>

#include "base/bytes.h"

enum {
	NOTE_HEADER = 12,
	NT_PRSTATUS = 1,
	NOTE_VMCOREINFO = 0,
	NOTE_ERASEINFO = 0,
	NOTE_XEN_CRASH = 0x1000001,
};

static uint64_t padded(uint32_t bytes)
{
	return ((uint64_t)bytes + 3) & ~UINT64_C(3);
}

bool note_next(bool big_endian, const uint8_t *notes, size_t bytes, size_t *at, struct note *ret)
{
	if (*at > bytes || bytes - *at < NOTE_HEADER)
		return false;
	const uint8_t *header = notes + *at;
	uint32_t name_bytes = get_32(big_endian, header);
	uint32_t desc_bytes = get_32(big_endian, header + 4);
	uint64_t left = bytes - *at - NOTE_HEADER;
	uint64_t desc_at = padded(name_bytes);

	if (!name_bytes && !desc_bytes)
		return false;
	if (desc_at > left || desc_bytes > left - desc_at)
		return false;
	*ret = (struct note){ .name = (const char *)header + NOTE_HEADER, .name_bytes = name_bytes,
			      .type = get_32(big_endian, header + 8),
			      .desc = header + NOTE_HEADER + desc_at, .desc_bytes = desc_bytes };
	*at += NOTE_HEADER + (size_t)min_u64(desc_at + padded(desc_bytes), left);
	return true;
}

bool note_is(const struct note *note, const char *name, uint32_t type)
{
	size_t length = strlen(name);

	return note->type == type && note->name_bytes >= length && note->name_bytes <= length + 1 &&
	       memcmp(note->name, name, length) == 0 &&
	       (note->name_bytes == length || !note->name[length]);
}

void notes_scan(bool big_endian, const uint8_t *notes, size_t bytes, struct notes_found *ret)
{
	struct note note;

	*ret = (struct notes_found){ 0 };
	for (size_t at = 0; note_next(big_endian, notes, bytes, &at, &note);) {
		if (note_is(&note, "CORE", NT_PRSTATUS))
			ret->cpus++;
		if (note_is(&note, "Xen", NOTE_XEN_CRASH)) {
			ret->xen = note.desc;
			ret->xen_bytes = note.desc_bytes;
		}
		if (note_is(&note, "VMCOREINFO_XEN", NOTE_VMCOREINFO)) {
			ret->xen_info = note.desc;
			ret->xen_info_bytes = note.desc_bytes;
		}
		if (note_is(&note, "ERASEINFO", NOTE_ERASEINFO)) {
			ret->eraseinfo = note.desc;
			ret->eraseinfo_bytes = note.desc_bytes;
		}
		if (note_is(&note, "VMCOREINFO", NOTE_VMCOREINFO)) {
			ret->vmcoreinfo = note.desc;
			ret->vmcoreinfo_bytes = note.desc_bytes;
		}
	}
}
