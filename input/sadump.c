// SPDX-License-Identifier: GPL-2.0-only
/* sadump.c - the headers of a dump by firmware, and the disks it lies on. */
#include "input/sadump.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/scope.h"
#include "input/extents.h"
#include "input/file.h"
#include "input/smram.h"

enum {
	BLOCK = SADUMP_BLOCK,
	GUID = 16,
	CPUS_MOST = 1 << 14,
	SUB_BYTES_MOST = 64 << 20,
	PFN_BITS_MOST = 48,

	/* partition header */
	PART_SADUMP_ID = 88, PART_SET_ID = 104, PART_VOLUME_ID = 120, PART_NUMBER = 152,
	PART_USED = 160, PART_MAGIC = 168, PART_BYTES = 4096,

	/* disk set header: of each disk but the first a volume */
	SET_BLOCKS = 0, SET_DISKS = 4, SET_VOLUMES = 16, VOLUME_BYTES = 32,
	SET_BYTES = SET_VOLUMES + (SADUMP_DISKS - 1) * VOLUME_BYTES,

	/* media header */
	MEDIA_SADUMP_ID = 0, MEDIA_SET_ID = 16, MEDIA_SEQUENCE = 48, MEDIA_BYTES = 52,

	/* dump header; the last one of version 1 */
	DUMP_VERSION = 8, DUMP_TIME = 16, DUMP_BLOCK_SIZE = 40, DUMP_SUB_BLOCKS = 48,
	DUMP_RAM_BLOCKS = 52, DUMP_DATA_BLOCKS = 56, DUMP_MAX_MAPNR = 60, DUMP_CPUS = 80,
	DUMP_MAX_MAPNR_64 = 88, DUMP_BYTES = 120,

	/* an EFI time */
	TIME_YEAR = 0, TIME_MONTH = 2, TIME_DAY = 3, TIME_HOUR = 4, TIME_MINUTE = 5,
	TIME_SECOND = 6, TIME_ZONE = 12, ZONE_UNKNOWN = 2047,

	/* sub header: bytes of all states, then of each CPU its APIC id and LDR, then the states */
	SUB_IDS = 4, ID_BYTES = 16,
};

static const char signature[8] = "sadump"; /* and so begins the dump header */

static bool is_signed(const uint8_t *head)
{
	return memcmp(head, signature, sizeof(signature)) == 0;
}

/* A media backup begins with a header that has no signature, and only then the partition. */
static bool probe(const uint8_t *head, size_t bytes)
{
	return (bytes >= sizeof(signature) && is_signed(head)) ||
	       (bytes >= BLOCK + sizeof(signature) && is_signed(head + BLOCK));
}

/* --- the disks --- */

size_t sadump_some(const struct source *source, uint64_t at, uint8_t *bytes, size_t size)
{
	const struct sadump *sadump = source->sadump;
	size_t have = 0;

	for (unsigned i = 0; i < sadump->disks && have < size; i++) {
		const struct disk *disk = &sadump->disk[i];
		uint64_t from = at + have;
		if (from < disk->start || from >= disk->end)
			continue;
		struct source file = { .name = disk->name, .fd = disk->fd };
		size_t step = (size_t)min_u64(size - have, disk->end - from);
		size_t got = file_some(&file, disk->file_at + (from - disk->start), bytes + have,
				       step);
		have += got;
		if (got < step)
			break;
	}
	return have;
}

static err_t read_partition(const struct source *file, uint64_t at, uint8_t part[PART_BYTES])
{
	TRY(file_read(file, at, part, PART_BYTES, "partition header"));
	if (!is_signed(part))
		return fail(ERR_CORRUPT, "%s: no partition header of sadump at %#" PRIx64,
			    file->name, at);
	for (size_t magic = PART_MAGIC + 4; magic < PART_BYTES; magic += 4) {
		uint32_t before = get_32(false, part + magic - 4);
		if (get_32(false, part + magic) != (before + 7) * 11)
			return fail(ERR_CORRUPT, "%s: partition header: its magic numbers are "
				    "broken at %#" PRIx64, file->name, at + magic);
	}
	return OK;
}

/* How much of the disk is used, which the file must have. */
static err_t take_size(const struct source *file, const uint8_t *part, struct disk *disk)
{
	uint64_t used = get_64(false, part + PART_USED);

	if (used < BLOCK || used >> 56)
		return fail(ERR_CORRUPT, "%s: partition header: %#" PRIx64 " bytes of the disk are "
			    "used", file->name, used);
	if (!file_has(file, 0, used))
		return fail(ERR_CORRUPT, "%s: partition header: %#" PRIx64 " bytes of the disk are "
			    "used, the file has %#" PRIx64, file->name, used, file->file_bytes);
	disk->end = disk->start + (used - disk->file_at);
	return OK;
}

/* A disk that belongs elsewhere. Is it in the set at all, and where? */
static err_t wrong_disk(const struct source *source, const struct source *file, unsigned wanted,
			unsigned number)
{
	if (number < wanted)
		return fail(ERR_USAGE, "%s: is disk %u of the set, which is there already; disk %u "
			    "is wanted here", file->name, number, wanted);
	if (number > wanted)
		return fail(ERR_USAGE, "%s: is disk %u of the set, disk %u is wanted here",
			    file->name, number, wanted);
	return fail(ERR_USAGE, "%s: is not the disk %u that %s names", file->name, number,
		    source->name);
}

/* `first` is the partition header of disk 1, `set` its disk set header. */
static err_t check_disk(const struct source *source, const struct source *file,
			const uint8_t *first, const uint8_t *set, const uint8_t *part)
{
	unsigned wanted = source->sadump->disks + 1;
	uint32_t number = get_32(false, part + PART_NUMBER);
	const uint8_t *volume = set + SET_VOLUMES + (wanted - 2) * VOLUME_BYTES;

	if (memcmp(part + PART_SADUMP_ID, first + PART_SADUMP_ID, 2 * GUID) != 0)
		return fail(ERR_USAGE, "%s: is not of the same disk set as %s", file->name,
			    source->name);
	if (number != wanted || memcmp(part + PART_VOLUME_ID, volume, GUID) != 0)
		return wrong_disk(source, file, wanted, number);
	return OK;
}

static err_t open_disk(struct source *source, const char *name, const uint8_t *first,
		       const uint8_t *set)
{
	struct sadump *sadump = source->sadump;
	FREE_AT_END uint8_t *part = malloc(PART_BYTES);
	struct disk *disk = &sadump->disk[sadump->disks];
	struct stat stat;

	if (!part)
		return fail(ERR_NOMEM, "%s: no memory for its headers", name);
	*disk = (struct disk){ .name = name, .start = disk[-1].end, .file_at = BLOCK };
	disk->fd = open(name, O_RDONLY | O_CLOEXEC);
	if (disk->fd < 0 || fstat(disk->fd, &stat))
		return fail(ERR_USAGE, "Can't open the dump memory(%s). %s", name, strerror(errno));
	struct source file = { .name = name, .fd = disk->fd };
	if (S_ISREG(stat.st_mode))
		file.file_bytes = (uint64_t)stat.st_size;
	err_t result = read_partition(&file, 0, part);
	if (result == OK)
		result = check_disk(source, &file, first, set, part);
	if (result == OK)
		result = take_size(&file, part, disk);
	if (result == OK)
		sadump->disks++;
	else
		close(disk->fd);
	return result;
}

/* Disk 1 is the source's; the others follow. *at becomes where the dump header stands. */
static err_t open_set(struct source *source, const uint8_t *first, uint64_t *at)
{
	struct sadump *sadump = source->sadump;
	uint32_t number = get_32(false, first + PART_NUMBER), given = source->more_files + 1;
	uint8_t set[SET_BYTES];

	if (number != 1)
		return fail(ERR_USAGE, "%s: is disk %u of the set, disk 1 is wanted here",
			    source->name, number);
	if (source->flat)
		return fail(ERR_UNSUPPORTED, "%s: is a disk of a set in a flattened stream",
			    source->name);
	TRY(file_read(source, BLOCK, set, sizeof(set), "disk set header"));
	uint32_t blocks = get_32(false, set + SET_BLOCKS), disks = get_32(false, set + SET_DISKS);
	if (!blocks || blocks > UINT16_MAX || disks < 1 || disks > SADUMP_DISKS)
		return fail(ERR_CORRUPT, "%s: disk set header: %u blocks for %u disks",
			    source->name, blocks, disks);
	TRY(take_size(source, first, &sadump->disk[0]));
	for (unsigned i = 0; i < source->more_files && sadump->disks < disks; i++)
		TRY(open_disk(source, source->more_file[i], first, set));
	if (given != disks)
		return fail(ERR_USAGE, "%s: the set has %u disks, and --diskset is given %u times",
			    source->name, disks, source->more_files ? given : 0);
	source->file_bytes = sadump->disk[sadump->disks - 1].end;
	*at = BLOCK + (uint64_t)blocks * BLOCK;
	return OK;
}

static err_t check_media(const struct source *source, const uint8_t *part)
{
	uint8_t media[MEDIA_BYTES];

	TRY(file_read(source, 0, media, sizeof(media), "media header"));
	if (memcmp(media + MEDIA_SADUMP_ID, part + PART_SADUMP_ID, GUID) != 0 ||
	    memcmp(media + MEDIA_SET_ID, part + PART_SET_ID, GUID) != 0)
		return fail(ERR_CORRUPT, "%s: media header and partition header are of different "
			    "dumps", source->name);
	if (media[MEDIA_SEQUENCE] != 1)
		return fail(ERR_UNSUPPORTED, "%s: media header: it is part %u of a backup on "
			    "several media, of which only the first alone can be read",
			    source->name, media[MEDIA_SEQUENCE]);
	return OK;
}

/* Partition, media backup or disk set; *at becomes where the dump header stands. */
static err_t open_kind(struct source *source, uint64_t *at)
{
	FREE_AT_END uint8_t *part = malloc(PART_BYTES);
	struct sadump *sadump = source->sadump;
	uint8_t head[sizeof(signature)];

	if (!part)
		return fail(ERR_NOMEM, "%s: no memory for its headers", source->name);
	TRY(file_read(source, 0, head, sizeof(head), "partition header"));
	uint64_t part_at = is_signed(head) ? 0 : BLOCK;
	TRY(read_partition(source, part_at, part));
	sadump->kind = part_at ? "media backup" : get_32(false, part + PART_NUMBER) ?
		"diskset" : "single partition";
	sadump->disk[0] = (struct disk){ .name = source->name, .fd = source->fd };
	sadump->disks = 1;
	*at = part_at + BLOCK;
	if (!part_at && get_32(false, part + PART_NUMBER))
		return open_set(source, part, at);
	if (source->more_files)
		return fail(ERR_USAGE, "%s: is a %s of sadump, and no disk of a set", source->name,
			    sadump->kind);
	if (part_at)
		TRY(check_media(source, part));
	sadump->disk[0].end = source->file_bytes ? source->file_bytes : UINT64_MAX;
	return OK;
}

/* --- the dump header --- */

/* Seconds since 1970; 0: it is no time. UEFI says how far local time is behind UTC, in minutes. */
static uint64_t seconds(const uint8_t *efi)
{
	int16_t zone = (int16_t)get_16(false, efi + TIME_ZONE);
	struct tm local = {
		.tm_year = get_16(false, efi + TIME_YEAR) - 1900, .tm_mon = efi[TIME_MONTH] - 1,
		.tm_mday = efi[TIME_DAY], .tm_hour = efi[TIME_HOUR], .tm_min = efi[TIME_MINUTE],
		.tm_sec = efi[TIME_SECOND], .tm_isdst = -1,
	};

	if (local.tm_year < 70 || local.tm_mon < 0 || local.tm_mon > 11 || local.tm_mday < 1 ||
	    local.tm_mday > 31 || local.tm_hour > 23 || local.tm_min > 59 || local.tm_sec > 60)
		return 0;
	time_t time = zone == ZONE_UNKNOWN ? mktime(&local) : timegm(&local) + zone * 60;
	return time > 0 ? (uint64_t)time : 0;
}

/* In this order: sub header, RAM bitmap, bitmap of the pages with data, data. */
static err_t take_layout(struct source *source, const uint8_t *header, uint64_t at)
{
	struct sadump *sadump = source->sadump;
	uint64_t sub = get_32(false, header + DUMP_SUB_BLOCKS);
	uint64_t ram = get_32(false, header + DUMP_RAM_BLOCKS);
	uint64_t data = get_32(false, header + DUMP_DATA_BLOCKS);

	if (get_32(false, header + DUMP_BLOCK_SIZE) != BLOCK)
		return fail(ERR_UNSUPPORTED, "%s: dump header: blocks of %u bytes, and pages have "
			    "%d", source->name, get_32(false, header + DUMP_BLOCK_SIZE), BLOCK);
	sadump->version = get_32(false, header + DUMP_VERSION);
	sadump->max_mapnr = sadump->version ? get_64(false, header + DUMP_MAX_MAPNR_64)
					    : get_32(false, header + DUMP_MAX_MAPNR);
	if (!sadump->max_mapnr || sadump->max_mapnr >> PFN_BITS_MOST ||
	    sadump->max_mapnr > ram * BLOCK * 8 || sadump->max_mapnr > data * BLOCK * 8)
		return fail(ERR_CORRUPT, "%s: dump header: max_mapnr %#" PRIx64 " with bitmaps of %"
			    PRIu64 " and %" PRIu64 " blocks", source->name, sadump->max_mapnr, ram,
			    data);
	at += (1 + sub) * BLOCK;
	sadump->ram = (struct file_bits){ at, ram * BLOCK, true, "RAM bitmap" };
	at += ram * BLOCK;
	sadump->ranks.bitmap = (struct file_bits){ at, data * BLOCK, true, "dumpable bitmap" };
	sadump->data_at = at + data * BLOCK;
	source->seconds = seconds(header + DUMP_TIME);
	return OK;
}

/* --- the CPUs --- */

static void put_note(uint8_t *note, const uint8_t *id, const uint8_t *state)
{
	put_32(false, note, sizeof("SADUMP"));
	put_32(false, note + 4, 8 + SADUMP_STATE);
	put_32(false, note + 8, SADUMP_NOTE);
	memcpy(note + 12, "SADUMP", sizeof("SADUMP"));
	memcpy(note + 20, id, 8);
	memcpy(note + 28, state, SADUMP_STATE);
}

/* A note of each CPU, in the order of the sub header. */
static err_t take_cpus(struct source *source, const uint8_t *header, uint64_t at)
{
	enum { NOTE_BYTES = 28 + SADUMP_STATE };
	uint64_t room = (uint64_t)get_32(false, header + DUMP_SUB_BLOCKS) * BLOCK;
	uint32_t cpus = get_32(false, header + DUMP_CPUS), all = 0;
	uint8_t first[SUB_IDS];

	if (room >= sizeof(first)) {
		TRY(file_read(source, at, first, sizeof(first), "sub header"));
		all = get_32(false, first);
	}
	uint64_t used = SUB_IDS + (uint64_t)cpus * ID_BYTES + all;
	if (!cpus || cpus > CPUS_MOST || all / cpus < SADUMP_STATE || used > room ||
	    used > SUB_BYTES_MOST)
		return fail(ERR_CORRUPT, "%s: sub header: %u bytes of %" PRIu64 " are the states "
			    "of %u CPUs", source->name, all, room, cpus);
	FREE_AT_END uint8_t *sub = malloc(used);
	source->notes = calloc(cpus, NOTE_BYTES);
	if (!sub || !source->notes)
		return fail(ERR_NOMEM, "%s: no memory for the states of %u CPUs", source->name,
			    cpus);
	TRY(file_read(source, at, sub, used, "sub header"));
	for (uint32_t i = 0; i < cpus; i++)
		put_note(source->notes + (size_t)i * NOTE_BYTES, sub + SUB_IDS + i * ID_BYTES,
			 sub + SUB_IDS + (size_t)cpus * ID_BYTES + (size_t)i * (all / cpus));
	source->notes_bytes = (size_t)cpus * NOTE_BYTES;
	return OK;
}

/* --- the whole --- */

/* What an ELF core of it begins with. */
static void make_elf_header(struct source *source)
{
	static const uint8_t ident[] = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT };

	memcpy(source->elf_header, ident, sizeof(ident));
	put_16(false, source->elf_header + 16, ET_CORE);
	put_16(false, source->elf_header + 18, EM_X86_64);
	put_32(false, source->elf_header + 20, EV_CURRENT);
	source->elf_machine = EM_X86_64;
	source->class_bytes = 8;
	source->target = (struct target){ .word_bytes = 8, .page_shift = 12, .align_64 = 8 };
}

/* A kernel of 32 bits has its handlers of interrupts below 4 GiB, and the CPU is not in long mode;
 * with one of 64 bits both are never so. A CPU that does not page has not told. */
static bool is_narrow(const struct source *source)
{
	static const uint64_t paging_on = UINT64_C(1) << 31, long_mode = 1 << 10;
	bool narrow = false;
	struct note note;

	for (size_t at = 0; note_next(false, source->notes, source->notes_bytes, &at, &note);) {
		const uint8_t *state = smram_of(&note);
		if (!state || !(get_64(false, state + SMRAM_CR0) & paging_on))
			continue;
		uint64_t idt = smram_idt(state);
		if (idt > UINT32_MAX || get_64(false, state + SMRAM_EFER) & long_mode)
			return false;
		narrow |= idt != 0;
	}
	return narrow;
}

/* The header does not tell which x86 it is; the CPUs do. */
static void choose_machine(struct source *source)
{
	if (!is_narrow(source))
		return;
	source->elf_machine = EM_386;
	put_16(false, source->elf_header + 18, EM_386);
	source->target.word_bytes = source->target.align_64 = 4;
}

static err_t sadump_open(struct source *source)
{
	uint8_t header[DUMP_BYTES];
	uint64_t at = 0;

	source->sadump = calloc(1, sizeof(*source->sadump));
	if (!source->sadump)
		return fail(ERR_NOMEM, "%s: no memory for its headers", source->name);
	make_elf_header(source);
	TRY(open_kind(source, &at));
	TRY(file_read(source, at, header, sizeof(header), "dump header"));
	if (!is_signed(header))
		return fail(ERR_CORRUPT, "%s: no dump header of sadump at %#" PRIx64, source->name,
			    at);
	TRY(take_layout(source, header, at));
	TRY(take_cpus(source, header, at + BLOCK));
	choose_machine(source);
	return sadump_index(source);
}

static void sadump_close(struct source *source)
{
	struct sadump *sadump = source->sadump;

	for (unsigned i = 1; sadump && i < sadump->disks; i++)
		close(sadump->disk[i].fd);
	if (sadump)
		ranks_deinit(&sadump->ranks);
	free(sadump);
	source->sadump = NULL;
}

const struct input_format sadump_format = {
	.name = "sadump", .probe = probe, .open = sadump_open, .close = sadump_close,
	.lend = sadump_lend, .pages = extents_pages,
};
