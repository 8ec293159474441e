// SPDX-License-Identifier: GPL-2.0-only
/* vmlinux.h - a kernel as it was linked: an ELF file with symbols and debug information. */
#ifndef FACTS_VMLINUX_H
#define FACTS_VMLINUX_H

#include "base/fault.h"
#include "facts/facts.h"

struct Elf;

struct vmlinux {
	const char *name;
	int fd;
	struct Elf *elf; /* owned; libelf maps the file */
	struct fault_area mapped;
	uint16_t machine; /* e_machine */
	uint8_t word_bytes;
	bool big_endian;
};

/* Open an executable. `name` must live as long as the facts taken from it. ERR_USAGE: there is no
 * such file. ERR_CORRUPT: it is no ELF executable. After a failure nothing is held. The thread that
 * opens it is the one that uses and closes it, and the struct stays where it is in between. */
err_t vmlinux_open(struct vmlinux *, const char *name);
void vmlinux_close(struct vmlinux *);

/* Take every fact the file knows and `facts` does not: release, build id, addresses as linked,
 * types. ERR_CORRUPT: no symbol table or no debug information, or damaged. ERR_IO: a part of the
 * file could not be read. */
err_t vmlinux_facts(struct vmlinux *, struct facts *);

/* What somebody does with a symbol and its address as linked. */
typedef void vmlinux_visit(void *argument, const char *name, vaddr_t at);

/* Show all symbols that have an address. Errors as vmlinux_facts(). */
err_t vmlinux_symbols(struct vmlinux *, vmlinux_visit *, void *argument);

/* Open the file that has the debug information of one that has none itself, as debuggers find it;
 * its name stays that of the first. False: it has its own, or there is no such file. */
bool vmlinux_debug(const struct vmlinux *, const struct facts *, struct vmlinux *debug);

/* Open, take, close. */
err_t vmlinux_read(const char *name, struct facts *);

#endif
