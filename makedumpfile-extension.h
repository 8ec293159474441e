/* SPDX-License-Identifier: GPL-2.0-only */
/* makedumpfile-extension.h - for authors of extensions: shared objects that decide about pages.
 *
 * An extension asks for symbols and types of the dumped kernel by EXTENSION_SYMBOL and
 * EXTENSION_TYPE; makedumpfile fills them in, from kallsyms and BTF in the dump, before it calls
 * extension_init(). If something that is required is missing, the extension is not used and the
 * dump goes on. Then extension_callback() is asked about each page whose struct page is looked at.
 * It must give the same answer when it is asked again. One thread calls it.
 *
 *     cc -shared -fPIC $(pkg-config --cflags makedumpfile-extension) -o mine.so mine.c
 *     makedumpfile -d31 --extension ./mine.so vmcore out
 *
 * Numbers in a struct page and in memory are as the dumped machine has them. */
#ifndef MAKEDUMPFILE_EXTENSION_H
#define MAKEDUMPFILE_EXTENSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum extension_answer {
	EXTENSION_KEEP = 0,      /* whatever the page is; wins over all other answers */
	EXTENSION_DROP = 1,      /* unless another rule has taken the page; the tail of a compound
				    page stays with its head */
	EXTENSION_UNDECIDED = 2,
};

/* A symbol. `module`: "vmlinux", or the module whose it is. */
struct extension_symbol {
	const char *module, *name;
	bool required;
	uint64_t value; /* filled in: its address */
	int index;      /* filled in: -1 when there is none */
};

/* A struct, or with `member` a member of it. Sizes are in bytes, what has `bit` in its name counts
 * bits. */
struct extension_type {
	const char *module, *name, *member; /* member NULL: the struct alone */
	bool struct_required : 1, member_required : 1;
	uint32_t member_bit_offset;
	uint32_t member_bit_size; /* of a bit field; else 0 */
	uint32_t member_size;
	uint32_t struct_size;
	int index;      /* -1 when there is none */
};

/* Ask for `variable.value` of a symbol of the module (a text) to be known in extension_init(). */
#define EXTENSION_SYMBOL(variable, module_name, symbol_name, is_required)                          \
	static struct extension_symbol variable = { module_name, symbol_name, is_required, 0, -1 };\
	static struct extension_symbol *variable##_asked                                           \
		__attribute__((used, section("init_ksyms"))) = &variable

#define EXTENSION_TYPE(variable, module_name, struct_name, member_name, is_required)               \
	static struct extension_type variable = { module_name, struct_name, member_name,           \
						  is_required, is_required, 0, 0, 0, 0, -1 };      \
	static struct extension_type *variable##_asked                                             \
		__attribute__((used, section("init_ktypes"))) = &variable

/* The bounds of the two tables, which makedumpfile looks up. Once, in one file of the extension;
 * both kinds must be asked for. */
#define EXTENSION_TABLES                                                                           \
	extern struct extension_symbol *__start_init_ksyms[], *__stop_init_ksyms[];                \
	extern struct extension_type *__start_init_ktypes[], *__stop_init_ktypes[];                \
	void *const extension_tables[] __attribute__((used)) = {                                   \
		__start_init_ksyms, __stop_init_ksyms, __start_init_ktypes, __stop_init_ktypes }

/* What an extension has; the callback may be left out. */
void extension_init(void);
int extension_callback(unsigned long pfn, const void *struct_page);

/* --- what makedumpfile offers --- */

enum { VADDR = 0, PADDR = 1, VADDR_XEN = 2 };

/* Read memory of the dumped machine. Returns size, or 0: there is no such memory. */
int readmem(int type, unsigned long long at, void *bytes, size_t size);

/* list_head.next of the list_head at an address; 0: it cannot be read. */
unsigned long long next_list(unsigned long long at);

/* Overwrite `length` bytes at a kernel address in the dump that is written with `fill`. In
 * extension_init() only. Returns 1, or 0: it is not possible. */
int update_filter_info_raw(unsigned long long at, int fill, int length);

/* Bits of --message-level, and whether errors may be printed. */
extern int message_level, flag_strerr_message;

#endif
