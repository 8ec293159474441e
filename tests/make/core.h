// SPDX-License-Identifier: GPL-2.0-only
/* core.h - what a recipe comes to, and how it is written as an ELF core; for mkdump. */
#ifndef TESTS_MAKE_CORE_H
#define TESTS_MAKE_CORE_H

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include "tests/make/itself.h"
#include "tests/make/kernel.h"
#include "tests/make/log.h"

enum { WORDS = 32, SEGMENTS = 1 << 22, NOTES = 16, BREAKS = 64, INFO_BYTES = 16384 };

/* A PT_LOAD. */
struct load {
	uint64_t paddr, memory_bytes, file_bytes, skew, vaddr;
	size_t like;      /* the bytes in the file are those of this load, counted from 1; 0: own */
	uint64_t file_at; /* filled in by write_loads() */
};

struct note {
	char name[16];
	uint32_t type;
	const uint8_t *desc;
	size_t desc_bytes;
};

/* Bytes put over the finished file. */
struct breakage {
	uint64_t at;
	uint8_t bytes[256];
	size_t size;
};

/* Numbers of the ELF header that a recipe may set. */
struct elf {
	uint64_t class, big, machine, type, phoff, ehsize, shoff, phentsize, phnum, extended;
};

struct recipe {
	struct elf elf;
	struct load *load;
	size_t loads;
	struct note note[NOTES];
	size_t notes, cpus;
	bool separate_notes, no_notes;
	bool info_wanted;
	char info[INFO_BYTES]; /* vmcoreinfo, line by line */
	uint64_t info_most;    /* of it this much fits the note */
	struct breakage breakage[BREAKS];
	size_t breakages;
	uint64_t truncate; /* UINT64_MAX: no */
	bool made;         /* there is a kernel */
	struct kernel kernel;
	struct log log;
	struct own own;
};

/* --- writing the ELF core --- */

struct output {
	const struct recipe *recipe;
	int fd;
	const char *name;
	struct target words; /* of the file's headers */
	uint64_t header_bytes, phdr_bytes, shdr_bytes, phoff, shoff, phdrs, at;
};

static void write_at(const struct output *output, uint64_t at, const void *bytes, size_t size)
{
	if (pwrite(output->fd, bytes, size, (off_t)at) != (ssize_t)size)
		die("%s: cannot be written", output->name);
}

/* ELF32 and ELF64 have the fields in the same order; p_flags alone moved. */
static void write_header(const struct output *output)
{
	const struct elf *elf = &output->recipe->elf;
	unsigned word = output->words.word_bytes;
	uint8_t bytes[64] = { 0x7f, 'E', 'L', 'F', word / 4, elf->big ? 2 : 1, EV_CURRENT };
	uint64_t phnum = elf->extended ? PN_XNUM : elf->phnum ? elf->phnum : output->phdrs;
	uint8_t *rest = bytes + 24 + 3 * word + 4;

	put_16(elf->big, bytes + 16, (uint16_t)elf->type);
	put_16(elf->big, bytes + 18, (uint16_t)elf->machine);
	put_32(elf->big, bytes + 20, EV_CURRENT);
	put_word(&output->words, bytes + 24 + word, output->phoff);
	put_word(&output->words, bytes + 24 + 2 * word, output->shoff);
	put_16(elf->big, rest, (uint16_t)(elf->ehsize ? elf->ehsize : output->header_bytes));
	put_16(elf->big, rest + 2, (uint16_t)output->phdr_bytes);
	put_16(elf->big, rest + 4, (uint16_t)phnum);
	put_16(elf->big, rest + 6, (uint16_t)(output->shoff ? output->shdr_bytes : 0));
	put_16(elf->big, rest + 8, output->shoff ? 1 : 0);
	write_at(output, 0, bytes, output->header_bytes);
	if (!output->shoff)
		return;
	uint8_t section[64] = { 0 };
	put_32(elf->big, section + (word == 8 ? 44 : 28), (uint32_t)output->phdrs);
	write_at(output, output->shoff, section, output->shdr_bytes);
}

static void write_phdr(struct output *output, uint32_t index, uint32_t type, uint64_t file_at,
		       const struct load *load)
{
	unsigned word = output->words.word_bytes;
	uint8_t bytes[128] = { 0 }, *at = bytes + (word == 8 ? 8 : 4);
	const uint64_t fields[] = { file_at, load->vaddr, load->paddr, load->file_bytes,
				    load->memory_bytes };

	put_32(output->words.big_endian, bytes, type);
	for (unsigned i = 0; i < 5; i++)
		put_word(&output->words, at + i * word, fields[i]);
	write_at(output, output->phoff + index * output->phdr_bytes, bytes,
		 min_u64(output->phdr_bytes, sizeof(bytes)));
}

static void add_note(struct output *output, const char *name, uint32_t type, const void *desc,
		     size_t size)
{
	bool big = output->words.big_endian;
	uint8_t header[12];

	put_32(big, header, (uint32_t)strlen(name) + 1);
	put_32(big, header + 4, (uint32_t)size);
	put_32(big, header + 8, type);
	write_at(output, output->at, header, sizeof(header));
	write_at(output, output->at + 12, name, strlen(name) + 1);
	output->at = round_up(output->at + 12 + strlen(name) + 1, 4);
	write_at(output, output->at, desc, size);
	output->at = round_up(output->at + size, 4);
}

/* One PT_NOTE with all notes, or one each. Returns the number of program headers. */
static uint32_t write_notes(struct output *output)
{
	const struct recipe *recipe = output->recipe;
	size_t info = min_u64(strlen(recipe->info), recipe->info_most);
	size_t all = recipe->cpus + recipe->notes + recipe->info_wanted;
	uint64_t start = output->at;
	uint8_t status[336] = { 0 };
	uint32_t index = 0;

	for (size_t i = 0; i < all && !recipe->no_notes; i++) {
		if (i < recipe->cpus)
			add_note(output, "CORE", NT_PRSTATUS, status, sizeof(status));
		else if (i - recipe->cpus < recipe->notes)
			add_note(output, recipe->note[i - recipe->cpus].name,
				 recipe->note[i - recipe->cpus].type,
				 recipe->note[i - recipe->cpus].desc,
				 recipe->note[i - recipe->cpus].desc_bytes);
		else
			add_note(output, "VMCOREINFO", 0, recipe->info, info);
		if (!recipe->separate_notes && i + 1 < all)
			continue;
		struct load load = { .file_bytes = output->at - start,
				     .memory_bytes = output->at - start };
		write_phdr(output, index++, PT_NOTE, start, &load);
		start = output->at;
	}
	return index;
}

static void write_load(struct output *output, const struct load *load)
{
	uint8_t **memory = output->recipe->kernel.memory;
	uint64_t step;

	for (uint64_t done = 0; done < load->file_bytes && load->paddr != UINT64_MAX;
	     done += step) {
		uint64_t at = load->paddr + done;
		step = min_u64(PAGE - at % PAGE, load->file_bytes - done);
		if (at / PAGE < PFNS && memory[at / PAGE])
			write_at(output, output->at + done, memory[at / PAGE] + at % PAGE, step);
	}
	output->at += load->file_bytes;
}

static void write_loads(struct output *output, uint32_t index)
{
	const struct kernel *kernel = &output->recipe->kernel;
	struct load *loads = output->recipe->load;

	for (size_t i = 0; i < output->recipe->loads; i++) {
		struct load load = loads[i];
		if (load.vaddr == UINT64_MAX)
			load.vaddr = load.paddr + (output->recipe->made ? kernel->direct_shift
								       : 0xffff880000000000);
		if (load.skew || load.paddr % PAGE == 0)
			output->at = round_up(output->at, PAGE) + load.skew;
		else /* as kexec does: the same place in a page of the file */
			output->at = round_up(output->at, PAGE) + load.paddr % PAGE;
		loads[i].file_at = load.like ? loads[load.like - 1].file_at : output->at;
		write_phdr(output, index++, PT_LOAD, loads[i].file_at, &load);
		if (!load.like)
			write_load(output, &load);
	}
}

static void write_breakages(struct output *output)
{
	const struct recipe *recipe = output->recipe;

	if (ftruncate(output->fd, (off_t)output->at) != 0)
		die("%s: cannot be truncated", output->name);
	for (size_t i = 0; i < recipe->breakages; i++)
		write_at(output, recipe->breakage[i].at, recipe->breakage[i].bytes,
			 recipe->breakage[i].size);
	if (recipe->truncate != UINT64_MAX &&
	    ftruncate(output->fd, (off_t)recipe->truncate) != 0)
		die("%s: cannot be truncated", output->name);
}

static void write_core(const struct recipe *recipe, const char *name)
{
	const struct elf *elf = &recipe->elf;
	bool wide = elf->class == 64;
	struct output output = { .recipe = recipe, .name = name,
				 .words = { .word_bytes = wide ? 8 : 4, .big_endian = elf->big },
				 .header_bytes = wide ? 64 : 52, .shdr_bytes = wide ? 64 : 40 };
	size_t notes = recipe->no_notes ? 0 : recipe->separate_notes ?
		recipe->cpus + recipe->notes + recipe->info_wanted :
		recipe->cpus + recipe->notes + recipe->info_wanted > 0;

	output.phdr_bytes = elf->phentsize ? elf->phentsize : wide ? 56 : 32;
	output.shoff = elf->shoff ? elf->shoff : elf->extended ? output.header_bytes : 0;
	output.phoff = elf->phoff ? elf->phoff : output.shoff ? output.shoff + output.shdr_bytes
							      : output.header_bytes;
	output.phdrs = notes + recipe->loads;
	output.at = round_up(output.phoff + output.phdrs * output.phdr_bytes, 8);
	output.fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (output.fd < 0)
		die("%s: cannot be made", name);
	write_header(&output);
	write_loads(&output, write_notes(&output));
	write_breakages(&output);
	if (close(output.fd) != 0)
		die("%s: cannot be closed", name);
}

#endif
