// SPDX-License-Identifier: GPL-2.0-only
/* kdump_pages.c - the pages of a kdump-compressed file: which there are, and their bytes.
 * The descriptor of a page is as far down the table as there are set bits before its own in the 2nd
 * bitmap. A page whose descriptor has offset 0 or lies, like its data, behind the end of the file,
 * is missing: its writer was stopped, or the file was cut off. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/codec.h"
#include "diskdump_mod.h"
#include "input/file.h"
#include "input/split.h"
#include "input/window.h"

enum {
	UNPACKED_BYTES = 256 << 10, /* of unpacked pages, in each reader */
	UNPACKED_LEAST = 8,	    /* pages, however large they are */
	ENTRIES = 128,		    /* descriptors at once on the stack */
};

static const pfn_t NO_PFN = UINT64_MAX;

/* A page that was unpacked. */
struct slot {
	pfn_t pfn;
	uint64_t used; /* the clock when it was last wanted */
};

/* Memory of one reader: the pages unpacked last, and room for packed bytes that two windows hold.
 */
struct unpacked {
	uint64_t clock;
	unsigned slots;
	uint8_t *page;   /* slots pages, in this same piece of memory */
	uint8_t *packed; /* a page, too */
	void *state[KDUMP_CODEC_BITS]; /* of unpacking, by the bit of the flag; NULL: not yet */
	struct slot slot[];
};

struct descriptor {
	uint64_t at;
	uint32_t size, flags;
};

static struct descriptor get_descriptor(bool big, const uint8_t *from)
{
	return (struct descriptor){ .at = get_64(big, from + DESCRIPTOR_OFFSET),
				    .size = get_32(big, from + DESCRIPTOR_SIZE),
				    .flags = get_32(big, from + DESCRIPTOR_FLAGS) };
}

static bool is_missing(const struct source *source, const struct descriptor *descriptor)
{
	return !descriptor->at || !file_has(source, descriptor->at, descriptor->size);
}

/* --- which pages there are --- */

/* Some descriptors of the table, read ahead in ascending order. */
struct entries {
	uint64_t first, count;
	uint8_t bytes[ENTRIES * KDUMP_DESCRIPTOR_BYTES];
};

/* A descriptor by its number. False: the file ends before it, or cannot be read. */
static bool get_entry(const struct source *source, struct entries *entries, uint64_t number,
		      struct descriptor *ret)
{
	uint64_t at = source->kdump->descriptors_at + number * KDUMP_DESCRIPTOR_BYTES;

	if (!file_has(source, at, KDUMP_DESCRIPTOR_BYTES))
		return false;
	if (number - entries->first >= entries->count) {
		entries->first = number;
		entries->count = file_some(source, at, entries->bytes, sizeof(entries->bytes)) /
				 KDUMP_DESCRIPTOR_BYTES;
		if (!entries->count)
			return false;
	}
	*ret = get_descriptor(source->big_endian, entries->bytes + (number - entries->first) *
						  KDUMP_DESCRIPTOR_BYTES);
	return true;
}

/* Does the page of this descriptor have no data? */
static bool entry_missing(const struct source *source, struct entries *entries, uint64_t number)
{
	struct descriptor descriptor;

	return !get_entry(source, entries, number, &descriptor) ||
	       is_missing(source, &descriptor);
}

/* The pages that are not missing, and a count of the others. */
struct checking {
	uint64_t *words;        /* where to set their bits; NULL: only count */
	pfn_t first;            /* bit 0 of them */
	uint64_t number;        /* of the next descriptor */
	uint64_t missing;
	pfn_t first_missing;
	struct entries entries;
};

static void check(const struct source *source, void *context, pfn_t base, uint64_t bits)
{
	struct checking *checking = context;
	const struct kdump *kdump = source->kdump;
	uint64_t there = bits;

	for (uint64_t left = bits; left; left &= left - 1) {
		pfn_t pfn = base + (unsigned)__builtin_ctzll(left);
		bool inside = pfn >= kdump->start && pfn < kdump->end;
		if (inside && !entry_missing(source, &checking->entries, checking->number++))
			continue;
		there &= ~(left & -left);
		if (!checking->missing++)
			checking->first_missing = pfn;
	}
	if (checking->words && there)
		file_bits_put(checking->words, checking->first, base, there);
}

/* Pages of [first, end) with data, where some are missing. */
static void check_pages(const struct source *source, struct checking *checking, pfn_t first,
			pfn_t end)
{
	struct kdump *kdump = source->kdump;
	uint64_t rank;
	bool is_set;

	if (ranks_find(&kdump->ranks, source, NULL, max_u64(first, kdump->start), &rank, &is_set))
		return;
	checking->number = rank - kdump->rank_start;
	kdump->unread += file_bits_walk(source, &kdump->bitmap[1], first,
					min_u64(end, kdump->max_mapnr), check, checking);
}

void kdump_pages_in(const struct source *source, pfn_t first, pfn_t end, bool data, uint64_t *words)
{
	struct kdump *kdump = source->kdump;

	if (end <= kdump->origin)
		return;
	words += first < kdump->origin ? (kdump->origin - first) / 64 : 0;
	first -= min_u64(first, kdump->origin);
	end = min_u64(end - kdump->origin, kdump->max_mapnr);
	if (data && source->stored.missing) {
		struct checking checking = { .words = words, .first = first };
		check_pages(source, &checking, first, end);
		if (source->split)
			split_pages_in(source, kdump->origin + first, kdump->origin + end, words);
		return;
	}
	if (!data)
		kdump->unread += file_bits_fill(source, &kdump->bitmap[0], first, end, words);
	kdump->unread += file_bits_fill(source, &kdump->bitmap[1], first, end, words);
}

err_t kdump_index(struct source *source)
{
	struct kdump *kdump = source->kdump;
	struct checking checking = { 0 };
	bool is_set;

	for (unsigned i = 0; i < 2; i++)
		if (!file_has(source, kdump->bitmap[i].at, kdump->bitmap[i].bytes))
			return fail(ERR_CORRUPT, "%s: bitmap at %#" PRIx64 " with %#" PRIx64
				    " bytes: the file ends before", source->name,
				    kdump->bitmap[i].at, kdump->bitmap[i].bytes);
	TRY(ranks_init(&kdump->ranks, source, &kdump->bitmap[1]));
	TRY(ranks_find(&kdump->ranks, source, NULL, kdump->start, &kdump->rank_start, &is_set));
	check_pages(source, &checking, 0, kdump->max_mapnr);
	source->stored.missing = checking.missing;
	source->stored.first_missing = checking.first_missing + kdump->origin;
	if (checking.missing)
		source->stored.status |= DUMP_DH_COMPRESSED_INCOMPLETE;
	return OK;
}

/* --- how they are stored --- */

struct counting {
	struct kdump_counts *counts;
	uint64_t number; /* of the next descriptor */
	struct entries entries;

	/* The data that lies first, where the page of zeros would be. */
	uint64_t first_at; /* UINT64_MAX: none yet */
	uint64_t sharing;  /* pages that have it */
	pfn_t sharer;      /* one of these */
	uint64_t *counter; /* where they are counted so far */
};

/* Can a page be made of it? If it is packed by a codec that this binary lacks, another one can. */
static bool makes_sense(const struct source *source, const struct descriptor *descriptor)
{
	uint64_t block = page_bytes(&source->target);

	if (!descriptor->flags)
		return descriptor->size == block;
	return descriptor->size && descriptor->size <= block && codec_by_flag(descriptor->flags);
}

static void count_data(struct counting *counting, pfn_t pfn, const struct descriptor *descriptor)
{
	struct kdump_counts *counts = counting->counts;
	uint64_t *counter = descriptor->flags ?
		&counts->packed[__builtin_ctz(descriptor->flags)] : &counts->raw;

	++*counter;
	if (descriptor->at < counting->first_at) {
		counting->first_at = descriptor->at;
		counting->sharing = 0;
		counting->sharer = pfn;
		counting->counter = counter;
	}
	if (descriptor->at == counting->first_at && counter == counting->counter)
		counting->sharing++;
}

static void count(const struct source *source, void *context, pfn_t base, uint64_t bits)
{
	struct counting *counting = context;
	const struct kdump *kdump = source->kdump;
	struct descriptor descriptor;

	for (; bits; bits &= bits - 1) {
		pfn_t pfn = base + (unsigned)__builtin_ctzll(bits);
		if (pfn < kdump->start || pfn >= kdump->end)
			counting->counts->elsewhere++;
		else if (!get_entry(source, &counting->entries, counting->number++, &descriptor) ||
			 is_missing(source, &descriptor))
			counting->counts->missing++;
		else if (!makes_sense(source, &descriptor))
			counting->counts->damaged++;
		else
			count_data(counting, pfn, &descriptor);
	}
}

void kdump_count(struct reader *reader, struct kdump_counts *counts)
{
	const struct source *source = reader->source;
	struct counting counting = { .counts = counts, .first_at = UINT64_MAX };
	const uint8_t *page;

	*counts = (struct kdump_counts){ 0 };
	source->kdump->unread += file_bits_walk(source, &source->kdump->bitmap[1], 0,
						source->kdump->max_mapnr, count, &counting);
	if (counting.sharing < 2 || reader_page(reader, counting.sharer, &page) != OK ||
	    !all_zero(page, page_bytes(&source->target)) || reader_faulted(reader))
		return;
	*counting.counter -= counting.sharing;
	counts->zero = counting.sharing;
}

/* --- their bytes --- */

static err_t unpacked_create(const struct source *source, struct unpacked **ret)
{
	size_t block = page_bytes(&source->target);
	unsigned slots = (unsigned)max_u64(UNPACKED_BYTES / block, UNPACKED_LEAST);
	size_t head = sizeof(struct unpacked) + slots * sizeof(struct slot);
	struct unpacked *unpacked = malloc(head + (slots + 1) * block);

	if (!unpacked)
		return fail(ERR_NOMEM, "%s: no memory for %u unpacked pages", source->name, slots);
	*unpacked = (struct unpacked){ .slots = slots };
	unpacked->page = (uint8_t *)unpacked + head;
	unpacked->packed = unpacked->page + slots * block;
	for (unsigned i = 0; i < slots; i++)
		unpacked->slot[i] = (struct slot){ .pfn = NO_PFN };
	*ret = unpacked;
	return OK;
}

void unpacked_destroy(struct unpacked *unpacked)
{
	for (unsigned bit = 0; unpacked && bit < KDUMP_CODEC_BITS; bit++)
		if (unpacked->state[bit])
			codec_by_flag(1u << bit)->destroy_unpack(unpacked->state[bit]);
	free(unpacked);
}

/* The state for a codec. NULL: it needs none, or there is no memory; then it makes do without. */
static void *unpack_state(struct unpacked *unpacked, const struct codec *codec)
{
	void **state = &unpacked->state[__builtin_ctz(codec->flag)];

	if (!*state && codec->create_unpack)
		*state = codec->create_unpack();
	return *state;
}

/* The slot of this page, else the one unused longest. */
static struct slot *find_slot(struct unpacked *unpacked, pfn_t pfn)
{
	struct slot *oldest = &unpacked->slot[0];

	for (unsigned i = 0; i < unpacked->slots; i++) {
		if (unpacked->slot[i].pfn == pfn)
			return &unpacked->slot[i];
		if (unpacked->slot[i].used < oldest->used)
			oldest = &unpacked->slot[i];
	}
	return oldest;
}

static uint8_t *slot_page(struct reader *reader, const struct slot *slot)
{
	const struct unpacked *unpacked = reader->unpacked;
	size_t index = (size_t)(slot - unpacked->slot);

	return unpacked->page + index * page_bytes(&reader->source->target);
}

/* Bytes of the file in one piece: lent where one window has them all, else copied to `room`. */
static err_t lend_whole(struct reader *reader, uint64_t at, uint8_t *room, size_t size,
			const uint8_t **ret)
{
	const uint8_t *part;

	for (size_t done = 0; done < size;) {
		size_t length = size - done;
		TRY(window_lend(reader, at + done, &part, &length));
		if (length == size) {
			*ret = part;
			return OK;
		}
		memcpy(room + done, part, length);
		done += length;
	}
	*ret = room;
	return OK;
}

/* Is it among the page frames that have descriptors in this file? */
static bool is_own(const struct kdump *kdump, pfn_t pfn)
{
	return pfn >= kdump->origin && pfn - kdump->origin >= kdump->start &&
	       pfn - kdump->origin < kdump->end;
}

/* ERR_HOLE: the page has no descriptor, or is missing. */
static err_t find_descriptor(struct reader *reader, pfn_t pfn, struct descriptor *ret)
{
	const struct source *source = reader->source;
	const struct kdump *kdump = source->kdump;
	uint8_t room[KDUMP_DESCRIPTOR_BYTES];
	const uint8_t *entry;
	uint64_t rank;
	bool is_set;

	if (!is_own(kdump, pfn))
		return ERR_HOLE;
	pfn -= kdump->origin;
	TRY(ranks_find(&kdump->ranks, source, reader, pfn, &rank, &is_set));
	if (!is_set)
		return ERR_HOLE;
	uint64_t at = kdump->descriptors_at + (rank - kdump->rank_start) * KDUMP_DESCRIPTOR_BYTES;
	if (!file_has(source, at, sizeof(room)))
		return ERR_HOLE;
	TRY(lend_whole(reader, at, room, sizeof(room), &entry));
	*ret = get_descriptor(source->big_endian, entry);
	return is_missing(source, ret) ? ERR_HOLE : OK;
}

static err_t damaged(const struct source *source, pfn_t pfn, const struct descriptor *descriptor)
{
	return fail(ERR_IO, "%s: pfn %#" PRIx64 " is damaged: %u bytes at %#" PRIx64
		    ", flags %#x", source->name, pfn, descriptor->size, descriptor->at,
		    descriptor->flags);
}

/* Unpack into the slot, or lend a page that was never packed where it lies. */
static err_t load(struct reader *reader, pfn_t pfn, struct slot *slot, const uint8_t **ret)
{
	const struct source *source = reader->source;
	size_t block = page_bytes(&source->target);
	struct descriptor descriptor;
	const uint8_t *packed;

	slot->pfn = NO_PFN;
	TRY(find_descriptor(reader, pfn, &descriptor));
	if (!descriptor.size || descriptor.size > block ||
	    (!descriptor.flags && descriptor.size != block))
		return damaged(source, pfn, &descriptor);
	uint8_t *page = slot_page(reader, slot);
	if (!descriptor.flags)
		return lend_whole(reader, descriptor.at, page, block, ret);
	const struct codec *codec = codec_by_flag(descriptor.flags);
	if (codec && !codec->unpack)
		return fail(ERR_UNSUPPORTED, "%s: pages are packed with %s, which this binary "
			    "doesn't support", source->name, codec->library);
	TRY(lend_whole(reader, descriptor.at, reader->unpacked->packed, descriptor.size, &packed));
	if (!codec || !codec->unpack(unpack_state(reader->unpacked, codec), packed,
				     descriptor.size, page, block))
		return damaged(source, pfn, &descriptor);
	slot->pfn = pfn;
	*ret = page;
	return OK;
}

/* What was read from a mapping that turned out unreadable is zeros, and no page. */
static err_t load_checked(struct reader *reader, pfn_t pfn, struct slot *slot, const uint8_t **ret)
{
	uint64_t faults = windows_faults(reader);
	err_t result = load(reader, pfn, slot, ret);
	uint64_t more = windows_faults(reader) - faults;

	if (!more)
		return result;
	reader->faults_told += more;
	windows_forget(reader);
	slot->pfn = NO_PFN;
	return fail(ERR_IO, "%s: pfn %#" PRIx64 " cannot be read", reader->source->name, pfn);
}

err_t kdump_lend(struct reader *reader, paddr_t at, const uint8_t **ret, size_t *size)
{
	const struct target *target = &reader->source->target;
	pfn_t pfn = at >> target->page_shift;
	size_t skip = (size_t)(at & (page_bytes(target) - 1));
	const uint8_t *page;

	*size = (size_t)min_u64(*size, page_bytes(target) - skip);
	if (reader->source->split && !is_own(reader->source->kdump, pfn))
		return split_lend(reader, at, ret, size);
	if (!reader->unpacked)
		TRY(unpacked_create(reader->source, &reader->unpacked));
	struct slot *slot = find_slot(reader->unpacked, pfn);
	if (slot->pfn == pfn) {
		page = slot_page(reader, slot);
	} else {
		slot->used = 0; /* unless something stays in it, the next one takes it, too */
		TRY(load_checked(reader, pfn, slot, &page));
	}
	if (slot->pfn == pfn)
		slot->used = ++reader->unpacked->clock;
	*ret = page + skip;
	return OK;
}
