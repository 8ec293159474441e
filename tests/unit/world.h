// SPDX-License-Identifier: GPL-2.0-only
/* world.h - a little memory with page tables, and what a machine makes of it; for unit tests. */
#ifndef TESTS_UNIT_WORLD_H
#define TESTS_UNIT_WORLD_H

#include <elf.h>

#include "arch/arch.h"
#include "base/bytes.h"
#include "facts/vmcoreinfo.h"
#include "memory_source.h"
#include "tests/test.h"

enum { BYTES = 1 << 21, INFO_MOST = 1024 };

struct world {
	uint8_t *bytes;
	struct memory_dump dump;
	struct facts facts;
	struct space space;
	struct reader *reader;
	const struct arch *arch;
};

/* Memory of zeros, and what vmcoreinfo tells beside a release and the page size. */
static inline err_t world_begin(struct world *world, uint16_t machine, unsigned page_shift,
				bool big, const char *info)
{
	char text[INFO_MOST + 64];

	memset(world, 0, sizeof(*world));
	world->arch = arch_find(machine);
	world->bytes = calloc(1, BYTES);
	memory_dump_init(&world->dump, world->bytes, BYTES);
	world->dump.source.target = (struct target){ .word_bytes = world->arch->word_bytes,
						     .page_shift = (uint8_t)page_shift,
						     .big_endian = big };
	snprintf(text, sizeof(text), "%sPAGESIZE=%u\n%s",
		 strstr(info, "OSRELEASE") ? "" : "OSRELEASE=6.12.0\n", 1u << page_shift, info);
	TRY(vmcoreinfo_read(&world->facts, text, strlen(text), "test"));
	return reader_create(&world->dump.source, &world->reader);
}

/* What the machine's setup() says of it. */
static inline err_t world_setup(struct world *world)
{
	world->space = (struct space){ .target = world->dump.source.target };
	return world->arch->setup(&world->space, &world->facts, &world->dump.source);
}

/* Both at once, for machines that need no tables to begin with; the root begins at physical 0. */
static inline err_t world_init(struct world *world, uint16_t machine, unsigned page_shift,
			       const char *info)
{
	TRY(world_begin(world, machine, page_shift, machine == EM_S390, info));
	return world_setup(world);
}

static inline void world_end(struct world *world)
{
	reader_destroy(world->reader);
	free(world->bytes);
}

static inline void set_entry(struct world *world, uint64_t table, uint64_t index, uint64_t entry)
{
	put_64(world->dump.source.target.big_endian, world->bytes + table + index * 8, entry);
}

static inline void set_32_at(struct world *world, uint64_t at, uint32_t value)
{
	put_32(world->dump.source.target.big_endian, world->bytes + at, value);
}

/* Translates to `want`, alike for `run` bytes? */
static inline bool leads_to(struct world *world, vaddr_t at, paddr_t want, uint64_t run)
{
	paddr_t got = 0;
	uint64_t length = 0;

	return space_translate(&world->space, world->reader, at, &got, &length) == OK &&
	       got == want && length == run;
}

static inline bool leads_nowhere(struct world *world, vaddr_t at)
{
	paddr_t got = 0;
	uint64_t length = 0;

	return space_translate(&world->space, world->reader, at, &got, &length) == ERR_HOLE;
}

#endif
