// SPDX-License-Identifier: GPL-2.0-only
/* open.c - from a file name to a kernel that can be asked: notes, facts, machine, page array,
 * rules. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/io.h"
#include "base/scope.h"
#include "facts/given.h"
#include "facts/release.h"
#include "facts/table.h"
#include "facts/vmcoreinfo.h"
#include "facts/vmlinux.h"
#include "input/kdump.h"
#include "kernel/cpus.h"
#include "kernel/itself.h"
#include "kernel/utsname.h"
#include "makedumpfile.h"
#include "pages/needs.h"
#include "pages/percpu.h"

enum { VMCOREINFO_MOST = 1 << 20 };

/* Can the job not be done without knowing the kernel? Of a dump: does any level ask for more than
 * an earlier run did already, and more than pages of zeros? */
static bool kernel_needed(const struct dump *dump)
{
	const struct plan *plan = dump->plan;
	bool needed = plan->job == JOB_DMESG || plan->job == JOB_USAGE ||
		      plan->job == JOB_VERIFY || plan->config || plan->extensions;

	for (unsigned i = 0; i < plan->levels; i++)
		needed |= (plan->level[i] & ~dump->source.stored.level) > LEVEL_ZERO;
	return needed;
}

/* NULL result: a kdump file of a machine that is not supported, whose pages can be copied. */
static err_t know_machine(struct dump *dump, const struct arch **ret)
{
	struct source *source = &dump->source;

	*ret = arch_find(source->elf_machine);
	if (!*ret && source->stored.known)
		*ret = arch_named((const char *)source->stored.uts + MACHINE_FIELD * UTS_FIELD);
	if (source->stored.known)
		return OK;
	if (!*ret)
		return fail(ERR_UNSUPPORTED,
			    "%s: the dump is of machine %u (e_machine), which is not "
			    "supported",
			    source->name, source->elf_machine);
	source->target = (struct target){ .word_bytes = (*ret)->word_bytes,
					  .big_endian = source->big_endian,
					  .page_shift = (*ret)->page_shift,
					  .align_64 = (*ret)->align_64 };
	return OK;
}

/* What the header of a kdump file says goes into the header of the next one. */
static void take_stored(struct dump *dump)
{
	const struct stored *stored = &dump->source.stored;

	dump->out.cpus = stored->cpus;
	dump->out.timestamp = stored->seconds;
	dump->out.timestamp_us = stored->microseconds;
	dump->out.phys_base = stored->phys_base;
	dump->out.first_pfn = dump->source.kdump->origin;
	dump->out.status = stored->status;
	dump->out.uts = stored->uts;
	if (stored->eraseinfo_bytes) {
		dump->out.eraseinfo = stored->eraseinfo;
		dump->out.eraseinfo_bytes = stored->eraseinfo_bytes;
	}
}

/* A block of a kdump file is a page. */
static err_t check_page_size(const struct dump *dump)
{
	uint64_t block = page_bytes(&dump->source.target);
	uint64_t page = fact_or(&dump->facts, DECIMAL_PAGESIZE, block);

	return page == block ? OK : fail(ERR_CORRUPT, "PAGESIZE %" PRIu64 " in the note VMCOREINFO,"
					 " but block size %" PRIu64, page, block);
}

/* The file that tells about the kernel; NULL: only the dump does. */
static const char *given_file(const struct plan *plan)
{
	return plan->vmlinux ? plan->vmlinux : plan->vmcoreinfo;
}

static err_t read_vmlinux(const struct plan *plan, const struct source *source, struct facts *given)
{
	struct vmlinux vmlinux;

	TRY(vmlinux_open(&vmlinux, plan->vmlinux));
	err_t result = OK;
	if (source->elf_machine && (vmlinux.machine != source->elf_machine ||
				    vmlinux.big_endian != source->big_endian))
		result = fail(ERR_MISMATCH, "%s and %s don't match. The one is of machine %u, the "
			      "other of %u (e_machine), or the byte order differs", plan->vmlinux,
			      source->name, vmlinux.machine, source->elf_machine);
	if (result == OK)
		result = vmlinux_facts(&vmlinux, given);
	vmlinux_close(&vmlinux);
	return result;
}

static err_t read_vmcoreinfo(const struct plan *plan, struct facts *given)
{
	FREE_AT_END char *text = NULL;
	size_t bytes;

	TRY(io_slurp(plan->vmcoreinfo, VMCOREINFO_MOST, &text, &bytes));
	text[bytes++] = '\n'; /* in place of the NUL: a file is not cut off */
	TRY(vmcoreinfo_read(given, text, bytes, plan->vmcoreinfo));
	return vmcoreinfo_check(given, plan->vmcoreinfo);
}

/* With -x or -i: that file first, then from the note what the file does not tell. */
static err_t read_given(struct dump *dump, const struct arch *arch, struct facts *own)
{
	const struct plan *plan = dump->plan;
	struct facts *given = &dump->facts;

	if (plan->vmlinux)
		TRY(read_vmlinux(plan, &dump->source, given));
	else
		TRY(read_vmcoreinfo(plan, given));
	if (!dump->out.vmcoreinfo_bytes && arch &&
	    cpus_place(&dump->source, arch, given, own) == OK)
		say(&plan->say, SAY_COMMON, "The registers of a CPU tell that the kernel was moved "
		    "by %#" PRIx64 "\n", own->value[HEX_KERNELOFFSET]);
	TRY(given_match(given, given_file(plan), own, dump->source.name));
	given_slide(given, own);
	given_join(given, own);
	return OK;
}

/* The notes; with vmcoreinfo from memory where there is none and it is needed. */
static err_t read_notes(struct dump *dump, const struct arch *arch, struct notes_found *found)
{
	struct source *source = &dump->source;
	bool wanted = arch && (kernel_needed(dump) || given_file(dump->plan) || source->sadump);

	notes_scan(source->big_endian, source->notes, source->notes_bytes, found);
	if (found->vmcoreinfo || found->xen || !wanted)
		return OK;
	err_t result = find_note(&dump->plan->say, source, arch);
	if (result == ERR_NOFACT && given_file(dump->plan))
		return OK;
	TRY(result);
	dump->note_found = true;
	notes_scan(source->big_endian, source->notes, source->notes_bytes, found);
	return OK;
}

/* The dump's own vmcoreinfo. One line may be missing: the release stands in memory, too, and a
 * machine mostly has the usual page size. */
static err_t read_own(struct dump *dump, const struct notes_found *found, struct facts *own)
{
	const char *name = dump->note_found ? "VMCOREINFO in memory" : "the note VMCOREINFO";

	TRY(vmcoreinfo_read(own, (const char *)found->vmcoreinfo, found->vmcoreinfo_bytes, name));
	return fact_known(own, TEXT_OSRELEASE) != fact_known(own, DECIMAL_PAGESIZE)
		? vmcoreinfo_check_part(own, name) : vmcoreinfo_check(own, name);
}

/* Notes, vmcoreinfo and what was given. ERR_NOFACT: there is none. */
static err_t read_facts(struct dump *dump, const struct arch *arch, struct notes_found *found)
{
	struct source *source = &dump->source;
	struct facts own = { 0 };

	err_t result = read_notes(dump, arch, found);
	dump->out.cpus = found->cpus;
	dump->out.timestamp = source->seconds;
	dump->out.notes = source->notes;
	dump->out.notes_bytes = source->notes_bytes;
	dump->out.eraseinfo = found->eraseinfo;
	dump->out.eraseinfo_bytes = found->eraseinfo_bytes;
	if (source->stored.known)
		take_stored(dump);
	TRY(result);
	if (!found->vmcoreinfo && !given_file(dump->plan))
		return fail(ERR_NOFACT, "%s doesn't contain vmcoreinfo.", source->name);
	if (found->vmcoreinfo) {
		dump->out.vmcoreinfo_at = (size_t)(found->vmcoreinfo - source->notes);
		dump->out.vmcoreinfo_bytes = found->vmcoreinfo_bytes;
		TRY(read_own(dump, found, &own));
	}
	if (given_file(dump->plan))
		TRY(read_given(dump, arch, &own));
	else
		dump->facts = own;
	if (source->stored.known)
		return check_page_size(dump);
	if (!source->seconds)
		dump->out.timestamp = fact_or(&dump->facts, DECIMAL_CRASHTIME, 0);
	if (fact_known(&dump->facts, DECIMAL_PAGESIZE))
		source->target.page_shift =
		    (uint8_t)__builtin_ctzll(dump->facts.value[DECIMAL_PAGESIZE]);
	return OK;
}

/* Is it the kernel the facts speak of? */
static err_t check_release(struct dump *dump, vaddr_t at, const char *release)
{
	struct facts *facts = &dump->facts;

	if (!fact_known(facts, TEXT_OSRELEASE) && *release >= '1' && *release <= '9')
		fact_set_text(facts, TEXT_OSRELEASE, release, strlen(release), "utsname");
	if (!strcmp(release, facts->release))
		return OK;
	if (given_file(dump->plan))
		return fail(ERR_MISMATCH, "%s and %s don't match. The one is of release \"%s\", "
			    "the other of \"%.64s\"", given_file(dump->plan),
			    dump->source.name, facts->release, release);
	return fail(ERR_CORRUPT, "utsname at %#" PRIx64 " tells release \"%.64s\", vmcoreinfo "
		    "\"%s\"", at, release, facts->release);
}

/* The kernel's own idea of who it is. That it can be read, and agrees, proves the translation
 * right. */
static err_t read_utsname(struct dump *dump)
{
	const char *release = (const char *)dump->uts + RELEASE_FIELD * UTS_FIELD;
	vaddr_t at = 0;

	TRY(utsname_find(&dump->facts, &at));
	TRY(within(memory_need(&dump->memory, at, dump->uts, sizeof(dump->uts)),
		   "utsname at %#" PRIx64, at));
	for (unsigned i = 0; i < UTS_FIELDS; i++)
		dump->uts[(i + 1) * UTS_FIELD - 1] = 0;
	TRY(check_release(dump, at, release));
	dump->out.uts = dump->uts;
	return OK;
}

/* The tables of dom0 are in page frames of its own, and hold the machine's. */
static err_t find_dom0_tables(struct dump *dump)
{
	struct space *space = &dump->space;
	pfn_t frame;

	if (!xen_machine(&dump->xen, space->root >> space->target.page_shift, &frame))
		return fail(ERR_NOFACT, "%s: the p2m of dom0 does not tell where its page tables "
			    "are, which begin at %#" PRIx64 " of its own", dump->source.name,
			    space->root);
	space->root = frame << space->target.page_shift;
	return OK;
}

/* How its memory is read, as the facts say. */
static err_t try_memory(struct dump *dump, const struct arch *arch)
{
	dump->space = (struct space){ .target = dump->source.target };
	TRY(within(arch->setup(&dump->space, &dump->facts, &dump->source), "%s",
		   dump->source.name));
	if (dump->xen.here)
		TRY(find_dom0_tables(dump));
	dump->memory = (struct memory){ .space = &dump->space, .reader = dump->bytes,
					.tables = dump->tables };
	if (!dump->source.stored.known || dump->note_found || !dump->out.vmcoreinfo_bytes) {
		dump->out.phys_base = dump->space.phys_base;
		dump->out.first_pfn = dump->space.file_pfn;
	}
	err_t result = read_utsname(dump);
	return result == ERR_MISMATCH ? result : within(result, "%s", dump->source.name);
}

/* Where the facts do not tell enough, a CPU that ran the kernel may, or a guess that is proved. */
static err_t know_memory(struct dump *dump, const struct arch *arch)
{
	struct facts told = dump->facts;
	struct kept_text why;
	bool proof = fact_known(&told, TEXT_OSRELEASE);
	err_t result = try_memory(dump, arch);
	paddr_t phys_base = dump->out.phys_base;
	pfn_t first_pfn = dump->out.first_pfn;

	err_keep(&why);
	proof &= result != ERR_MISMATCH;
	if (result != OK && proof && cpus_locate(&dump->source, arch, &dump->facts) == OK)
		result = try_memory(dump, arch);
	if (result != OK && proof && arch->guess && arch->guess(&dump->facts))
		result = try_memory(dump, arch);
	if (result != OK) {
		dump->facts = told; /* no guess gets into the output */
		dump->out.phys_base = phys_base;
		dump->out.first_pfn = first_pfn;
		return err_again(result, &why);
	}
	dump->memory_known = true;
	return OK;
}

/* The kinds of pages the job is about. */
static unsigned kinds_asked(const struct dump *dump)
{
	const struct plan *plan = dump->plan;
	unsigned kinds = plan->job == JOB_USAGE ? kinds_of_level(LEVEL_MOST) : 0;

	for (unsigned i = 0; i < plan->levels; i++)
		if (plan->level[i] >= LEVEL_CACHE)
			kinds |= kinds_of_level(plan->level[i]);
	return kinds;
}

/* Ask the kernel's own tables for all that is not known yet. What they cannot tell may be had
 * elsewhere, or is not needed, so this alone is no failure. */
static void ask_kernel(struct dump *dump)
{
	struct kept_text why;

	err_keep(&why);
	if (itself_answer(&dump->memory, &dump->facts) != OK)
		say(&dump->plan->say, SAY_DEBUG, "The kernel does not tell of itself: %s\n",
		    err_text());
	err_again(OK, &why);
}

/* Where its struct pages are. */
static err_t know_page_array(struct dump *dump)
{
	pfn_t limit = dump->xen.here ? dump->xen.dom0_end : dump->max_mapnr;
	err_t result = memmap_open(&dump->map, &dump->memory, &dump->facts, limit);

	if (result == ERR_NOFACT) {
		ask_kernel(dump);
		result = memmap_open(&dump->map, &dump->memory, &dump->facts, limit);
	}
	return within(result, "%s", dump->source.name);
}

/* What its pages are. */
static err_t know_pages(struct dump *dump)
{
	bool percpu = dump->plan->percpu_free && percpu_check(&dump->facts) != OK;

	if (percpu || needs_unmet(&dump->facts, kinds_asked(dump), NULL))
		ask_kernel(dump);
	TRY(know_page_array(dump));
	release_complete(&dump->facts);
	TRY(within(rules_choose(&dump->rules, &dump->source.target, &dump->facts), "%s",
		   dump->source.name));
	dump->xen.dom0_end = min_u64(dump->xen.dom0_end, dump->map.end);
	if (!dump->source.stored.known && !dump->xen.here)
		dump->max_mapnr = min_u64(dump->max_mapnr, dump->map.end);
	dump->kernel_known = true;
	dump->decider = (struct decider){ .map = &dump->map, .rules = &dump->rules,
					  .facts = &dump->facts,
					  .percpu_wanted = dump->plan->percpu_free };
	return OK;
}

/* Of a kernel that is not known the output tells at least the machine: who reads it needs that to
 * begin with. */
static void name_machine(struct dump *dump, const struct arch *arch)
{
	memset(dump->uts, 0, sizeof(dump->uts));
	snprintf((char *)dump->uts + MACHINE_FIELD * UTS_FIELD, UTS_FIELD, "%s", arch->name);
	dump->out.uts = dump->uts;
}

/* Is it the crashed kernel that makes no sense? Then nobody who is there can help it. Where a file
 * was given, that may be of another kernel; and what must be erased has to be found first. */
static bool is_damage(const struct dump *dump, err_t result)
{
	const struct plan *plan = dump->plan;

	return plan->job == JOB_DUMP && (result == ERR_CORRUPT || result == ERR_IO) &&
	       !given_file(plan) && !plan->config && !plan->extensions;
}

/* Is there something to be done nevertheless? A dump of everything is better than none, if a fact
 * is missing that no other source has, or the kernel is damaged; and who verifies a dump wants to
 * know what else is. */
static bool may_go_on(const struct dump *dump, err_t result)
{
	return (dump->plan->job == JOB_DUMP && result == ERR_NOFACT) || is_damage(dump, result) ||
	       (dump->plan->job == JOB_VERIFY && result != ERR_NOMEM);
}

/* Of damage warn_of_pages() tells, together with how many pages it is about. */
static void note_unknown(struct dump *dump, err_t result)
{
	err_keep(&dump->unknown);
	dump->damaged = kernel_needed(dump) && is_damage(dump, result);
	if (dump->plan->job != JOB_VERIFY && !dump->damaged)
		say(&dump->plan->say, SAY_COMMON, "The kernel is not known, so every page that is "
		    "not zero is kept: %s\n", err_text());
}

/* The sentence says that there is none, or why not. */
static err_t no_vmcoreinfo(void)
{
	return fail(ERR_PARAMETER, "%s\nSpecify '-x' option or '-i' option.", err_text());
}

/* What is below the first page frame that a dump file of the machine can have, say flash memory
 * that a hypervisor has put into its core, has no place in one. */
static void begin_pages(struct dump *dump)
{
	paddr_t first = dump->out.first_pfn << dump->source.target.page_shift;

	if (dump->plan->elf) /* tells every address */
		dump->out.first_pfn = first = 0;
	for (size_t i = 0; i < dump->source.segments; i++) {
		if (dump->source.segment[i].start >= first)
			continue;
		say(&dump->plan->say, SAY_COMMON, "Memory below %#" PRIx64 ", where the kernel's "
		    "begins, has no place in the dump file\n", first);
		return;
	}
}

/* Open and understand; what fails after the source is open is undone by dump_open(). */
static err_t open_parts(struct dump *dump)
{
	const struct arch *arch = NULL;
	bool given = given_file(dump->plan);
	bool needed = kernel_needed(dump) || given;

	TRY(know_machine(dump, &arch));
	if (dump->plan->job == JOB_USAGE)
		TRY(kcore_prepare(&dump->source, &kcore_files, dump->plan->replace));
	struct notes_found found;
	err_t result = read_facts(dump, arch, &found);
	if (result == ERR_UNSUPPORTED || (result != OK && given))
		return result;
	if (result == OK && !arch)
		result = fail(ERR_UNSUPPORTED, "machine \"%.*s\" is not supported", UTS_FIELD - 1,
			      (const char *)dump->source.stored.uts + MACHINE_FIELD * UTS_FIELD);
	if (result == ERR_NOFACT && needed)
		return no_vmcoreinfo();
	if (result != OK && needed)
		return within(result, "%s", dump->source.name);
	dump->max_mapnr = pfn_up(&dump->source.target, dump->source.end);
	dump->out.target = dump->source.target;
	TRY(reader_create(&dump->source, &dump->bytes));
	TRY(reader_create(&dump->source, &dump->tables));
	struct kept_text why;
	err_keep(&why);
	if (found.xen)
		TRY(xen_open(dump, arch, &found));
	err_again(result, &why);
	if (result == OK) {
		result = know_memory(dump, arch);
		if (result == OK && dump->plan->job != JOB_DMESG) /* a log needs no page array */
			result = know_pages(dump);
		if (result != OK && needed && !may_go_on(dump, result))
			return result;
	}
	if (result != OK && !dump->out.uts)
		name_machine(dump, arch);
	err_keep(&why);
	TRY(firmware_complete(dump, arch));
	TRY(xen_open_pages(dump, arch, &found));
	err_again(result, &why);
	if (result != OK)
		note_unknown(dump, result);
	dump->out.max_mapnr = dump->max_mapnr;
	begin_pages(dump);
	tell_dump(dump);
	return OK;
}

err_t dump_open(struct dump *dump, const struct plan *plan)
{
	*dump = (struct dump){ .plan = plan };
	dump->source.name = plan->input;
	dump->source.mapping = plan->mapping;
	dump->source.more_file = plan->disk + 1;
	dump->source.more_files = plan->disks ? plan->disks - 1 : 0;
	if (plan->job == JOB_VERIFY) {
		dump->source.more_parts = true;
		dump->source.more_file = plan->part;
		dump->source.more_files = plan->parts;
	}
	TRY(source_open(&dump->source));
	err_t result = open_parts(dump);
	if (result != OK)
		dump_close(dump);
	return result;
}

void dump_close(struct dump *dump)
{
	memmap_close(&dump->map);
	reader_destroy(dump->xen.reader);
	dump->xen.reader = NULL;
	reader_destroy(dump->tables);
	reader_destroy(dump->bytes);
	dump->bytes = dump->tables = NULL;
	source_close(&dump->source);
}
