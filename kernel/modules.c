// SPDX-License-Identifier: GPL-2.0-only
/* modules.c - two lists of the kernel: struct module, and struct btf_module. */
#include "kernel/modules.h"

#include <string.h>

#include "base/bytes.h"

enum { MODULES_MOST = 4096, SYMBOLS_MOST = 1 << 20, SYMBOL_NAME_BYTES = 512 };

/* Where a member, or a member of a member, is in a struct. */
static err_t offset(struct types *types, const char *type, const char *chain, uint64_t *ret)
{
	struct type whole;
	struct member member;

	if (!types_named(types, type, &whole) || !types_chain(types, &whole, chain, &member))
		return fail(ERR_NOFACT, "no %s.%s", type, chain);
	*ret = member.bit_offset / 8;
	return OK;
}

/* Read a pointer member. */
static err_t pointer(const struct module_lists *lists, vaddr_t at, const char *type,
		     const char *chain, vaddr_t *ret)
{
	uint64_t skip;

	TRY(offset(lists->types, type, chain, &skip));
	return memory_word(lists->memory, at + skip, ret);
}

static err_t read_name(const struct module_lists *lists, vaddr_t at, char name[MODULE_NAME_BYTES])
{
	uint64_t skip;

	TRY(offset(lists->types, "struct module", "name", &skip));
	memset(name, 0, MODULE_NAME_BYTES);
	return memory_need(lists->memory, at + skip, name, MODULE_NAME_BYTES - 8);
}

/* The symbol table moved into core_kallsyms in 4.5 (8244062ef1e5). */
static err_t read_symtab(const struct module_lists *lists, struct kernel_module *module)
{
	static const char *const places[][3] = {
		{ "core_kallsyms.symtab", "core_kallsyms.num_symtab", "core_kallsyms.strtab" },
		{ "symtab", "num_symtab", "strtab" },
	};
	const char *const *place = places[0];
	uint64_t skip;

	if (offset(lists->types, "struct module", place[0], &skip) != OK)
		place = places[1];
	TRY(pointer(lists, module->at, "struct module", place[0], &module->symbols));
	TRY(pointer(lists, module->at, "struct module", place[2], &module->names));
	TRY(offset(lists->types, "struct module", place[1], &skip));
	return memory_number(lists->memory, module->at + skip, 4, &module->count);
}

static bool same_name(const char *one, const char *other)
{
	while (*one && (*one == *other || (strchr("-_", *one) && *other && strchr("-_", *other)))) {
		one++;
		other++;
	}
	return *one == *other;
}

err_t module_find(const struct module_lists *lists, const char *name, struct kernel_module *ret)
{
	uint64_t link;
	vaddr_t node;

	TRY(offset(lists->types, "struct module", "list", &link));
	TRY(memory_word(lists->memory, lists->modules, &node));
	for (unsigned i = 0; i < MODULES_MOST && node != lists->modules; i++) {
		ret->at = node - link;
		TRY(within(read_name(lists, ret->at, ret->name), "list of modules"));
		if (same_name(ret->name, name))
			return within(read_symtab(lists, ret), "module %s", ret->name);
		TRY(within(memory_word(lists->memory, node, &node), "list of modules"));
	}
	return fail(ERR_NOFACT, "no module %s is loaded", name);
}

/* Is the text at `at` this one? */
static bool has_text(const struct module_lists *lists, vaddr_t at, const char *text, size_t bytes)
{
	char found[SYMBOL_NAME_BYTES];

	return bytes <= sizeof(found) && memory_read(lists->memory, at, found, bytes) == OK &&
	       !memcmp(found, text, bytes);
}

err_t module_symbol(const struct module_lists *lists, const struct kernel_module *module,
		    const char *name, vaddr_t *ret)
{
	const struct target *target = &lists->memory->space->target;
	bool big = target->big_endian, wide = target->word_bytes == 8;
	size_t size = wide ? 24 : 16, length = strlen(name) + 1;
	uint8_t symbol[24];

	for (uint64_t i = 1; i < min_u64(module->count, SYMBOLS_MOST); i++) {
		TRY(within(memory_need(lists->memory, module->symbols + i * size, symbol, size),
			   "symbols of module %s", module->name));
		uint64_t value = wide ? get_64(big, symbol + 8) : get_32(big, symbol + 4);
		if (value && has_text(lists, module->names + get_32(big, symbol), name, length)) {
			*ret = value;
			return OK;
		}
	}
	return fail(ERR_NOFACT, "module %s has no symbol %s", module->name, name);
}

err_t module_btf(const struct module_lists *lists, const struct kernel_module *module,
		 vaddr_t *start, vaddr_t *end)
{
	uint64_t link, size_at, size;
	vaddr_t node, of, btf;

	if (!lists->btf_modules)
		return fail(ERR_NOFACT, "no module has BTF");
	TRY(offset(lists->types, "struct btf_module", "list", &link));
	TRY(offset(lists->types, "struct btf", "data_size", &size_at));
	TRY(memory_word(lists->memory, lists->btf_modules, &node));
	for (unsigned i = 0; i < MODULES_MOST && node != lists->btf_modules; i++) {
		TRY(pointer(lists, node - link, "struct btf_module", "module", &of));
		if (of == module->at) {
			TRY(pointer(lists, node - link, "struct btf_module", "btf", &btf));
			TRY(pointer(lists, btf, "struct btf", "data", start));
			TRY(memory_number(lists->memory, btf + size_at, 4, &size));
			*end = *start + size;
			return OK;
		}
		TRY(memory_word(lists->memory, node, &node));
	}
	return fail(ERR_NOFACT, "module %s has no BTF", module->name);
}
