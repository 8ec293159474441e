// SPDX-License-Identifier: GPL-2.0-only
/* by_addrxlat.c - walk page tables of a core with libaddrxlat, which has a walker and knows entries
 * of its own:
 *     by_addrxlat CORE FORMAT BITS ROOT MASK LOST < WANT
 * FORMAT is its name of the entries, BITS are of an address from the offset in a page upwards
 * (12,9,9), ROOT is the physical address of the topmost table, MASK are bits of entries that are no
 * address, LOST are bits of physical addresses that this version is known to lose. WANT has lines
 * "VADDR PADDR", the latter - where nothing is mapped. Prints the addresses that lead elsewhere,
 * and how many do not. */
#include <elf.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libkdumpfile/addrxlat.h>

enum { PAGE = 4096 };

/* An ELF core, of either class and byte order. */
struct core {
	FILE *file;
	int big, wide;
	uint64_t headers_at, header_bytes, headers;
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "by_addrxlat: %s: %s\n", what, why);
	exit(2);
}

/* Bytes of the file; what is behind its end is zeros. */
static void get_bytes(const struct core *core, uint64_t at, uint8_t *bytes, size_t size)
{
	if (fseeko(core->file, (off_t)at, SEEK_SET))
		die("the core", "cannot be read");
	size_t have = fread(bytes, 1, size, core->file);
	memset(bytes + have, 0, size - have);
}

static uint64_t get(const struct core *core, uint64_t at, size_t size)
{
	uint8_t bytes[8];
	uint64_t value = 0;

	get_bytes(core, at, bytes, size);
	for (size_t i = 0; i < size; i++)
		value = value << 8 | bytes[core->big ? i : size - 1 - i];
	return value;
}

static void open_core(struct core *core, const char *name)
{
	uint8_t ident[EI_NIDENT] = { 0 };

	core->file = fopen(name, "rb");
	if (!core->file)
		die(name, "cannot be opened");
	get_bytes(core, 0, ident, sizeof(ident));
	core->big = ident[EI_DATA] == ELFDATA2MSB;
	core->wide = ident[EI_CLASS] == ELFCLASS64;
	core->headers_at = get(core, core->wide ? 32 : 28, core->wide ? 8 : 4);
	core->header_bytes = get(core, core->wide ? 54 : 42, 2);
	core->headers = get(core, core->wide ? 56 : 44, 2);
}

/* A field of a program header, by its place in both classes. */
static uint64_t field(const struct core *core, uint64_t header, size_t narrow_at, size_t wide_at)
{
	uint64_t at = core->headers_at + header * core->header_bytes;

	return get(core, at + (core->wide ? wide_at : narrow_at), core->wide ? 8 : 4);
}

static void put_page(const addrxlat_buffer_t *buffer)
{
	free((void *)(uintptr_t)buffer->ptr);
}

/* Tables of ppc64 tell virtual addresses of the linear mapping, which begins at 0xc << 60. */
static addrxlat_status get_page(const addrxlat_cb_t *cb, addrxlat_buffer_t *buffer)
{
	struct core *core = cb->priv;
	uint8_t *page = malloc(PAGE);

	if (!page)
		return ADDRXLAT_ERR_NOMEM;
	buffer->addr.addr &= ~(uint64_t)(PAGE - 1);
	uint64_t at = buffer->addr.addr;
	if (buffer->addr.as == ADDRXLAT_KVADDR)
		at &= UINT64_MAX >> 4;
	buffer->ptr = page;
	buffer->put_page = put_page;
	buffer->size = PAGE;
	buffer->byte_order = core->big ? ADDRXLAT_BIG_ENDIAN : ADDRXLAT_LITTLE_ENDIAN;
	for (uint64_t i = 0; i < core->headers; i++) {
		uint64_t start = field(core, i, 12, 24);
		if (get(core, core->headers_at + i * core->header_bytes, 4) != PT_LOAD ||
		    at < start || at - start >= field(core, i, 16, 32))
			continue;
		get_bytes(core, field(core, i, 4, 8) + (at - start), page, PAGE);
		return ADDRXLAT_OK;
	}
	free(page);
	return ADDRXLAT_ERR_NODATA;
}

static unsigned long read_caps(const addrxlat_cb_t *cb)
{
	(void)cb;
	return ADDRXLAT_CAPS(ADDRXLAT_MACHPHYSADDR) | ADDRXLAT_CAPS(ADDRXLAT_KVADDR);
}

static addrxlat_meth_t tables(char **argv)
{
	addrxlat_meth_t tables = { .kind = ADDRXLAT_PGT, .target_as = ADDRXLAT_MACHPHYSADDR };
	addrxlat_param_pgt_t *shape = &tables.param.pgt;

	shape->root.as = ADDRXLAT_MACHPHYSADDR;
	shape->root.addr = strtoull(argv[4], NULL, 0);
	shape->pte_mask = strtoull(argv[5], NULL, 0);
	shape->pf.pte_format = addrxlat_pte_format(argv[2]);
	if (shape->pf.pte_format == ADDRXLAT_PTE_INVALID)
		die(argv[2], "libaddrxlat does not know such entries");
	for (char *bits = strtok(argv[3], ","); bits; bits = strtok(NULL, ","))
		if (shape->pf.nfields < ADDRXLAT_FIELDS_MAX)
			shape->pf.fieldsz[shape->pf.nfields++] = (unsigned short)atoi(bits);
	return tables;
}

/* Where an address leads, as WANT writes it. No table is for an address that is too large. */
static void walk(addrxlat_ctx_t *context, const addrxlat_meth_t *meth, uint64_t at, uint64_t lost,
		 char *ret, size_t size)
{
	addrxlat_step_t step = { .ctx = context, .meth = meth };
	addrxlat_status status = addrxlat_launch(&step, at);
	bool nowhere = status == ADDRXLAT_ERR_INVALID;

	while (status == ADDRXLAT_OK && step.remain)
		status = addrxlat_step(&step);
	if (status == ADDRXLAT_OK)
		snprintf(ret, size, "0x%" PRIx64, step.base.addr & ~lost);
	else
		snprintf(ret, size, nowhere || status == ADDRXLAT_ERR_NOTPRESENT ? "-" : "! %s",
			 addrxlat_ctx_get_err(context));
	addrxlat_ctx_clear_err(context);
}

int main(int argc, char **argv)
{
	char vaddr[32], paddr[32], found[256];
	unsigned same = 0, other = 0;
	struct core core = { 0 };

	if (argc != 7)
		die("usage", "by_addrxlat CORE FORMAT BITS ROOT MASK LOST < WANT");
	uint64_t lost = strtoull(argv[6], NULL, 0);
	open_core(&core, argv[1]);
	addrxlat_meth_t meth = tables(argv);
	addrxlat_ctx_t *context = addrxlat_ctx_new();
	addrxlat_cb_t *memory = context ? addrxlat_ctx_add_cb(context) : NULL;
	if (!memory)
		die("libaddrxlat", "no memory");
	memory->priv = &core;
	memory->get_page = get_page;
	memory->read_caps = read_caps;
	while (scanf("%31s %31s%*[^\n]", vaddr, paddr) == 2) {
		if (*paddr == '0')
			snprintf(paddr, sizeof(paddr), "0x%" PRIx64,
				 (uint64_t)strtoull(paddr, NULL, 0) & ~lost);
		walk(context, &meth, strtoull(vaddr, NULL, 0), lost, found, sizeof(found));
		if (!strcmp(paddr, found))
			same++;
		else if (++other)
			printf("  %s leads to %s, not %s\n", vaddr, found, paddr);
	}
	addrxlat_ctx_decref(context);
	printf("%u addresses alike, %u not\n", same, other);
	return other || !same;
}
