// SPDX-License-Identifier: GPL-2.0-only
/* makedumpfile.h - the top floor: what was asked, what was opened, and the doors of cyclic.c and
 * jobs/. makedumpfile.c owns one struct plan and hands it down as const; a job owns one struct
 * dump. */
#ifndef MAKEDUMPFILE_H
#define MAKEDUMPFILE_H

#include "base/say.h"
#include "kernel/memmap.h"
#include "kernel/startup_pages.h"
#include "output/writer.h"
#include "input/notes.h"
#include "pages/decide.h"
#include "pages/selfcheck.h"

enum { LEVELS_MOST = 32, EXTENSIONS_MOST = 16, DISKS_MOST = 16, THREADS_AUTO = -1,
       SPLITBLOCK_BYTES = 1 << 30 };

enum job { JOB_DUMP, JOB_GENERATE, JOB_REARRANGE, JOB_REASSEMBLE, JOB_DMESG, JOB_USAGE, JOB_INFO,
	   JOB_CHECK, JOB_VERIFY, JOB_SALVAGE };

/* What the command line asks for. Texts are lent from argv. */
struct plan {
	enum job job;
	const char *input;           /* VMCORE; with --diskset the first disk */
	bool leave_domains;          /* -X: of Xen, leave out the other domains */
	const char *xen_syms, *xen_vmcoreinfo;
	bool want_xen_image;         /* --xen_phys_start */
	paddr_t xen_image;
	char *disk[DISKS_MOST];      /* --diskset, in the order given */
	unsigned disks;
	const char *output;          /* NULL: several parts, or standard output (-F) */
	char **part;                 /* --split: outputs; --reassemble: inputs; --verify: all
					parts of a split dump but the first */
	unsigned parts;
	struct say say;
	unsigned level[LEVELS_MOST]; /* -d; more than one is for later tries */
	unsigned levels;
	char codec_letter;           /* 0: pages stay raw */
	bool elf;                    /* -E */
	bool flattened;              /* -F: standard output is the dump's */
	bool split;                  /* --split */
	uint64_t splitblock_bytes;   /* --splitblock-size */
	uint64_t limit;              /* -L, bytes of one output; 0: none */
	int threads;                 /* --num-threads; THREADS_AUTO: as the machine allows */
	bool cyclic;                 /* -K: windows of CYCLIC_BYTES even where one would do */
	bool one_window;             /* --non-cyclic */
	uint64_t cyclic_bytes;       /* --cyclic-buffer; 0: as memory allows */
	uint64_t memory_bytes;       /* --memory; 0: what is available */
	int block_order;             /* -b; -1: not given */
	enum mapping mapping;        /* --mmap, --non-mmap */
	bool replace;                /* -f */
	bool dry_run;
	bool check_params;
	bool help, version;
	bool partial_dmesg;          /* --partial-dmesg: only what came since the last clear */
	bool percpu_free;            /* --exclude-percpu-free */
	bool no_vmemmap;             /* -e: leave out struct pages nobody needs */
	bool want_vtop;              /* --vtop */
	vaddr_t vtop;
	const char *vmlinux;         /* -x */
	const char *vmcoreinfo;      /* -i */
	const char *vmcoreinfo_out;  /* -g */
	const char *config;          /* --config: what is to be erased */
	bool config_warn;            /* --config-errors=warn: an error ends the file, not the run */
	const char *extension[EXTENSIONS_MOST]; /* --extension, in the order given */
	unsigned extensions;
	bool stats_json;             /* --stats json */
	bool json;                   /* --json: --info, --check, --verify as a JSON object */
	const char *against;         /* --against: what --check compares with */
	bool confined;               /* set by main(): a program of its own, which may give up what
					it does not need */
};

/* What messages call the one output. */
static inline const char *output_name(const struct plan *plan)
{
	return plan->flattened ? "STDOUT" : plan->output;
}

/* What a dump is made from and of. */
struct dump {
	const struct plan *plan;
	struct source source;
	struct facts facts;
	struct reader *bytes, *tables; /* of the main thread */
	struct space space;
	struct memory memory;
	struct memmap map;
	struct rules rules;
	struct decider decider;
	struct xen xen;      /* here: of the machine; space to map are dom0's */
	bool kernel_known; /* space to decider.map are usable */
	bool memory_known; /* space and memory are */
	bool note_found;   /* vmcoreinfo was found in memory; in source.notes it is a note now */
	uint8_t uts[UTS_FIELDS * UTS_FIELD];
	struct dump_facts out;
	pfn_t max_mapnr;
	struct scrub *scrub; /* what is overwritten; NULL: nothing. Owned */
	const struct conf *conf; /* what --config asks for; NULL: nothing. Lent */
	struct extensions *extensions; /* that are asked about pages; owned */
	const uint8_t *erased_before; /* eraseinfo of the input */
	size_t erased_before_bytes;
	bool may_retry; /* another level is tried when this one does not fit */
	struct facts itself; /* what the kernel's own types tell, for checks */
	struct startup_pages *startup; /* pages that should stay, for debuggers; NULL: not told */
	struct kept_text unknown; /* why kernel_known is false */
	bool damaged; /* the level needs a kernel that is known, and this one cannot be
			 understood: every page is kept */
};

/* Counts of pages, for the report. */
struct tally {
	uint64_t existing; /* in the dump at all */
	uint64_t excluded[PAGE_KINDS];
	uint64_t kept;     /* with a descriptor in the output */
	uint64_t zero;     /* of these, the ones that share the page of zeros */
	uint64_t found_free; /* by the self-check */
	uint64_t counted_free; /* by the kernel */
	bool free_doubted; /* these disagree: what is found free is more, and kept */
	struct sample sample; /* by our rules and by the kernel's own types */
	uint64_t covered, present; /* page frames that have struct pages, and should */
	uint64_t percpu;   /* of the free pages: on lists of single CPUs */
	uint64_t unused;   /* of the page array, left out by -e; in no kind */
	uint64_t absent;   /* could not be read while being written, and so have none */
	pfn_t first_absent;
	uint64_t unread;   /* could not be read to see whether they are zeros, and so stay */
	pfn_t first_unread;
	struct doubts doubts;
	uint64_t elf_bytes; /* -E: of data */
	bool incomplete;   /* what was written ends early, and says so */
};

/* jobs/open.c: open plan->input and learn everything from it. If the job needs a kernel that is
 * known, one that nothing tells of is an error (ERR_PARAMETER), and so is any other trouble unless
 * dump->damaged says what it is. Else every page is kept, and why is said or left in
 * dump->unknown. */
err_t dump_open(struct dump *, const struct plan *);
void dump_close(struct dump *);

/* jobs/confined.c: from now on no file may be changed but the outputs of the plan, and nothing else
 * be done that no job does. */
void confine_job(const struct plan *);

/* All that is read and written is open: only the outputs may still be removed. Does nothing if the
 * plan is not `confined`. */
void confine_writing(const struct plan *);

/* jobs/tell.c: say at debug level what was opened, in the lines that test suites of other
 * makedumpfiles read. */
void tell_dump(struct dump *);

/* jobs/dump.c: make a dump as planned. */
err_t job_dump(const struct plan *);

/* May the outputs be written? ERR_USAGE: one exists and -f is not given, is the input, or is given
 * twice. */
err_t job_check_output(const struct plan *);

/* jobs/findnote.c: look through the memory of a source without the note VMCOREINFO, append to its
 * notes what is found, and say so. ERR_NOFACT: nothing, or not one thing; the sentence tells. */
err_t find_note(const struct say *, struct source *, const struct arch *);

/* jobs/firmware.c: when the kernel is known, or is not: give a dump by firmware the notes of CPUs
 * and VMCOREINFO that a kernel leaves, and low memory its old contents. Others are left as they
 * are. ERR_NOMEM, ERR_IO. */
err_t firmware_complete(struct dump *, const struct arch *);

/* jobs/xen.c: of a dump with Xen, which found->xen tells: where dom0 lies. ERR_PARAMETER: a level
 * that cannot be. ERR_CORRUPT, ERR_NOMEM. */
err_t xen_open(struct dump *, const struct arch *, const struct notes_found *);

/* Then, with -X: how the hypervisor keeps track of pages. ERR_PARAMETER: it is no such dump, or
 * nothing tells of its hypervisor. ERR_NOFACT, ERR_CORRUPT. */
err_t xen_open_pages(struct dump *, const struct arch *, const struct notes_found *);

/* jobs/vtop.c: say how plan->vtop is translated; an address that is not is at all ones. */
void tell_vtop(struct dump *);

/* jobs/dmesg.c: write the kernel's log. */
err_t job_dmesg(const struct plan *);

/* jobs/vmcoreinfo.c: write what plan->vmlinux tells, or plan->xen_syms if it is given, into the
 * text plan->vmcoreinfo_out. */
err_t job_vmcoreinfo(const struct plan *);
/* jobs/reassemble.c: make one dump of the parts of a split one. */
err_t job_reassemble(const struct plan *);

/* jobs/rearrange.c: turn the flattened stream on standard input into the file it stands for. */
err_t job_rearrange(const struct plan *);

/* jobs/kdump.c, jobs/elf.c: decide every page of the dump at dump->out.level and write those that
 * stay; a kdump-compressed dump into `parts` sinks. ERR_NOSPACE: what was written is a valid
 * incomplete dump, if the tally says so. */
err_t write_kdump(struct dump *, struct sink *, unsigned parts, struct tally *);
err_t write_elf(struct dump *, struct sink *, struct tally *);

/* jobs/available.c: where the system tells what memory there is. */
struct memory_files {
	const char *meminfo;              /* as /proc/meminfo */
	const char *groups;               /* as /proc/self/cgroup */
	const char *version_1, *version_2; /* the roots of control groups; they need not exist */
};

extern const struct memory_files memory_files;

/* Bytes that may be allocated: MemAvailable, or what is left below the limit of a control group of
 * this process or above it, if that is less. A guess where the system does not tell. It does not
 * fail, and this thread's sentence stays. */
uint64_t memory_available(const struct memory_files *);

/* jobs/budget.c: bytes that may be used, --memory or what is available; and their shares. */
uint64_t budget_bytes(const struct plan *);

/* Bytes for the decisions kept as runs; and of page cache that one output may fill. */
size_t budget_runs(const struct plan *);
uint64_t budget_cache(const struct plan *);

enum { WINDOW_STEP = 8192 }; /* page frames: windows begin at multiples of it */

/* Bytes of one window's bitmap for a dump of max_mapnr page frames: a multiple of WINDOW_STEP / 8,
 * or enough for all. Says it when --cyclic-buffer does not fit. */
uint64_t budget_window(const struct plan *, pfn_t max_mapnr);

/* How many threads pack, the main one among them. 0 or 1: it does it all. */
unsigned budget_threads(const struct plan *, const struct packing *);

/* jobs/erase.c: read plan->config into *ret, which is zeros and which the caller frees whatever
 * comes out. ERR_NOMEM; ERR_USAGE: it cannot be opened, or has an error and none is allowed; the
 * sentence says where. */
err_t erase_read(const struct plan *, struct conf *ret);

/* Get dump->scrub if anything may be overwritten; find in the opened dump what plan->config asks to
 * be; and when all is found, make the scrub ready, or none where there is nothing. ERR_NOMEM,
 * ERR_UNSUPPORTED: too much. */
err_t erase_begin(struct dump *);
err_t erase_prepare(struct dump *);
err_t erase_seal(struct dump *);
void erase_release(struct dump *);

/* What of it is in the output. */
struct erased {
	uint64_t places, bytes;
};

struct erased erase_count(const struct dump *);

/* Say so: how much, and at report level what and where. */
void erase_report(const struct dump *);

/* jobs/usage.c: tell how much of each kind of page there is, and write nothing. */
err_t job_usage(const struct plan *);

/* jobs/stats.c: pages that were left out, of all kinds. */
uint64_t excluded_pages(const struct tally *);

/* jobs/stats.c: how many pages of each kind there were, and bytes were written: the table of
 * --show-stats, at report level. */
void report_pages(const struct dump *, const struct tally *, uint64_t written);

/* The same and more as one JSON object, if --stats asks for it, at any level. dump->out.level is
 * the dump level. ERR_IO: it could not be written. */
err_t report_json(const struct dump *, const struct tally *, uint64_t written);

/* jobs/dump.c: say what was not as it should be about the pages that were looked at. */
void warn_of_pages(const struct dump *, const struct tally *);

/* A dump of any machine and kernel. */
struct any_dump {
	struct source source; /* its target is set, as far as it is known */
	struct notes_found notes;
	struct facts facts;   /* what VMCOREINFO tells, up to where it is damaged */
	err_t vmcoreinfo;     /* what became of reading it; OK also where there is none */
	bool page_size_known; /* false: source.target is a guess */
};

/* jobs/anydump.c: open a dump for what the file itself tells; errors are those of source_open(). */
err_t any_dump_open(struct any_dump *, const struct plan *, const char *name);
void any_dump_close(struct any_dump *);

/* jobs/info.c: print what the dump file plan->input tells about itself to plan->say.text, whatever
 * the message level. The kernel and its machine need not be known. */
err_t job_info(const struct plan *);

/* jobs/check.c: look at every descriptor and every byte of the dump plan->input, compare its pages
 * with those of plan->against if there is one, and print what was found as job_info() does.
 * ERR_CORRUPT: something is wrong; the sentence names the first such thing. */
err_t job_check(const struct plan *);

/* jobs/verify.c: is what crash and drgn begin with in the dump plan->input? Print what was found as
 * job_info() does. ERR_CORRUPT: something is missing; the sentence names all that is. */
err_t job_verify(const struct plan *);

/* jobs/reassemble.c: make a valid dump of what plan->input, which was cut off or is incomplete,
 * still has. It is marked as incomplete if it lacks anything. */
err_t job_salvage(const struct plan *);

/* jobs/kcore.c: where the running kernel tells about itself beside /proc/kcore. */
struct kcore_files {
	const char *kcore, *iomem, *vmcoreinfo;
};

extern const struct kcore_files kcore_files;

/* If the source, just opened, is the memory of the running kernel: leave out the memory reserved
 * for a crash kernel, and make sure of vmcoreinfo among the notes. Otherwise nothing is done.
 * ERR_UNSUPPORTED: a kernel before 4.11, unless `any_version`. */
err_t kcore_prepare(struct source *, const struct kcore_files *, bool any_version);

#endif
