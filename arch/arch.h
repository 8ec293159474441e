// SPDX-License-Identifier: GPL-2.0-only
/* arch.h - everything the rest of the program may ask of a machine: virtual to physical.
 *
 * How to add a machine: one file like arch/x86_64.c with its struct arch, and its name in
 * arch/machines.h; its tables in tests/make/machine_list.h, recipes in tests/cases/, tests/xlat/.
 * Page tables are data (struct paging); walk.c walks them.
 * If a machine cannot say itself with paging, regions and setup, widen these structs with a
 * commented slot; nobody tests for a machine by name. */
#ifndef ARCH_ARCH_H
#define ARCH_ARCH_H

#include "base/err.h"
#include "base/types.h"
#include "facts/facts.h"
#include "input/notes.h"
#include "input/source.h"

enum { PAGING_LEVELS = 5, SPACE_REGIONS = 4, CPU_ROOTS = 2, VECTOR_BYTES = 16 };

enum pte { PTE_ABSENT, PTE_TABLE, PTE_LEAF };

struct space;

/* The shape of a page table, as data. bits[0] is the page offset, then the lowest table upwards. */
struct paging {
	uint8_t levels;
	uint8_t bits[PAGING_LEVELS + 1];
	uint8_t entry_bytes;

	/* What an entry of a table at `level` (1: lowest) is, and the address in it; bits of that
	 * below the page's size do not matter. *shift is log2 of the bytes that an entry of that
	 * level maps; it is raised for a leaf that is one of several that map a larger page. */
	enum pte (*decode)(const struct space *, uint64_t entry, unsigned level, paddr_t *next,
			   unsigned *shift);

	uint8_t upper_bytes; /* of an entry above the lowest level; 0: as entry_bytes */
};

/* Kernel addresses first..last (both in it) that are physical ones shifted by a constant:
 * paddr = (vaddr - shift) & mask, modulo 2^64. */
struct region {
	vaddr_t first, last;
	uint64_t shift;
	uint64_t mask; /* a power of two minus 1; 0: all bits */
};

/* Kernel addresses first..last that a list tells of: each entry, in memory that regions reach, has
 * so many bytes at an address. `last` 0: there is no such list. (ppc64: struct vmemmap_backing) */
struct backing {
	vaddr_t first, last;
	vaddr_t head;   /* of the first entry; 0 ends the list */
	uint64_t bytes; /* that each entry maps */
	uint64_t next_at, virtual_at, physical_at; /* offsets of words in an entry */
};

/* How this dump's kernel lies in memory. Filled once by setup(), then const. */
struct space {
	struct target target;
	const struct paging *paging;
	paddr_t root;
	uint64_t address_mask; /* bits of an entry, and of any address, that are address */
	uint64_t write_bits, write_value; /* an entry whose write_bits are write_value maps memory
					     that the kernel may write to; 0, 0: all does */
	uint64_t tag_mask;     /* bits of a pointer that may hold a tag or a signature; bit 55
				  tells what they are in the address */
	vaddr_t kernel_start;  /* no pointer of the kernel to data of its own is below */
	uint64_t phys_base;    /* goes into the output's sub header; may be negative */
	unsigned section_bits, physmem_bits; /* of SPARSEMEM */
	struct region region[SPACE_REGIONS]; /* asked before the tables */
	size_t regions;
	const struct source *segments; /* its program headers map addresses, too, and are asked
					  first; NULL: they are not */
	struct backing backing;        /* asked next */
	vaddr_t tables_first, tables_last; /* addresses that the tables are for; 0, 0: all */
	bool entries_swapped; /* tables are in the other byte order than everything else */
	unsigned entry_shift; /* where page frame numbers begin in an entry, for machines whose
				 kernels differ in that */
	pfn_t mem_map_pfn;    /* FLATMEM: the page frame of the first struct page */
	pfn_t file_pfn;       /* the page frame that the first bit of a dump file stands for */
};

/* What a CPU used when a hypervisor made the dump. */
struct cpu_state {
	const struct paging *paging;
	paddr_t root[CPU_ROOTS]; /* of its page tables, and of the kernel's where the first may be
				    those of a process alone */
	vaddr_t vectors;         /* table of interrupt handlers */
};

struct arch {
	const char *name;     /* as `uname -m` prints it */
	uint16_t elf_machine; /* how a dump names it */
	uint8_t word_bytes;   /* of the kernel, whatever the class of the container */
	uint8_t align_64;     /* how its ABI aligns 64-bit integers in a struct */
	uint8_t page_shift;   /* used only where the dump does not say */

	/* Fill the space (target is set) from the facts and the dump's segments.
	 * ERR_NOFACT: they do not tell enough to translate an address. */
	err_t (*setup)(struct space *, const struct facts *, const struct source *);

	/* Read a hypervisor's note about a CPU. False: it is another note, or the CPU had paging
	 * off. NULL: no hypervisor tells it for this machine; then handler is NULL, too. */
	bool (*cpu_state)(const struct note *, struct cpu_state *ret);

	/* The address of the handler in the first entry of cpu_state.vectors, if it is in a
	 * kernel's image; else 0. */
	vaddr_t (*handler)(const uint8_t entry[VECTOR_BYTES]);

	/* Make the facts tell where the image lies: `at`, an address in it, is at `physical`; and
	 * what kind of page tables it has, as a CPU that runs it tells (NULL: none does).
	 * False: they tell already. NULL: all kernels of this machine do. */
	bool (*place)(struct facts *, vaddr_t at, paddr_t physical, const struct cpu_state *,
		      const char *source);

	/* Make the facts tell what they do not, as it could be. False: there is nothing to guess.
	 * Whoever asks proves it right or takes it back. NULL: never. */
	bool (*guess)(struct facts *);

	uint64_t image_align, image_most; /* with place: an image begins at multiples of the one
					     and is no longer than the other */
};

/* The sizes of SPARSEMEM that kernels of a machine had. */
struct section_sizes {
	uint8_t section_bits, physmem_bits;
};

/* Of `count` sizes, the likeliest first, take those that give mem_section the length it has, or the
 * first: for kernels before 5.9 and 5.13, which do not export MAX_PHYSMEM_BITS and
 * SECTION_SIZE_BITS. */
void space_choose_sections(struct space *, const struct facts *, const struct section_sizes *,
			   size_t count);

/* How many struct mem_section stand in one page of them (EXTREME): SIZE(mem_section), 1 where that
 * makes no sense. */
uint64_t sections_per_root(const struct target *, const struct facts *);

/* The length that mem_section then has. section_bits is at most physmem_bits. */
uint64_t sections_roots(const struct target *, const struct facts *, unsigned section_bits,
			unsigned physmem_bits);

/* NULL: no such machine. By its number, or its struct arch's name. */
const struct arch *arch_find(uint16_t elf_machine);
const struct arch *arch_named(const char *name);

/* --- for the machines' own files --- */

/* Take the one of `count` shapes that is for the machine's page size and has so many levels. False:
 * none is. */
bool space_choose_paging(struct space *, const struct paging *, size_t count, unsigned levels);

/* Do the tables lead from the address of their root to where it is? Those of machines whose linear
 * map is in their tables do, and wrong guesses do not. */
bool space_leads_home(const struct space *, const struct source *, vaddr_t root);

/* Where a segment says that an address lies. False: none has it. */
bool segments_find(const struct source *, vaddr_t, paddr_t *ret, uint64_t *run);

/* The lowest address of vmalloc, as the facts tell it or the first of the kernel's list, which is
 * read through the regions of the space. ERR_NOFACT: they do not tell. */
err_t space_vmalloc_start(const struct space *, const struct facts *, const struct source *,
			  vaddr_t *ret);

/* The address a pointer of the kernel stands for: without its tag. */
static inline vaddr_t space_plain(const struct space *space, vaddr_t at)
{
	return at >> 55 & 1 ? at | space->tag_mask : at & ~space->tag_mask;
}

/* Translate. *ret is the physical address, *run how many bytes from there on are mapped alike (at
 * least 1; to the end of the page or huge page). ERR_HOLE: not mapped. ERR_CORRUPT, ERR_IO: a table
 * cannot be read; the sentence names level and address. Uses (and ends the loans of) the reader. */
err_t space_translate(const struct space *, struct reader *, vaddr_t, paddr_t *ret, uint64_t *run);

/* What a walk through the tables met, the top one first: for --vtop. */
struct table_walk {
	unsigned levels;
	struct {
		const char *name; /* as Linux calls it: PGD at the top, PTE at the bottom */
		paddr_t at;       /* of the entry */
		uint64_t entry;
	} level[PAGING_LEVELS];
};

/* The same as space_translate(), and *seen tells how; also when it fails, up to there. No levels:
 * the address needs no tables. */
err_t space_walk(const struct space *, struct reader *, vaddr_t, paddr_t *ret, uint64_t *run,
		 struct table_walk *seen);

#endif
