// SPDX-License-Identifier: GPL-2.0-only
/* dmesg.c - unit tests of the kernel's log: one small log of each kind, then every word of it
 * replaced by numbers that hurt; and of what --mem-usage does with /proc/kcore. */
#include <fcntl.h>
#include <sys/personality.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/scope.h"
#include "facts/vmcoreinfo.h"
#include "input/extents.h"
#include "kernel/dmesg.h"
#include "makedumpfile.h"
#include "memory_source.h"
#include "tests/test.h"

enum {
	MEMORY = 4096, OUT_MOST = 1 << 20,
	VARIABLES = 8, RING = 0x80, DESCS = 0x100, INFOS = 0x200, TEXT = 0x400,
	COUNT = 4, INFO = 32, TEXT_BYTES = 256,
	RECORDS = 0x800, RECORDS_BYTES = 128,
};

static const char ring_facts[] =
	"OSRELEASE=6.1.0\nPAGESIZE=4096\nSYMBOL(prb)=8\nSYMBOL(clear_seq)=10\nSIZE(prb_desc)=24\n"
	"SIZE(printk_info)=32\nOFFSET(printk_ringbuffer.desc_ring)=0\n"
	"OFFSET(printk_ringbuffer.text_data_ring)=48\nOFFSET(prb_desc_ring.count_bits)=0\n"
	"OFFSET(prb_desc_ring.descs)=8\nOFFSET(prb_desc_ring.infos)=16\n"
	"OFFSET(prb_desc_ring.head_id)=24\nOFFSET(prb_desc_ring.tail_id)=32\n"
	"OFFSET(prb_desc.state_var)=0\nOFFSET(prb_desc.text_blk_lpos)=8\n"
	"OFFSET(prb_data_blk_lpos.begin)=0\nOFFSET(prb_data_blk_lpos.next)=8\n"
	"OFFSET(prb_data_ring.size_bits)=0\nOFFSET(prb_data_ring.data)=8\n"
	"OFFSET(printk_info.ts_nsec)=8\nOFFSET(printk_info.text_len)=16\n";

static const char record_facts[] =
	"OSRELEASE=4.19.0\nPAGESIZE=4096\nSYMBOL(log_buf)=20\nSYMBOL(log_buf_len)=28\n"
	"SYMBOL(log_first_idx)=2c\nSYMBOL(log_next_idx)=30\nSYMBOL(clear_idx)=34\n"
	"SIZE(printk_log)=16\nOFFSET(printk_log.ts_nsec)=0\nOFFSET(printk_log.len)=8\n"
	"OFFSET(printk_log.text_len)=10\n";

static const char byte_facts[] = "OSRELEASE=2.6.32\nPAGESIZE=4096\nSYMBOL(log_buf)=20\n"
				 "SYMBOL(log_buf_len)=28\nSYMBOL(log_end)=38\n";

struct world {
	uint8_t bytes[MEMORY];
	struct memory_dump dump;
	struct space space;
	struct memory memory;
	struct facts facts;
	char out[OUT_MOST + 1];
	size_t used;
	err_t answer; /* of write() */
};

static err_t collect(void *to, const char *text, size_t bytes)
{
	struct world *world = to;

	if (world->used + bytes > OUT_MOST)
		return fail(ERR_NOSPACE, "more text than the log can have");
	memcpy(world->out + world->used, text, bytes);
	world->used += bytes;
	world->out[world->used] = 0;
	return world->answer;
}

/* Print the log as it lies in world->bytes. */
static err_t print(struct world *world, const char *facts, bool since_clear)
{
	static struct dmesg dmesg;

	world->used = 0;
	world->out[0] = 0;
	world->facts = (struct facts){ 0 };
	vmcoreinfo_read(&world->facts, facts, strlen(facts), "test");
	memory_dump_init(&world->dump, world->bytes, MEMORY);
	world->space = (struct space){ .target = world->dump.source.target,
				       .region = { { 0, UINT64_MAX - 1, 0 } }, .regions = 1 };
	world->memory = (struct memory){ .space = &world->space };
	if (reader_create(&world->dump.source, &world->memory.reader) != OK)
		return ERR_NOMEM;
	dmesg = (struct dmesg){ .memory = &world->memory, .facts = &world->facts,
				.since_clear = since_clear, .write = collect, .to = world };
	err_t result = dmesg_print(&dmesg);
	reader_destroy(world->memory.reader);
	return result;
}

static void set(struct world *world, size_t at, uint64_t value)
{
	put_64(false, world->bytes + at, value);
}

static void set_record(struct world *world, unsigned seq, uint64_t begin, uint64_t next,
		       const char *text)
{
	unsigned index = seq % COUNT;

	set(world, DESCS + 24 * index, ((uint64_t)seq & UINT64_MAX >> 2) | UINT64_C(2) << 62);
	set(world, DESCS + 24 * index + 8, begin);
	set(world, DESCS + 24 * index + 16, next);
	set(world, INFOS + INFO * index, seq);
	set(world, INFOS + INFO * index + 8, seq * UINT64_C(1000000000));
	set(world, INFOS + INFO * index + 16, strlen(text));
	uint64_t at = begin % TEXT_BYTES > next % TEXT_BYTES && next % TEXT_BYTES
		      ? 0 : begin % TEXT_BYTES;
	memcpy(world->bytes + TEXT + at + 8, text, strlen(text));
}

/* Records 5..8, the third of which begins anew at the ring's start. */
static void make_ring(struct world *world)
{
	memset(world->bytes, 0, MEMORY);
	set(world, VARIABLES, RING);
	set(world, RING, 2);
	set(world, RING + 8, DESCS);
	set(world, RING + 16, INFOS);
	set(world, RING + 24, 8);
	set(world, RING + 32, 5);
	set(world, RING + 48, 8);
	set(world, RING + 56, TEXT);
	set_record(world, 5, 0x1c0, 0x1d0, "five");
	set_record(world, 6, 0x1d0, 0x1f0, "six\nand more");
	set_record(world, 7, 0x1f0, 0x228, "seven goes on at the start");
	set_record(world, 8, 0x228, 0x238, "\xe2");
}

static const char ring_text[] = "[    5.000000] five\n"
				"[    6.000000] six\n               and more\n"
				"[    7.000000] seven goes on at the start\n"
				"[    8.000000] \\xe2\n";

TEST(ring)
{
	static struct world world;

	make_ring(&world);
	CHECK(print(&world, ring_facts, false) == OK);
	CHECK(strcmp(world.out, ring_text) == 0);
	set(&world, 0x10, 7);
	CHECK(print(&world, ring_facts, true) == OK);
	CHECK(strcmp(world.out, strstr(ring_text, "[    7")) == 0);
	set(&world, 0x10, 9);
	CHECK(print(&world, ring_facts, true) == OK);
	CHECK_EQ(world.used, 0);
	set(&world, 0x10, 2); /* long overwritten */
	CHECK(print(&world, ring_facts, true) == OK);
	CHECK(strcmp(world.out, ring_text) == 0);
}

TEST(ring_block_ends_with_ring)
{
	static struct world world;

	make_ring(&world);
	set_record(&world, 6, 0x1d0, 0x200, "to the very end, all of this");
	CHECK(print(&world, ring_facts, false) == OK);
	CHECK(strstr(world.out, "[    6.000000] to the very end, all of this\n") != NULL);
}

TEST(ring_write_fails)
{
	static struct world world;

	make_ring(&world);
	world.answer = ERR_NOSPACE;
	CHECK(print(&world, ring_facts, false) == ERR_NOSPACE);
	world.answer = OK;
}

/* Numbers that overflow, wrap, point to the end, or are just large. */
static const uint64_t hostile[] = {
	0, 1, 2, 3, 7, 26, 27, 31, 32, 63, 64, 0xff, 0x100, 0x1000, MEMORY - 1, 0x7fffffff,
	0x80000000, 0xffffffff, UINT64_C(1) << 32, UINT64_C(1) << 62, UINT64_C(3) << 62,
	UINT64_MAX >> 2, UINT64_MAX - 7, UINT64_MAX,
};

enum { HOSTILE = sizeof(hostile) / sizeof(hostile[0]) };

/* Every word in [from, to), one at a time and two that stand together, by every hostile number. */
static void attack(struct world *world, void (*make)(struct world *), const char *facts,
		   size_t from, size_t to, int *failures)
{
	uint64_t state = 0x9e3779b97f4a7c15;

	for (size_t at = from; at + 8 <= to; at += 4)
		for (unsigned i = 0; i < HOSTILE; i++)
			for (unsigned how = 0; how < 4; how++) {
				make(world);
				set(world, at, hostile[i]);
				if (how & 1 && at + 16 <= to)
					set(world, at + 8, hostile[next_random(&state) % HOSTILE]);
				err_t result = print(world, facts, how & 2);
				CHECK(result == OK || result == ERR_CORRUPT);
				CHECK(world->used <= 4 * MEMORY + 64 * 128);
			}
}

TEST(ring_attacked)
{
	static struct world world;

	attack(&world, make_ring, ring_facts, VARIABLES, VARIABLES + 16, failures);
	attack(&world, make_ring, ring_facts, RING, RING + 64, failures);
	attack(&world, make_ring, ring_facts, DESCS, DESCS + COUNT * 24, failures);
	attack(&world, make_ring, ring_facts, INFOS, INFOS + COUNT * INFO, failures);
}

/* --- records and bytes --- */

static void add_record(struct world *world, uint32_t *at, const char *text)
{
	uint8_t *record = world->bytes + RECORDS + *at;
	size_t all = round_up(16 + strlen(text), 8);

	put_64(false, record, *at * UINT64_C(1000000));
	put_16(false, record + 8, (uint16_t)all);
	put_16(false, record + 10, (uint16_t)strlen(text));
	memcpy(record + 16, text, strlen(text));
	*at += (uint32_t)all;
}

static void make_records(struct world *world)
{
	uint32_t at = 48;

	memset(world->bytes, 0, MEMORY);
	set(world, 0x20, RECORDS);
	put_32(false, world->bytes + 0x28, RECORDS_BYTES);
	put_32(false, world->bytes + 0x2c, at);
	add_record(world, &at, "one");
	add_record(world, &at, "two");
	at = 0;
	add_record(world, &at, "three");
	put_32(false, world->bytes + 0x30, at);
	put_32(false, world->bytes + 0x38, 200);
}

TEST(records)
{
	static struct world world;
	static const char all[] = "[    0.048000] one\n[    0.072000] two\n[    0.000000] three\n";

	make_records(&world);
	CHECK(print(&world, record_facts, false) == OK);
	CHECK(strcmp(world.out, all) == 0);
	CHECK(print(&world, record_facts, true) == OK); /* never cleared */
	CHECK(strcmp(world.out, all) == 0);
	put_32(false, world.bytes + 0x34, 96); /* cleared where the mark is now */
	CHECK(print(&world, record_facts, true) == OK);
	CHECK(strcmp(world.out, "[    0.000000] three\n") == 0);
	put_32(false, world.bytes + 0x34, 50); /* no record begins there any more */
	CHECK(print(&world, record_facts, true) == OK);
	CHECK(strcmp(world.out, all) == 0);
}

TEST(records_cycle)
{
	static struct world world;

	make_records(&world);
	put_32(false, world.bytes + 0x30, 4);
	CHECK(print(&world, record_facts, false) == ERR_CORRUPT);
	CHECK(strstr(err_text(), "Cycle when parsing dmesg detected.\n") != NULL);
	CHECK(strstr(world.out, "three") != NULL);
}

TEST(records_attacked)
{
	static struct world world;

	attack(&world, make_records, record_facts, 0x20, 0x3c, failures);
	attack(&world, make_records, record_facts, RECORDS, RECORDS + RECORDS_BYTES, failures);
}

TEST(bytes)
{
	static struct world world;

	make_records(&world);
	for (unsigned i = 0; i < RECORDS_BYTES; i++)
		world.bytes[RECORDS + i] = (uint8_t)('0' + i % 10);
	CHECK(print(&world, byte_facts, false) == OK);
	CHECK_EQ(world.used, RECORDS_BYTES);
	CHECK_EQ(world.out[0], '0' + 200 % RECORDS_BYTES % 10);
	put_32(false, world.bytes + 0x38, 5);
	CHECK(print(&world, byte_facts, false) == OK);
	CHECK(strcmp(world.out, "01234") == 0);
	for (unsigned i = 0; i < HOSTILE; i++) {
		make_records(&world);
		put_32(false, world.bytes + 0x38, (uint32_t)hostile[i]);
		err_t result = print(&world, byte_facts, false);
		CHECK(result == OK);
		make_records(&world);
		put_32(false, world.bytes + 0x28, (uint32_t)hostile[i]);
		result = print(&world, byte_facts, false);
		CHECK(result == OK || result == ERR_CORRUPT);
	}
}

/* --- /proc/kcore --- */

static void put_text(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	if (file) {
		fputs(text, file);
		fclose(file);
	}
}

/* A source whose memory is the array, 16 pages of it in two extents. */
static void kcore_init(struct memory_dump *dump, uint8_t *bytes, const char *name)
{
	memory_dump_init(dump, bytes, 16 * 4096);
	dump->source.name = name;
	dump->source.fd = open(name, O_RDONLY);
	dump->source.extent = calloc(2, sizeof(struct extent));
	dump->source.extents = 2;
	dump->source.extent[0] = (struct extent){ 0, 0x8000, 0x100 };
	dump->source.extent[1] = (struct extent){ 0x9000, 0x10000, 0x9100 };
	dump->source.end = 0x10000;
}

static void kcore_deinit(struct memory_dump *dump)
{
	close(dump->source.fd);
	free(dump->source.extent);
	free(dump->source.notes);
}

static const char iomem[] = "00000000-00000fff : Reserved\n"
			    "00001000-0000ffff : System RAM\n"
			    "  00002000-00002fff : Crash kernel\n"
			    "  00007000-00009fff : Crash kernel\n"
			    "  00000000-00000000 : Crash kernel\n"
			    "  zzz : Crash kernel\n";

TEST(kcore)
{
	FREE_AT_END uint8_t *bytes = calloc(16, 4096);
	char folder[] = "/tmp/kcore-test-XXXXXX";
	struct memory_dump dump;
	const struct kcore_files files = { "kcore", "iomem", "vmcoreinfo" },
				 others = { "iomem", "iomem", "vmcoreinfo" };
	static const char note[] = "\x0b\0\0\0\x0c\0\0\0\0\0\0\0VMCOREINFO\0\0OSRELEASE=1\n";

	if (!mkdtemp(folder) || chdir(folder)) {
		CHECK(!"no folder");
		return;
	}
	put_text("kcore", "memory");
	put_text("iomem", iomem);
	put_text("vmcoreinfo", "0x0000000000001004 400\n");
	memcpy(bytes + 0x1004, note, sizeof(note));
	kcore_init(&dump, bytes, "kcore");
	CHECK(kcore_prepare(&dump.source, &files, true) == OK);
	CHECK_EQ(dump.source.extents, 3);
	CHECK_EQ(dump.source.extent[0].end, 0x2000);
	CHECK_EQ(dump.source.extent[1].start, 0x3000);
	CHECK_EQ(dump.source.extent[1].file_at, 0x3100);
	CHECK_EQ(dump.source.extent[1].end, 0x7000);
	CHECK_EQ(dump.source.extent[2].start, 0xa000);
	CHECK_EQ(dump.source.extent[2].file_at, 0xa100);
	CHECK_EQ(dump.source.end, 0x10000);
	struct notes_found found;
	notes_scan(false, dump.source.notes, dump.source.notes_bytes, &found);
	CHECK(found.vmcoreinfo && memcmp(found.vmcoreinfo, "OSRELEASE=1\n", 12) == 0);
	kcore_deinit(&dump);
	kcore_init(&dump, bytes, "kcore"); /* some other file: nothing is to be done */
	CHECK(kcore_prepare(&dump.source, &others, false) == OK);
	CHECK_EQ(dump.source.extents, 2);
	/* A kernel that calls itself 2.6. */
	int before = personality(0xffffffff);
	CHECK(personality((unsigned long)before | UNAME26) >= 0);
	CHECK(kcore_prepare(&dump.source, &files, false) == ERR_UNSUPPORTED);
	CHECK(strncmp(err_text(), "mem-usage not supported for this kernel.\nYou can try with -f ",
		      60) == 0);
	CHECK(personality((unsigned long)before) >= 0);
	CHECK_EQ(dump.source.extents, 2);
	static const char *const bad[] = { "", "x", "0x1004", "0x1004 0", "0x1004 7fffffff",
					   "0xffff1004 400" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put_text("vmcoreinfo", bad[i]);
		CHECK(kcore_prepare(&dump.source, &files, true) != OK);
	}
	kcore_deinit(&dump);
	unlink("kcore");
	unlink("iomem");
	unlink("vmcoreinfo");
	CHECK(chdir("/") == 0 && rmdir(folder) == 0);
}

int main(void)
{
	return run_tests((struct test[]){
		{ "dmesg: ring", ring },
		{ "dmesg: a block of the ring that ends with it", ring_block_ends_with_ring },
		{ "dmesg: ring, and the output is full", ring_write_fails },
		{ "dmesg: ring with hostile numbers", ring_attacked },
		{ "dmesg: records", records },
		{ "dmesg: records in a cycle", records_cycle },
		{ "dmesg: records with hostile numbers", records_attacked },
		{ "dmesg: bytes", bytes },
		{ "kcore: crash kernel cut out, vmcoreinfo found", kcore },
		{ 0 } });
}
