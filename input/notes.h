// SPDX-License-Identifier: GPL-2.0-only
/* notes.h - the ELF notes of a dump: one flat run of bytes, walked in place.
 * Header {namesz, descsz, type}, then name and descriptor, each padded to 4 bytes. */
#ifndef INPUT_NOTES_H
#define INPUT_NOTES_H

#include "base/types.h"

struct note {
	const char *name; /* not NUL-terminated */
	uint32_t name_bytes;
	uint32_t type;
	const uint8_t *desc;
	uint32_t desc_bytes;
};

/* Take the note at *at and move *at behind it. False: no more, or the rest is padding or damaged.
 */
bool note_next(bool big_endian, const uint8_t *notes, size_t bytes, size_t *at, struct note *ret);

/* Does the note have this name (its NUL counted or not) and type? */
bool note_is(const struct note *, const char *name, uint32_t type);

/* What the notes of a Linux dump say. Pointers lead into the notes. */
struct notes_found {
	unsigned cpus;       /* NT_PRSTATUS notes: one per CPU that wrote its registers */
	const uint8_t *vmcoreinfo; /* text; NULL: no such note. The last one wins */
	size_t vmcoreinfo_bytes;
	const uint8_t *eraseinfo; /* text; NULL: no such note. Of makedumpfile -E */
	size_t eraseinfo_bytes;
	const uint8_t *xen; /* crash note of the Xen hypervisor; NULL: no such note */
	size_t xen_bytes;
	const uint8_t *xen_info; /* its own VMCOREINFO, text; NULL: no such note */
	size_t xen_info_bytes;
};

void notes_scan(bool big_endian, const uint8_t *notes, size_t bytes, struct notes_found *ret);

#endif
