// SPDX-License-Identifier: GPL-2.0-only
/* firmware.c - a dump by firmware has the CPUs' states as firmware saves them, and memory as it was
 * then: make the notes that an output of kdump has, and give low memory back what a crash kernel
 * saved of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/scope.h"
#include "facts/vmcoreinfo.h"
#include "input/sadump.h"
#include "kernel/backup.h"
#include "kernel/percpu.h"
#include "makedumpfile.h"

enum { NOTE_HEADER = 12, NT_PRSTATUS = 1, NOTE_NAME = 8, NOTES_MOST = 64 << 20 };

/* The notes in the making. */
struct making {
	const struct source *source;
	const struct arch *arch;
	uint8_t *notes; /* owned */
	size_t used, room;
};

static err_t make_room(struct making *making, size_t bytes)
{
	if (bytes <= making->room - making->used)
		return OK;
	size_t room = 2 * making->room + bytes;
	uint8_t *grown = room <= NOTES_MOST ? realloc(making->notes, room) : NULL;
	if (!grown)
		return fail(ERR_NOMEM, "%s: no memory for %zu bytes of notes", making->source->name,
			    room);
	memset(grown + making->room, 0, room - making->room);
	making->notes = grown;
	making->room = room;
	return OK;
}

static err_t add_bytes(struct making *making, const uint8_t *bytes, size_t size)
{
	TRY(make_room(making, (size_t)round_up(size, 4)));
	memcpy(making->notes + making->used, bytes, size);
	making->used += (size_t)round_up(size, 4);
	return OK;
}

/* --- notes of CPUs --- */

/* One of NT_PRSTATUS, out of what firmware saved. */
static err_t add_state(struct making *making, const struct note *state)
{
	uint8_t bytes[NOTE_HEADER + NOTE_NAME + STATUS_MOST] = { 0 };
	size_t size = making->arch->status(state, bytes + NOTE_HEADER + NOTE_NAME);
	bool big = making->source->big_endian;

	if (!size)
		return OK;
	put_32(big, bytes, sizeof("CORE"));
	put_32(big, bytes + 4, (uint32_t)size);
	put_32(big, bytes + 8, NT_PRSTATUS);
	memcpy(bytes + NOTE_HEADER, "CORE", sizeof("CORE"));
	return add_bytes(making, bytes, NOTE_HEADER + NOTE_NAME + size);
}

/* All of them, in the order of firmware. */
static err_t add_states(struct making *making)
{
	const struct source *source = making->source;
	struct note note;

	for (size_t at = 0; note_next(source->big_endian, source->notes, source->notes_bytes, &at,
				      &note);)
		TRY(add_state(making, &note));
	return OK;
}

/* The state of the CPU with this APIC id. */
static bool find_state(const struct making *making, uint64_t apic_id, struct note *ret)
{
	const struct source *source = making->source;

	for (size_t at = 0; note_next(source->big_endian, source->notes, source->notes_bytes, &at,
				      ret);)
		if (note_is(ret, "SADUMP", SADUMP_NOTE) && ret->desc_bytes >= 8 &&
		    (get_64(source->big_endian, ret->desc) & UINT16_MAX) == apic_id)
			return true;
	return false;
}

/* What the CPU itself saved when the kernel crashed comes first: it was in the kernel then. */
static err_t add_cpu(struct making *making, struct dump *dump, unsigned cpu)
{
	uint8_t saved[CRASH_NOTE_MOST];
	uint64_t apic_id;
	struct note state;
	size_t size;

	if (percpu_crash_note(&dump->memory, &dump->facts, cpu, saved, &size) == OK)
		return add_bytes(making, saved, size);
	TRY(percpu_apic_id(&dump->memory, &dump->facts, cpu, &apic_id));
	if (!find_state(making, apic_id, &state))
		return fail(ERR_CORRUPT, "CPU %u has APIC id %#" PRIx64 ", of which firmware saved "
			    "no state", cpu, apic_id);
	return add_state(making, &state);
}

/* Of each CPU online, in the kernel's order. */
static err_t add_online(struct making *making, struct dump *dump)
{
	unsigned cpu = 0;

	for (;; cpu++) {
		TRY(percpu_online(&dump->memory, &dump->facts, cpu, &cpu));
		if (cpu == CPU_NUMBERS)
			break;
		TRY(add_cpu(making, dump, cpu));
	}
	return making->used ? OK : fail(ERR_CORRUPT, "no CPU is online");
}

static err_t add_cpus(struct making *making, struct dump *dump)
{
	err_t result = dump->memory_known ? add_online(making, dump) : ERR_NOFACT;

	if (result == OK || result == ERR_NOMEM)
		return result;
	if (result == ERR_CORRUPT)
		say(&dump->plan->say, SAY_COMMON, "The registers of the CPUs are in the order of "
		    "firmware: %s\n", err_text());
	making->used = 0;
	return add_states(making);
}

/* --- the note VMCOREINFO --- */

/* What is known of the kernel, and of where it lies, as the kernel would say it. */
static err_t write_info(const struct facts *facts, char **text, size_t *bytes)
{
	FILE *file = open_memstream(text, bytes);

	if (file) {
		vmcoreinfo_write(facts, file);
		if (fact_known(facts, HEX_KERNELOFFSET))
			vmcoreinfo_write_fact(facts, HEX_KERNELOFFSET, file);
	}
	if (!file || fclose(file))
		return fail(ERR_NOMEM, "no memory for vmcoreinfo");
	return OK;
}

/* The kernel's own text if it was found in memory, else what the facts say. */
static err_t add_info(struct making *making, struct dump *dump)
{
	const uint8_t *own = dump->source.notes + dump->out.vmcoreinfo_at;
	FREE_AT_END char *text = NULL;
	size_t bytes = dump->out.vmcoreinfo_bytes;
	uint8_t header[NOTE_HEADER + 12] = { 0 };

	if (!bytes && dump->memory_known)
		TRY(write_info(&dump->facts, &text, &bytes));
	if (!bytes)
		return OK;
	put_32(false, header, sizeof("VMCOREINFO"));
	put_32(false, header + 4, (uint32_t)bytes);
	memcpy(header + NOTE_HEADER, "VMCOREINFO", sizeof("VMCOREINFO"));
	TRY(add_bytes(making, header, sizeof(header)));
	dump->out.vmcoreinfo_at = making->used;
	dump->out.vmcoreinfo_bytes = bytes;
	return add_bytes(making, text ? (const uint8_t *)text : own, bytes);
}

/* --- both, and low memory --- */

static err_t make_notes(struct dump *dump, const struct arch *arch)
{
	struct making making = { .source = &dump->source, .arch = arch };
	struct notes_found found;

	err_t result = add_cpus(&making, dump);
	if (result == OK)
		result = add_info(&making, dump);
	if (result != OK) {
		free(making.notes);
		return result;
	}
	free(dump->source.notes);
	dump->source.notes = making.notes;
	dump->source.notes_bytes = making.used;
	notes_scan(dump->source.big_endian, making.notes, making.used, &found);
	dump->out.notes = making.notes;
	dump->out.notes_bytes = making.used;
	dump->out.cpus = found.cpus;
	return OK;
}

static err_t restore_low_memory(struct dump *dump)
{
	struct backup backup;
	err_t result = backup_find(&dump->memory, &dump->facts, &backup);

	if (result == ERR_HOLE || result == ERR_NOFACT)
		return OK;
	if (result != OK) {
		say(&dump->plan->say, SAY_COMMON, "What a crash kernel saved of low memory is not "
		    "found: %s\n", err_text());
		return OK;
	}
	const struct moved moved = { backup.start, backup.start + backup.bytes, backup.saved };
	TRY(sadump_move(&dump->source, moved));
	if (dump->source.sadump->moved.end)
		say(&dump->plan->say, SAY_COMMON, "Memory from %#" PRIx64 " to %#" PRIx64
		    " is read where a crash kernel saved it, at %#" PRIx64 "\n", moved.start,
		    moved.end, moved.to);
	return OK;
}

err_t firmware_complete(struct dump *dump, const struct arch *arch)
{
	if (!dump->source.sadump || !arch || !arch->status)
		return OK;
	if (dump->memory_known)
		TRY(restore_low_memory(dump));
	return make_notes(dump, arch);
}
