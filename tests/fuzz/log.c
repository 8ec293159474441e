// SPDX-License-Identifier: GPL-2.0-only
/* log.c - fuzz the kernel's log: any bytes as the memory of a kernel with each kind of log. */
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "facts/vmcoreinfo.h"
#include "kernel/dmesg.h"
#include "tests/unit/memory_source.h"

static const char common[] = "PAGESIZE=4096\n";

/* The variables of all kinds lie in the first bytes. */
static const char *const kinds[] = {
	"OSRELEASE=6.1.0\nSYMBOL(prb)=8\nSYMBOL(clear_seq)=10\nSIZE(latched_seq)=24\n"
	"OFFSET(latched_seq.val)=8\nSIZE(prb_desc)=24\nSIZE(printk_info)=88\n"
	"OFFSET(printk_ringbuffer.desc_ring)=0\nOFFSET(printk_ringbuffer.text_data_ring)=48\n"
	"OFFSET(prb_desc_ring.count_bits)=0\nOFFSET(prb_desc_ring.descs)=8\n"
	"OFFSET(prb_desc_ring.infos)=16\nOFFSET(prb_desc_ring.head_id)=24\n"
	"OFFSET(prb_desc_ring.tail_id)=32\nOFFSET(prb_desc.state_var)=0\n"
	"OFFSET(prb_desc.text_blk_lpos)=8\nOFFSET(prb_data_blk_lpos.begin)=0\n"
	"OFFSET(prb_data_blk_lpos.next)=8\nOFFSET(prb_data_ring.size_bits)=0\n"
	"OFFSET(prb_data_ring.data)=8\nOFFSET(printk_info.seq)=0\nOFFSET(printk_info.ts_nsec)=8\n"
	"OFFSET(printk_info.text_len)=16\nOFFSET(printk_info.caller_id)=20\n"
	"OFFSET(atomic_long_t.counter)=0\n",
	"OSRELEASE=5.4.0\nSYMBOL(log_buf)=8\nSYMBOL(log_buf_len)=10\nSYMBOL(log_first_idx)=14\n"
	"SYMBOL(log_next_idx)=18\nSYMBOL(clear_idx)=1c\nSIZE(printk_log)=24\n"
	"OFFSET(printk_log.ts_nsec)=0\nOFFSET(printk_log.len)=8\nOFFSET(printk_log.text_len)=10\n"
	"OFFSET(printk_log.caller_id)=16\n",
	"OSRELEASE=2.6.32\nSYMBOL(log_buf)=8\nSYMBOL(log_buf_len)=10\nSYMBOL(log_end)=14\n",
};

enum { OUT_MOST = 1 << 18 };

/* Touch every byte; a log that says more than that has said enough. */
static err_t count(void *to, const char *text, size_t bytes)
{
	uint64_t *written = to;
	volatile char sum = 0;

	for (size_t i = 0; i < bytes; i++)
		sum += text[i];
	(void)sum;
	*written += bytes;
	return *written > OUT_MOST ? ERR_NOSPACE : OK;
}

static void print(const char *kind, const uint8_t *data, size_t size, unsigned way)
{
	static struct facts facts;
	static struct dmesg dmesg;
	uint64_t written = 0;
	struct memory_dump dump;
	char text[2048];

	snprintf(text, sizeof(text), "%s%s", kind, common);
	facts = (struct facts){ 0 };
	if (vmcoreinfo_read(&facts, text, strlen(text), "fuzz") != OK)
		__builtin_trap();
	memory_dump_init(&dump, data, size);
	dump.source.big_endian = dump.source.target.big_endian = (way & 2) != 0;
	struct space space = { .target = dump.source.target,
			       .region = { { 0, UINT64_MAX - 1, 0 } }, .regions = 1 };
	struct memory memory = { .space = &space };
	if (reader_create(&dump.source, &memory.reader) != OK)
		return;
	dmesg = (struct dmesg){ .memory = &memory, .facts = &facts, .since_clear = way & 1,
				.write = count, .to = &written };
	dmesg_print(&dmesg);
	reader_destroy(memory.reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++)
		for (unsigned way = 0; way < 4; way++)
			print(kinds[kind], data, size, way);
	return 0;
}
