// SPDX-License-Identifier: GPL-2.0-only
/* findinfo.c - find vmcoreinfo in memory: look for its first word everywhere, and try what looks
 * like it as if the dump had it in a note. */
#include "kernel/findinfo.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/stop.h"
#include "facts/vmcoreinfo.h"
#include "kernel/cpus.h"
#include "kernel/memmap.h"
#include "kernel/utsname.h"

/* The kernel begins the text with these, since it has one (fd59d231f81c, 2.6.24). */
static const char first_word[] = "OSRELEASE=";
static const char build_id[] = "BUILD-ID=", page_size[] = "PAGESIZE=";

enum {
	WORD = sizeof(first_word) - 1,
	PIECE_BYTES = 1 << 20,
	ALIGNMENT = 4,       /* of a note, and so of the text in it */
	HEADER_BYTES = 24,   /* of the note: 12, and the name padded to 12 */
	PLAIN_BYTES = 4096,  /* VMCOREINFO_BYTES; PAGE_SIZE where that is more */
	HEAD_BYTES = 128,    /* of the text, enough for the first line and half of the second */
	TRIES_MOST = 1024,   /* texts to try; behind them it is no accident that there are more */
	RIVALS_MOST = 16,    /* likewise texts whose pages are counted */
};

/* What the dump's notes about CPUs say of a kernel: they run another, they say nothing, they run
 * it. */
enum standing { CPUS_ELSEWHERE, CPUS_SILENT, CPUS_AGREE, STANDINGS };

struct candidate {
	char *text;
	size_t bytes;   /* 0: there is none */
	paddr_t at;
	enum standing standing;
	const char *placed_by;
	unsigned rivals; /* others of that standing that differ, and are as good */
	uint64_t pages;  /* that its page array has, plus 1; 0: not counted yet */
	struct facts facts;
};

struct search {
	const struct source *source;
	const struct arch *arch;
	struct progress *progress;
	struct reader *scan;            /* of the bytes that are looked through */
	struct reader *bytes, *tables;  /* for everything else */
	struct candidate now, valid[STANDINGS];
	unsigned tries;
};

/* --- a text --- */

/* Copy what there is in one piece from `at` on. */
static size_t copy(struct reader *reader, paddr_t at, char *to, size_t most)
{
	size_t done = 0;

	while (done < most) {
		const uint8_t *part;
		size_t size = most - done;
		if (reader_lend(reader, at + done, &part, &size) != OK)
			break;
		memcpy(to + done, part, size);
		done += size;
	}
	return reader_faulted(reader) ? 0 : done;
}

/* OSRELEASE=..., and then the one line or the other. */
static bool begins_well(const char *head, size_t bytes)
{
	const char *newline = memchr(head, '\n', bytes);
	size_t left = newline ? bytes - (size_t)(newline + 1 - head) : 0;

	return left >= sizeof(build_id) && left >= sizeof(page_size) &&
	       (!memcmp(newline + 1, build_id, sizeof(build_id) - 1) ||
		!memcmp(newline + 1, page_size, sizeof(page_size) - 1));
}

/* How long the text may be: as its note says, or as long as a kernel's may be that is in none. */
static size_t room(const struct search *search, paddr_t at)
{
	bool big = search->source->big_endian;
	uint8_t header[HEADER_BYTES];
	struct note note;
	size_t from = 0;

	if (at >= HEADER_BYTES &&
	    reader_read(search->bytes, at - HEADER_BYTES, header, HEADER_BYTES) == OK &&
	    !memcmp(header + 12, "VMCOREINFO\0", 12)) {
		uint32_t length = get_32(big, header + 4);
		put_32(big, header + 4, 0);
		if (length && length <= FOUND_TEXT_MOST &&
		    note_next(big, header, HEADER_BYTES, &from, &note) &&
		    note_is(&note, "VMCOREINFO", 0))
			return length;
	}
	return (size_t)max_u64(PLAIN_BYTES, page_bytes(&search->source->target));
}

/* Lines KEY=VALUE of plain characters, up to a NUL or `bytes`; their length, without a last line
 * that lacks its newline. */
static size_t measure(const char *text, size_t bytes)
{
	size_t end = 0;
	bool equals = false;

	for (size_t i = 0; i < bytes && text[i]; i++) {
		if (text[i] == '\n') {
			if (!equals)
				break;
			end = i + 1;
			equals = false;
		} else if (text[i] < ' ' || text[i] > '~') {
			break;
		} else if (text[i] == '=') {
			equals = true;
		}
	}
	return end;
}

static bool load(struct search *search, paddr_t at)
{
	static const char name[] = "VMCOREINFO in memory";
	struct candidate *now = &search->now;
	char head[HEAD_BYTES];

	if (!begins_well(head, copy(search->bytes, at, head, sizeof(head))))
		return false;
	search->tries++;
	now->at = at;
	now->placed_by = NULL;
	now->rivals = 0;
	now->pages = 0;
	now->facts = (struct facts){ 0 };
	now->bytes = measure(now->text, copy(search->bytes, at, now->text, room(search, at)));
	return vmcoreinfo_read(&now->facts, now->text, now->bytes, name) == OK &&
	       vmcoreinfo_check_part(&now->facts, name) == OK;
}

/* --- is it true? --- */

/* The memory of the kernel that the facts tell of, if they tell how to read it. */
static bool open_space(const struct search *search, const struct facts *facts, struct space *space)
{
	*space = (struct space){ .target = search->source->target };
	if (!search->source->stored.known)
		space->target.page_shift =
			(uint8_t)__builtin_ctzll(fact_or(facts, DECIMAL_PAGESIZE, PLAIN_BYTES));
	return search->arch->setup(space, facts, search->source) == OK;
}

/* Do the page tables lead to a utsname of this release? Then *ret is where it lies. */
static bool leads_home(const struct search *search, const struct facts *facts, vaddr_t release_at,
		       paddr_t *ret)
{
	struct space space;
	uint64_t run;

	return open_space(search, facts, &space) &&
	       space_translate(&space, search->tables, release_at, ret, &run) == OK &&
	       run >= UTS_FIELD && utsname_is_release(search->bytes, facts, *ret);
}

/* --- what the CPUs say --- */

/* Does a CPU have the release of this kernel where its own tables have it? */
static enum standing ask_cpus(const struct search *search, vaddr_t release_at, paddr_t home)
{
	struct cpus cpus = { search->source, search->arch, .root = CPU_ROOTS };
	enum standing standing = CPUS_SILENT;
	struct space space;
	paddr_t at;
	uint64_t run;

	if (!open_space(search, &search->now.facts, &space))
		return CPUS_ELSEWHERE;
	while (cpus_next(&cpus, &space)) {
		if (space_translate(&space, search->tables, release_at, &at, &run) == OK &&
		    at == home)
			return CPUS_AGREE;
		if (cpus_handler(&cpus, &space, search->tables, search->bytes))
			standing = CPUS_ELSEWHERE;
	}
	return standing;
}

/* --- where its image lies, if the text does not tell --- */

static bool place_at(struct search *search, vaddr_t release_at, paddr_t at,
		     const struct cpu_state *cpu, const char *who)
{
	struct facts facts = search->now.facts;
	paddr_t home;

	if (!utsname_is_release(search->bytes, &facts, at) ||
	    !search->arch->place(&facts, release_at, at, cpu, who) ||
	    !leads_home(search, &facts, release_at, &home) || home != at)
		return false;
	search->now.facts = facts;
	search->now.placed_by = who;
	return true;
}

static bool place_by_cpu(struct search *search, vaddr_t release_at)
{
	struct cpus cpus = { search->source, search->arch, .root = CPU_ROOTS };
	struct space space;
	paddr_t at;
	uint64_t run;

	if (!open_space(search, &search->now.facts, &space))
		return false;
	while (cpus_next(&cpus, &space))
		if (space_translate(&space, search->tables, release_at, &at, &run) == OK &&
		    place_at(search, release_at, at, &cpus.state, "the registers of a CPU"))
			return true;
	return false;
}

/* The text is in the image, so utsname is not far: before 4.13, and after that the text tells. */
static bool place_by_search(struct search *search, vaddr_t release_at)
{
	uint64_t step = search->arch->image_align, most = search->arch->image_most;
	paddr_t here = search->now.at, first = here > most ? here - most : 0;

	first = first / step * step + release_at % step;
	for (paddr_t at = first; at < here + most && at < search->source->end; at += step)
		if (place_at(search, release_at, at, NULL, "search"))
			return true;
	return false;
}

static bool find_home(struct search *search, vaddr_t release_at, paddr_t *ret)
{
	struct candidate *now = &search->now;
	struct facts facts = now->facts;

	if (leads_home(search, &now->facts, release_at, ret))
		return true;
	if (!search->arch->place || !search->arch->place(&facts, release_at, 0, NULL, ""))
		return false;
	return (place_by_cpu(search, release_at) || place_by_search(search, release_at)) &&
	       leads_home(search, &now->facts, release_at, ret);
}

/* --- which one --- */

static bool is_valid(struct search *search)
{
	struct candidate *now = &search->now;
	vaddr_t release_at;
	paddr_t home;

	if (utsname_release(&now->facts, &release_at) != OK ||
	    !find_home(search, release_at, &home))
		return false;
	now->standing = ask_cpus(search, release_at, home);
	return true;
}

/* A kernel has its text twice or three times; when it crashes it adds a line to one of them. */
static bool same(const struct candidate *a, const struct candidate *b)
{
	return a->bytes && b->bytes && !memcmp(a->text, b->text, min_u64(a->bytes, b->bytes));
}

/* Keep it; its memory for texts changes hands. */
static void keep(struct search *search, struct candidate *as)
{
	char *text = as->text;
	unsigned rivals = as->rivals;

	*as = search->now;
	as->rivals = rivals;
	search->now.text = text;
}

/* How many pages the kernel has struct pages of. */
static uint64_t pages_of(const struct search *search, struct candidate *candidate)
{
	struct space space;
	struct memory memory = { .space = &space, .reader = search->bytes,
				 .tables = search->tables };
	struct memmap map;
	struct stretch stretch;

	if (candidate->pages)
		return candidate->pages;
	candidate->pages = 1;
	if (!open_space(search, &candidate->facts, &space) ||
	    memmap_open(&map, &memory, &candidate->facts,
			pfn_up(&space.target, search->source->end)) != OK)
		return 1;
	for (pfn_t pfn = 0; pfn < map.end; pfn = stretch.end) {
		memmap_find(&map, pfn, &stretch);
		if (stretch.at)
			candidate->pages += stretch.end - pfn;
	}
	memmap_close(&map);
	return candidate->pages;
}

/* Of two kernels that differ one may be the crash kernel of the other: it has less of the memory.
 */
static void settle(struct search *search, struct candidate *held)
{
	uint64_t ours = 0, theirs = 0;

	if (held->rivals < RIVALS_MOST) {
		ours = pages_of(search, &search->now);
		theirs = pages_of(search, held);
	}
	if (ours > theirs) {
		held->rivals = 0;
		keep(search, held);
	} else if (ours == theirs) {
		held->rivals++;
	}
}

static void consider(struct search *search, paddr_t at)
{
	struct candidate *now = &search->now;

	if (at % ALIGNMENT || search->tries == TRIES_MOST || !load(search, at))
		return;
	for (unsigned i = 0; i < STANDINGS; i++)
		if (same(now, &search->valid[i]) && now->bytes <= search->valid[i].bytes)
			return;
	if (!is_valid(search))
		return;
	struct candidate *held = &search->valid[now->standing];
	if (!held->bytes || same(now, held))
		keep(search, held);
	else
		settle(search, held);
}

/* --- all of memory --- */

/* What ends one piece and begins the next. */
struct seam {
	uint8_t bytes[2 * WORD];
	size_t used;
};

static void look(struct search *search, paddr_t at, const uint8_t *bytes, size_t size)
{
	const uint8_t *from = bytes, *end = bytes + size, *hit;

	while ((hit = memmem(from, (size_t)(end - from), first_word, WORD))) {
		consider(search, at + (paddr_t)(hit - bytes));
		from = hit + WORD;
	}
}

/* Look at the words that begin before `at` and end behind it; then keep the end of this piece. */
static void look_at_seam(struct search *search, struct seam *seam, paddr_t at, const uint8_t *bytes,
			 size_t size)
{
	size_t head = (size_t)min_u64(size, WORD - 1);

	memcpy(seam->bytes + seam->used, bytes, head);
	look(search, at - seam->used, seam->bytes, seam->used + head);
	if (size >= WORD - 1) {
		memcpy(seam->bytes, bytes + size - (WORD - 1), WORD - 1);
		seam->used = WORD - 1;
		return;
	}
	size_t all = seam->used + head, keep = (size_t)min_u64(all, WORD - 1);
	memmove(seam->bytes, seam->bytes + all - keep, keep);
	seam->used = keep;
}

static err_t look_everywhere(struct search *search)
{
	const struct source *source = search->source;
	uint64_t page = page_bytes(&source->target);
	struct seam seam = { .used = 0 };
	const uint8_t *bytes;
	size_t size;

	for (paddr_t at = 0; at < source->end; at += size) {
		TRY(stop_check());
		if (search->progress)
			progress_step(search->progress, at, source->end);
		size = (size_t)min_u64(source->end - at, SIZE_MAX);
		err_t result = reader_lend(search->scan, at, &bytes, &size); /* a hole at once */
		if (result == OK) {
			size = (size_t)min_u64(size, PIECE_BYTES);
			look_at_seam(search, &seam, at, bytes, size);
			look(search, at, bytes, size);
			continue;
		}
		if (result == ERR_IO)
			size = (size_t)(page - at % page);
		else if (result != ERR_HOLE)
			return result;
		seam.used = 0;
	}
	return OK;
}

/* --- the outcome --- */

/* What the CPUs run is the kernel that matters, but for the crash kernel of another. */
static struct candidate *best(struct search *search)
{
	struct candidate *running = &search->valid[CPUS_AGREE];
	struct candidate *other = &search->valid[CPUS_ELSEWHERE];

	if (!running->bytes)
		return &search->valid[CPUS_SILENT];
	if (other->bytes && pages_of(search, other) > pages_of(search, running))
		return other;
	return running;
}

static err_t choose(struct search *search, struct candidate **ret)
{
	const char *name = search->source->name;

	*ret = best(search);
	if (!(*ret)->bytes)
		return fail(ERR_NOFACT, "%s doesn't contain vmcoreinfo.", name);
	if ((*ret)->rivals)
		return fail(ERR_NOFACT, "%s doesn't contain vmcoreinfo. In its memory there are "
			    "several that differ, one at %#" PRIx64 ".", name, (*ret)->at);
	return OK;
}

static err_t run(struct search *search, struct candidate **ret)
{
	const struct source *source = search->source;

	for (unsigned i = 0; i <= STANDINGS; i++) {
		char *text = malloc(FOUND_TEXT_MOST);
		if (!text)
			return fail(ERR_NOMEM, "no memory for vmcoreinfo");
		*(i < STANDINGS ? &search->valid[i].text : &search->now.text) = text;
	}
	TRY(reader_create(source, &search->scan));
	TRY(reader_create(source, &search->bytes));
	TRY(reader_create(source, &search->tables));
	TRY(look_everywhere(search));
	return choose(search, ret);
}

err_t findinfo(const struct source *source, const struct arch *arch, struct progress *progress,
	       struct found_info *ret)
{
	struct search *search = calloc(1, sizeof(*search));
	struct candidate *found = NULL;

	if (!search)
		return fail(ERR_NOMEM, "no memory for vmcoreinfo");
	search->source = source;
	search->arch = arch;
	search->progress = progress;
	err_t result = run(search, &found);
	if (result == OK) {
		*ret = (struct found_info){ found->text, found->bytes, found->at, found->facts,
					    found->placed_by, found->standing == CPUS_ELSEWHERE };
		found->text = NULL;
	}
	reader_destroy(search->tables);
	reader_destroy(search->bytes);
	reader_destroy(search->scan);
	for (unsigned i = 0; i < STANDINGS; i++)
		free(search->valid[i].text);
	free(search->now.text);
	free(search);
	return result;
}
