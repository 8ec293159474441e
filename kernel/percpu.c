// SPDX-License-Identifier: GPL-2.0-only
/* percpu.c - a variable of a CPU is where its symbol says, plus its __per_cpu_offset. */
#include "kernel/percpu.h"

#include "base/bytes.h"
#include "input/notes.h"

/* How far the variables of a CPU are from where the symbols say. */
static err_t find_offset(struct memory *memory, const struct facts *facts, unsigned cpu,
			 uint64_t *ret)
{
	unsigned word = memory->space->target.word_bytes;
	vaddr_t table;

	TRY(fact_need(facts, SYMBOL_PER_CPU_OFFSET, &table));
	if (cpu >= fact_or(facts, LENGTH_PER_CPU_OFFSET, CPU_NUMBERS))
		return fail(ERR_CORRUPT, "CPU %u is beyond LENGTH(__per_cpu_offset)", cpu);
	return within(memory_word(memory, table + (uint64_t)cpu * word, ret),
		      "__per_cpu_offset of CPU %u", cpu);
}

/* The mask was a variable (cpu_online_map), then one behind a pointer (2.6.28), and is one again
 * (4.5), under a name of its own. */
static err_t find_mask(struct memory *memory, const struct facts *facts, vaddr_t *ret)
{
	if (fact_known(facts, SYMBOL_CPU_ONLINE_BITS)) {
		*ret = facts->value[SYMBOL_CPU_ONLINE_BITS];
		return OK;
	}
	if (fact_known(facts, SYMBOL_CPU_ONLINE_MASK))
		return within(memory_word(memory, facts->value[SYMBOL_CPU_ONLINE_MASK], ret),
			      "cpu_online_mask");
	return fact_need(facts, SYMBOL_CPU_ONLINE_MAP, ret);
}

err_t percpu_online(struct memory *memory, const struct facts *facts, unsigned cpu, unsigned *ret)
{
	unsigned word = memory->space->target.word_bytes, bits = word * 8;
	uint64_t bytes = fact_or(facts, SIZE_CPUMASK, fact_or(facts, SIZE_CPUMASK_T, word));
	unsigned end = (unsigned)min_u64(bytes * 8, CPU_NUMBERS);
	vaddr_t mask;
	uint64_t value;

	TRY(find_mask(memory, facts, &mask));
	for (; cpu < end; cpu++) {
		TRY(within(memory_word(memory, mask + cpu / bits * word, &value),
			   "mask of CPUs online"));
		value >>= cpu % bits;
		if (value & 1) {
			*ret = cpu;
			return OK;
		}
		if (!value)
			cpu |= bits - 1;
	}
	*ret = CPU_NUMBERS;
	return OK;
}

/* An array of bytes until 2.6.24; then a variable of each CPU of 16 bits, and later of 32, in which
 * the lower half of a number is enough to tell CPUs apart.
 * x86_bios_cpu_apicid is gone since 6.6. */
err_t percpu_apic_id(struct memory *memory, const struct facts *facts, unsigned cpu, uint64_t *ret)
{
	vaddr_t at = fact_or(facts, SYMBOL_X86_APICID,
			     fact_or(facts, SYMBOL_X86_CPU_TO_APICID, 0));
	uint64_t offset;

	if (fact_known(facts, SYMBOL_APICID))
		return within(memory_number(memory, facts->value[SYMBOL_APICID] + cpu, 1, ret),
			      "APIC id of CPU %u", cpu);
	if (!at)
		return fail(ERR_NOFACT, "no symbol tells APIC ids");
	TRY(find_offset(memory, facts, cpu, &offset));
	return within(memory_number(memory, at + offset, 2, ret), "APIC id of CPU %u", cpu);
}

/* Memory of each CPU that was allocated; until 2.6.29 behind a table whose address is inverted. */
static err_t find_allocated(struct memory *memory, const struct facts *facts, vaddr_t pointer,
			    unsigned cpu, vaddr_t *ret)
{
	uint64_t word = memory->space->target.word_bytes;

	if (fact_known(facts, SIZE_PERCPU_DATA))
		return memory_word(memory, ~pointer + fact_or(facts, OFFSET_PERCPU_DATA_PTRS, 0) +
				   cpu * word, ret);
	TRY(find_offset(memory, facts, cpu, ret));
	*ret += pointer;
	return OK;
}

err_t percpu_crash_note(struct memory *memory, const struct facts *facts, unsigned cpu,
			uint8_t ret[CRASH_NOTE_MOST], size_t *size)
{
	enum { NT_PRSTATUS = 1 };
	vaddr_t at;
	uint64_t pointer;
	struct note note;

	TRY(fact_need(facts, SYMBOL_CRASH_NOTES, &at));
	TRY(within(memory_word(memory, at, &pointer), "crash_notes"));
	if (!pointer)
		return ERR_HOLE;
	TRY(within(find_allocated(memory, facts, pointer, cpu, &at), "crash_notes of CPU %u", cpu));
	/* It is followed by a note of zeros, and may end near the end of a page. */
	enum { LEAST = 12 + 8 + 336 };
	TRY(within(memory_need(memory, at, ret, LEAST), "crash_notes of CPU %u", cpu));
	size_t end = 0;
	if (!note_next(memory->space->target.big_endian, ret, LEAST, &end, &note) ||
	    !note_is(&note, "CORE", NT_PRSTATUS))
		return ERR_HOLE;
	*size = end;
	return OK;
}
