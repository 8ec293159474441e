// SPDX-License-Identifier: GPL-2.0-only
/* memory.c - translate, then read. */
#include "kernel/memory.h"

#include "base/bytes.h"

static void touch(const struct memory *memory, paddr_t at, size_t size)
{
	if (memory->touched)
		memory->touched(memory->toucher, at, size);
}

/* As space_translate(), and the entries that lead there are touched. */
static err_t translate(struct memory *memory, vaddr_t at, paddr_t *ret, uint64_t *run)
{
	struct table_walk seen = { 0 };

	if (!memory->touched)
		return space_translate(memory->space, memory->tables, at, ret, run);
	err_t result = space_walk(memory->space, memory->tables, at, ret, run, &seen);
	for (unsigned i = 0; i < seen.levels; i++)
		touch(memory, seen.level[i].at, 1);
	return result;
}

err_t memory_translate(struct memory *memory, vaddr_t at, paddr_t *ret, uint64_t *run)
{
	at = space_plain(memory->space, at);
	for (unsigned i = 0; i < MEMORY_STEPS; i++) {
		const struct step *step = &memory->step[i];
		if (at >= step->start && at - step->start < step->bytes) {
			*ret = step->at + (at - step->start);
			*run = step->bytes - (at - step->start);
			return OK;
		}
	}
	TRY(translate(memory, at, ret, run));
	memory->step[memory->oldest] = (struct step){ at, *ret, *run };
	memory->oldest = (memory->oldest + 1) % MEMORY_STEPS;
	return OK;
}

err_t memory_lend(struct memory *memory, vaddr_t at, const uint8_t **ret, size_t *size)
{
	paddr_t physical;
	uint64_t run;

	TRY(memory_translate(memory, at, &physical, &run));
	*size = (size_t)min_u64(*size, run);
	TRY(reader_lend(memory->reader, physical, ret, size));
	touch(memory, physical, *size);
	return OK;
}

err_t memory_read(struct memory *memory, vaddr_t at, void *bytes, size_t size)
{
	paddr_t physical;
	uint64_t run;

	while (size) {
		TRY(memory_translate(memory, at, &physical, &run));
		size_t length = (size_t)min_u64(size, run);
		TRY(reader_read(memory->reader, physical, bytes, length));
		touch(memory, physical, length);
		bytes = (uint8_t *)bytes + length;
		at += length;
		size -= length;
	}
	return OK;
}

err_t memory_need(struct memory *memory, vaddr_t at, void *bytes, size_t size)
{
	err_t result = memory_read(memory, at, bytes, size);

	if (result == ERR_HOLE)
		return fail(ERR_CORRUPT, "address %#" PRIx64 " is not mapped, or not in the dump",
			    at);
	return result;
}

err_t memory_word(struct memory *memory, vaddr_t at, uint64_t *ret)
{
	const struct target *target = &memory->space->target;
	uint8_t bytes[8];

	TRY(memory_need(memory, at, bytes, target->word_bytes));
	*ret = get_word(target, bytes);
	return OK;
}

err_t memory_number(struct memory *memory, vaddr_t at, unsigned size, uint64_t *ret)
{
	bool big = memory->space->target.big_endian;
	uint8_t bytes[8];

	TRY(memory_need(memory, at, bytes, size));
	*ret = size == 8   ? get_64(big, bytes)
	       : size == 4 ? get_32(big, bytes)
	       : size == 2 ? get_16(big, bytes)
			   : bytes[0];
	return OK;
}

bool memory_is_kernel(const struct memory *memory, vaddr_t at)
{
	return space_plain(memory->space, at) >= memory->space->kernel_start;
}
