// SPDX-License-Identifier: GPL-2.0-only
/* cpus.c - page tables and interrupt handlers of CPUs, from a hypervisor's notes. */
#include "kernel/cpus.h"

#include "kernel/utsname.h"

static const char who[] = "the registers of a CPU";

static bool next_cpu(struct cpus *cpus)
{
	const struct source *source = cpus->source;
	struct note note;

	while (cpus->arch->cpu_state && note_next(source->big_endian, source->notes,
						  source->notes_bytes, &cpus->at, &note))
		if (cpus->arch->cpu_state(&note, &cpus->state))
			return true;
	return false;
}

bool cpus_next(struct cpus *cpus, struct space *space)
{
	const paddr_t *root = cpus->state.root;

	if (cpus->root == CPU_ROOTS || (cpus->root && root[cpus->root] == root[cpus->root - 1])) {
		if (!next_cpu(cpus))
			return false;
		cpus->root = 0;
	}
	space->paging = cpus->state.paging;
	space->root = root[cpus->root++] & space->address_mask;
	space->regions = 0;
	return true;
}

vaddr_t cpus_handler(const struct cpus *cpus, const struct space *space, struct reader *tables,
		     struct reader *bytes)
{
	uint8_t entry[VECTOR_BYTES];
	paddr_t at;
	uint64_t run;

	if (space_translate(space, tables, cpus->state.vectors, &at, &run) != OK ||
	    reader_read(bytes, at, entry, sizeof(entry)) != OK)
		return 0;
	return cpus->arch->handler(entry);
}

/* A kernel that may have been moved, and who can tell. */
struct moving {
	struct cpus *cpus;
	const struct facts *linked;
	struct space space;
	struct reader *tables, *bytes;
	vaddr_t release_at; /* as linked */
};

/* That the release is where it should be then, proves it. */
static bool was_moved(struct moving *moving, uint64_t by, struct facts *ret)
{
	vaddr_t release_at = moving->release_at + by;
	paddr_t at;
	uint64_t run;

	if (by % moving->cpus->arch->image_align ||
	    space_translate(&moving->space, moving->tables, release_at, &at, &run) != OK ||
	    !utsname_is_release(moving->bytes, moving->linked, at))
		return false;
	fact_set(ret, HEX_KERNELOFFSET, by, who);
	moving->cpus->arch->place(ret, release_at, at, &moving->cpus->state, who);
	return true;
}

/* The handler of the first exception tells how far the image was moved. Where it is not told which
 * that is (other makedumpfiles' -g does not), every distance is tried. */
static bool find_distance(struct moving *moving, struct facts *ret)
{
	const struct arch *arch = moving->cpus->arch;
	vaddr_t first = fact_or(moving->linked, SYMBOL_DIVIDE_ERROR, 0), handler;

	if (first) {
		handler = cpus_handler(moving->cpus, &moving->space, moving->tables,
				       moving->bytes);
		return handler && was_moved(moving, handler - first, ret);
	}
	for (uint64_t by = 0; by < arch->image_most; by += arch->image_align)
		if (was_moved(moving, by, ret))
			return true;
	return false;
}

static err_t place(struct cpus *cpus, const struct facts *linked, struct reader *tables,
		   struct reader *bytes, struct facts *ret)
{
	struct moving moving = { cpus, linked, { .target = cpus->source->target }, tables, bytes };

	TRY(utsname_release(linked, &moving.release_at));
	TRY(cpus->arch->setup(&moving.space, linked, cpus->source));
	while (cpus_next(cpus, &moving.space))
		if (find_distance(&moving, ret))
			return OK;
	return fail(ERR_NOFACT, "no CPU ran the kernel");
}

/* A CPU's page tables lead to the release, where the facts say it is. */
static err_t locate(struct cpus *cpus, const struct facts *facts, struct reader *tables,
		    struct reader *bytes, struct facts *ret)
{
	struct space space = { .target = cpus->source->target };
	vaddr_t release_at;
	paddr_t at;
	uint64_t run;

	TRY(utsname_release(facts, &release_at));
	TRY(cpus->arch->setup(&space, facts, cpus->source));
	while (cpus_next(cpus, &space))
		if (space_translate(&space, tables, release_at, &at, &run) == OK &&
		    utsname_is_release(bytes, facts, at)) {
			cpus->arch->place(ret, release_at, at, &cpus->state, who);
			return OK;
		}
	return fail(ERR_NOFACT, "no CPU ran the kernel");
}

typedef err_t cpus_search(struct cpus *, const struct facts *, struct reader *tables,
			  struct reader *bytes, struct facts *ret);

static err_t with_readers(const struct source *source, const struct arch *arch,
			  cpus_search *search_for, const struct facts *facts, struct facts *ret)
{
	struct cpus cpus = { source, arch, .root = CPU_ROOTS };
	struct reader *tables = NULL, *bytes = NULL;

	if (!arch->cpu_state || !arch->place)
		return fail(ERR_NOFACT, "no hypervisor tells of CPUs of machine %s", arch->name);
	err_t result = reader_create(source, &tables);
	if (result == OK)
		result = reader_create(source, &bytes);
	if (result == OK)
		result = search_for(&cpus, facts, tables, bytes, ret);
	reader_destroy(bytes);
	reader_destroy(tables);
	return result;
}

err_t cpus_place(const struct source *source, const struct arch *arch, const struct facts *linked,
		 struct facts *ret)
{
	return with_readers(source, arch, place, linked, ret);
}

err_t cpus_locate(const struct source *source, const struct arch *arch, struct facts *facts)
{
	struct facts told = *facts;

	return with_readers(source, arch, locate, &told, facts);
}
