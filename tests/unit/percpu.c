// SPDX-License-Identifier: GPL-2.0-only
/* percpu.c - unit tests of what a kernel has for each CPU, and of the copy a crash kernel makes of
 * low memory: a memory that is mapped as it lies, and facts that say where things are in it. */
#include <elf.h>

#include "base/bytes.h"
#include "kernel/backup.h"
#include "kernel/percpu.h"
#include "tests/test.h"
#include "tests/unit/memory_source.h"

enum { BYTES = 1 << 20, WORD = 8 };

struct set {
	struct memory_dump dump;
	struct space space;
	struct memory memory;
	struct facts facts;
	uint8_t bytes[BYTES];
};

static struct set *set_up(void)
{
	struct set *set = calloc(1, sizeof(*set));

	if (!set)
		abort();
	memory_dump_init(&set->dump, set->bytes, BYTES);
	set->space = (struct space){ .target = set->dump.source.target, .regions = 1,
				     .region = { { 0, UINT64_MAX, 0 } } };
	set->memory.space = &set->space;
	if (reader_create(&set->dump.source, &set->memory.reader) != OK ||
	    reader_create(&set->dump.source, &set->memory.tables) != OK)
		abort();
	return set;
}

static void tear_down(struct set *set)
{
	reader_destroy(set->memory.reader);
	reader_destroy(set->memory.tables);
	free(set);
}

static void put(struct set *set, uint64_t at, uint64_t value)
{
	put_64(false, set->bytes + at, value);
}

/* The CPUs online, one after the other. */
static void check_online(int *failures, struct set *set, const unsigned *wanted)
{
	unsigned cpu = 0;

	for (;; cpu++) {
		CHECK_EQ(percpu_online(&set->memory, &set->facts, cpu, &cpu), OK);
		CHECK_EQ(cpu, *wanted);
		if (cpu != *wanted++ || cpu == CPU_NUMBERS)
			return;
	}
}

TEST(the_mask_of_cpus_online)
{
	static const unsigned some[] = { 0, 3, 63, 64, 127, CPU_NUMBERS };
	static const unsigned first[] = { 0, 3, 63, CPU_NUMBERS };
	struct set *set = set_up();
	unsigned cpu;

	CHECK_EQ(percpu_online(&set->memory, &set->facts, 0, &cpu), ERR_NOFACT);
	put(set, 0x1000, UINT64_C(1) << 63 | 9);
	put(set, 0x1008, UINT64_C(1) << 63 | 1);
	put(set, 0x2000, 0x1000);
	fact_set(&set->facts, SYMBOL_CPU_ONLINE_MAP, 0x1000, "test");
	check_online(failures, set, first); /* a word, where no size is told */
	fact_set(&set->facts, SIZE_CPUMASK_T, 16, "test");
	check_online(failures, set, some);
	fact_set(&set->facts, SYMBOL_CPU_ONLINE_MASK, 0x2000, "test");
	check_online(failures, set, some);
	fact_set(&set->facts, SYMBOL_CPU_ONLINE_BITS, 0x1000, "test");
	fact_set(&set->facts, SIZE_CPUMASK, UINT64_MAX / 8, "test"); /* has an end all the same */
	put(set, 0x1008, 0);
	check_online(failures, set, first);
	fact_set(&set->facts, SYMBOL_CPU_ONLINE_BITS, BYTES, "test");
	CHECK_EQ(percpu_online(&set->memory, &set->facts, 0, &cpu), ERR_CORRUPT);
	CHECK(strstr(err_text(), "mask of CPUs online: address 0x100000"));
	tear_down(set);
}

TEST(apic_ids_of_three_eras)
{
	struct set *set = set_up();
	uint64_t id = 0;

	CHECK_EQ(percpu_apic_id(&set->memory, &set->facts, 1, &id), ERR_NOFACT);
	put(set, 0x1008, 0x4000);
	put(set, 0x4100, 0xffffffff00120034);
	put(set, 0x4200, 0xffffffff00000056);
	fact_set(&set->facts, SYMBOL_PER_CPU_OFFSET, 0x1000, "test");
	fact_set(&set->facts, SYMBOL_X86_CPU_TO_APICID, 0x100, "test");
	CHECK_EQ(percpu_apic_id(&set->memory, &set->facts, 1, &id), OK);
	CHECK_EQ(id, 0x34);
	fact_set(&set->facts, SYMBOL_X86_APICID, 0x200, "test");
	CHECK_EQ(percpu_apic_id(&set->memory, &set->facts, 1, &id), OK);
	CHECK_EQ(id, 0x56);
	set->bytes[0x6001] = 7;
	fact_set(&set->facts, SYMBOL_APICID, 0x6000, "test");
	CHECK_EQ(percpu_apic_id(&set->memory, &set->facts, 1, &id), OK);
	CHECK_EQ(id, 7);
	set->facts.known[SYMBOL_APICID] = false;
	fact_set(&set->facts, LENGTH_PER_CPU_OFFSET, 1, "test");
	CHECK_EQ(percpu_apic_id(&set->memory, &set->facts, 1, &id), ERR_CORRUPT);
	tear_down(set);
}

static void put_note(struct set *set, uint64_t at, uint32_t size)
{
	put_32(false, set->bytes + at, 5);
	put_32(false, set->bytes + at + 4, size);
	put_32(false, set->bytes + at + 8, 1);
	strcpy((char *)set->bytes + at + 12, "CORE");
}

TEST(notes_of_a_crash)
{
	struct set *set = set_up();
	uint8_t note[CRASH_NOTE_MOST];
	size_t size = 0;

	CHECK_EQ(percpu_crash_note(&set->memory, &set->facts, 1, note, &size), ERR_NOFACT);
	fact_set(&set->facts, SYMBOL_CRASH_NOTES, 0x3000, "test");
	fact_set(&set->facts, SYMBOL_PER_CPU_OFFSET, 0x1000, "test");
	CHECK_EQ(percpu_crash_note(&set->memory, &set->facts, 1, note, &size), ERR_HOLE);
	put(set, 0x3000, 0x500);
	put(set, 0x1008, 0x4000);
	/* zeros */
	CHECK_EQ(percpu_crash_note(&set->memory, &set->facts, 1, note, &size), ERR_HOLE);
	put_note(set, 0x4500, 336);
	set->bytes[0x4500 + 20 + 335] = 9;
	CHECK_EQ(percpu_crash_note(&set->memory, &set->facts, 1, note, &size), OK);
	CHECK_EQ(size, 356);
	CHECK_EQ(note[355], 9);
	put_note(set, 0x4500, 0x10000000);
	CHECK_EQ(percpu_crash_note(&set->memory, &set->facts, 1, note, &size), ERR_HOLE);
	/* behind an inverted pointer to a table */
	fact_set(&set->facts, SIZE_PERCPU_DATA, 256, "test");
	put(set, 0x3000, ~UINT64_C(0x7000));
	put(set, 0x7008, 0x8000);
	put_note(set, 0x8000, 336);
	CHECK_EQ(percpu_crash_note(&set->memory, &set->facts, 1, note, &size), OK);
	put(set, 0x7008, BYTES - 8);
	CHECK_EQ(percpu_crash_note(&set->memory, &set->facts, 1, note, &size), ERR_CORRUPT);
	tear_down(set);
}

static void put_header(struct set *set, unsigned index, uint32_t type, uint64_t file_at,
		       uint64_t start, uint64_t bytes)
{
	uint64_t at = 0x9000 + sizeof(Elf64_Ehdr) + index * sizeof(Elf64_Phdr);

	put_32(false, set->bytes + at, type);
	put(set, at + offsetof(Elf64_Phdr, p_offset), file_at);
	put(set, at + offsetof(Elf64_Phdr, p_paddr), start);
	put(set, at + offsetof(Elf64_Phdr, p_memsz), bytes);
}

TEST(what_a_crash_kernel_saved)
{
	struct set *set = set_up();
	struct facts *facts = &set->facts;
	struct backup backup = { 0 };

	CHECK_EQ(backup_find(&set->memory, facts, &backup), ERR_NOFACT);
	fact_set(facts, SYMBOL_KEXEC_CRASH_IMAGE, 0x1000, "test");
	fact_set(facts, OFFSET_KIMAGE_SEGMENT, 0x40, "test");
	fact_set(facts, SIZE_KEXEC_SEGMENT, 32, "test");
	fact_set(facts, OFFSET_KEXEC_SEGMENT_MEM, 16, "test");
	CHECK_EQ(backup_find(&set->memory, facts, &backup), ERR_HOLE); /* none is loaded */
	put(set, 0x1000, 0x2000);
	CHECK_EQ(backup_find(&set->memory, facts, &backup), ERR_HOLE); /* no segment is one */
	put(set, 0x2040 + 16, 0x8000);
	put(set, 0x2060 + 16, 0x9000);
	memcpy(set->bytes + 0x9000, "\177ELF\2\1\1", 7);
	put(set, 0x9000 + offsetof(Elf64_Ehdr, e_phoff), sizeof(Elf64_Ehdr));
	put_16(false, set->bytes + 0x9000 + offsetof(Elf64_Ehdr, e_phnum), 4);
	CHECK_EQ(backup_find(&set->memory, facts, &backup), ERR_CORRUPT); /* e_phentsize 0 */
	put_16(false, set->bytes + 0x9000 + offsetof(Elf64_Ehdr, e_phentsize), sizeof(Elf64_Phdr));
	put_header(set, 0, PT_NOTE, 0x80000, 0, 0x1000);
	put_header(set, 1, PT_LOAD, 0x100000, 0x100000, 0x1000000);
	put_header(set, 2, PT_LOAD, 0x1000, 0x1000, 0x9f000); /* where it is */
	CHECK_EQ(backup_find(&set->memory, facts, &backup), ERR_HOLE);
	put_header(set, 3, PT_LOAD, 0x20000000, 0x1000, 0x9e000);
	CHECK_EQ(backup_find(&set->memory, facts, &backup), OK);
	CHECK_EQ(backup.start, 0x1000);
	CHECK_EQ(backup.bytes, 0x9e000);
	CHECK_EQ(backup.saved, 0x20000000);
	put_16(false, set->bytes + 0x9000 + offsetof(Elf64_Ehdr, e_phnum), 0xffff);
	put_header(set, 3, 0, 0, 0, 0);
	CHECK_EQ(backup_find(&set->memory, facts, &backup), ERR_CORRUPT); /* behind the memory */
	tear_down(set);
}

int main(void)
{
	return run_tests((struct test[]){
		{ "the mask of CPUs that are online", the_mask_of_cpus_online },
		{ "APIC ids of three eras", apic_ids_of_three_eras },
		{ "the notes of a crash", notes_of_a_crash },
		{ "low memory that a crash kernel saved", what_a_crash_kernel_saved },
		{ 0 },
	});
}
