// SPDX-License-Identifier: GPL-2.0-only
/* names.c - look up all symbols that will be needed in one walk, and modules as they are asked
 * for. */
#include "jobs/names.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/kallsyms.h"

/* What is needed to find the rest. */
static const char *const always[] = {
	"_stext", "_etext", "modules", "btf_modules", "__start_BTF", "__stop_BTF", NULL,
};

static struct wanted_symbol *find(const struct kernel_names *names, const char *name)
{
	for (unsigned i = 0; i < names->symbols; i++)
		if (!strcmp(names->wanted[i].name, name))
			return &names->wanted[i];
	return NULL;
}

static vaddr_t at(const struct kernel_names *names, const char *name)
{
	const struct wanted_symbol *symbol = find(names, name);

	return symbol ? symbol->at : 0;
}

err_t names_want(struct kernel_names *names, const char *name)
{
	if (find(names, name))
		return OK;
	if (names->symbols == names->room) {
		unsigned room = names->room ? 2 * names->room : 64;
		struct wanted_symbol *grown =
			realloc(names->wanted, room * sizeof(*names->wanted));
		if (!grown)
			return fail(ERR_NOMEM, "no memory for %u symbols", room);
		names->wanted = grown;
		names->room = room;
	}
	names->wanted[names->symbols++] = (struct wanted_symbol){ .name = name };
	return OK;
}

/* --- symbols --- */

/* Of several of a name the first variable counts, before the first function. Letters alone do not
 * tell: 7.2 has data that is said to be text. Symbols come by address, and behind _etext no more
 * functions that stay. */
static void take_symbol(void *argument, const struct kernel_symbol *symbol)
{
	struct kernel_names *names = argument;
	struct wanted_symbol *wanted = find(names, symbol->name);

	if (!wanted)
		return;
	vaddr_t text_end = at(names, "_etext");
	bool function = strchr("tTwW", symbol->type) && (!text_end || symbol->at < text_end);
	if (!wanted->at || (wanted->function && !function)) {
		wanted->at = symbol->at;
		wanted->function = function;
	}
}

static err_t symbols_of_memory(struct kernel_names *names)
{
	struct initials wanted = { 0 };
	struct kallsyms_visitor visitor = { take_symbol, names, .wanted = &wanted };
	struct kallsyms kallsyms;

	for (unsigned i = 0; i < names->symbols; i++)
		initials_add(&wanted, names->wanted[i].name, INITIALS);
	TRY(kallsyms_open(&kallsyms, &names->dump->memory, &names->dump->facts));
	return kallsyms_walk(&kallsyms, &visitor);
}

static void take_linked(void *argument, const char *name, vaddr_t at_link)
{
	struct wanted_symbol *wanted = find(argument, name);

	if (wanted && !wanted->at)
		wanted->at = at_link;
}

static err_t open_vmlinux(struct kernel_names *names)
{
	if (names->has_vmlinux)
		return OK;
	TRY(vmlinux_open(&names->vmlinux, names->dump->plan->vmlinux));
	names->has_vmlinux = true;
	names->has_debug = vmlinux_debug(&names->vmlinux, &names->dump->facts, &names->debug);
	return OK;
}

/* As linked, and moved to where the kernel is: the facts tell where its text begins. What a part of
 * kallsyms told is where the kernel is already, and would move twice. */
static err_t symbols_of_vmlinux(struct kernel_names *names)
{
	uint64_t text;

	TRY(fact_need(&names->dump->facts, SYMBOL_STEXT, &text));
	TRY(open_vmlinux(names));
	for (unsigned i = 0; i < names->symbols; i++)
		names->wanted[i].at = 0;
	err_t result = vmlinux_symbols(&names->vmlinux, take_linked, names);
	if (result == ERR_CORRUPT && names->has_debug) /* it is stripped of them, too */
		result = vmlinux_symbols(&names->debug, take_linked, names);
	TRY(result);
	uint64_t linked = at(names, "_stext");
	for (unsigned i = 0; i < names->symbols; i++)
		if (names->wanted[i].at && names->wanted[i].at >= linked)
			names->wanted[i].at += text - linked;
	return linked ? OK : fail(ERR_NOFACT, "%s: no symbol _stext", names->vmlinux.name);
}

/* --- types --- */

static err_t types_of_memory(struct kernel_names *names)
{
	vaddr_t start = at(names, "__start_BTF"), end = at(names, "__stop_BTF");

	if (!start || end <= start)
		return fail(ERR_NOFACT, "the kernel has no BTF");
	TRY(btf_open(&names->btf, &names->dump->memory, start, end, NULL));
	names->has_btf = true;
	if (!names->types)
		names->types = &names->btf.types;
	return OK;
}

static err_t types_of_vmlinux(struct kernel_names *names)
{
	TRY(open_vmlinux(names));
	const struct vmlinux *from = names->has_debug ? &names->debug : &names->vmlinux;
	TRY(dwarf_open(&names->dwarf, from->elf, from->name));
	names->has_dwarf = true;
	TRY(dwarf_index(&names->dwarf));
	names->types = &names->dwarf.types;
	return OK;
}

/* Those of -x count; BTF is wanted all the same, for that of modules builds on it. */
static err_t find_all_types(struct kernel_names *names)
{
	if (names->dump->plan->vmlinux)
		TRY(types_of_vmlinux(names));
	err_t result = types_of_memory(names);
	return names->has_dwarf && result != ERR_NOMEM ? OK : result;
}

/* --- modules --- */

static void load_module(struct kernel_names *names, struct held_module *held)
{
	vaddr_t start, end;

	held->loaded = names->types && names->lists.modules &&
		       module_find(&names->lists, held->name, &held->module) == OK;
	held->has_btf = held->loaded && names->has_btf &&
			module_btf(&names->lists, &held->module, &start, &end) == OK &&
			btf_open(&held->btf, names->lists.memory, start, end, &names->btf) == OK;
}

/* NULL: more are asked for than can be held. */
static struct held_module *hold(struct kernel_names *names, const char *name)
{
	for (unsigned i = 0; i < names->modules; i++)
		if (!strcmp(names->held[i].name, name))
			return &names->held[i];
	if (names->modules == MODULES_HELD)
		return NULL;
	struct held_module *held = &names->held[names->modules++];
	*held = (struct held_module){ .name = name };
	load_module(names, held);
	return held;
}

/* --- the door --- */

static bool has_module(struct names *door, const char *module)
{
	const struct held_module *held = hold((struct kernel_names *)door, module);

	return held && held->loaded;
}

static bool find_symbol(struct names *door, const char *module, const char *name, vaddr_t *ret)
{
	struct kernel_names *names = (struct kernel_names *)door;

	if (module) {
		const struct held_module *held = hold(names, module);
		if (held && held->loaded &&
		    module_symbol(&names->lists, &held->module, name, ret) == OK)
			return true;
	}
	*ret = at(names, name);
	return *ret != 0;
}

static struct types *find_types(struct names *door, const char *module)
{
	struct kernel_names *names = (struct kernel_names *)door;
	struct held_module *held = module ? hold(names, module) : NULL;

	if (!module)
		return names->types;
	return held && held->has_btf ? &held->btf.types : names->types;
}

void names_init(struct kernel_names *names, struct dump *dump)
{
	*names = (struct kernel_names){ .door = { has_module, find_symbol, find_types },
					.dump = dump };
}

err_t names_load(struct kernel_names *names, struct kept_text *why)
{
	why->text[0] = 0;
	for (const char *const *name = always; *name; name++)
		TRY(names_want(names, *name));
	err_t result = symbols_of_memory(names);
	if (result != OK && names->dump->plan->vmlinux)
		result = symbols_of_vmlinux(names);
	if (result == OK)
		result = find_all_types(names);
	if (result == ERR_NOMEM)
		return result;
	if (result != OK)
		err_keep(why);
	names->lists = (struct module_lists){ .memory = &names->dump->memory,
					      .types = names->types,
					      .modules = at(names, "modules"),
					      .btf_modules = at(names, "btf_modules") };
	return OK;
}

err_t names_check(const struct kernel_names *names)
{
	bool lacks = (names->has_vmlinux && names->vmlinux.mapped.count) ||
		     (names->has_debug && names->debug.mapped.count);

	return lacks ? fail(ERR_IO, "%s: a part of the file cannot be read", names->vmlinux.name)
		     : OK;
}

void names_free(struct kernel_names *names)
{
	for (unsigned i = 0; i < names->modules; i++)
		if (names->held[i].has_btf)
			btf_close(&names->held[i].btf);
	if (names->has_btf)
		btf_close(&names->btf);
	if (names->has_dwarf)
		dwarf_close(&names->dwarf);
	if (names->has_debug)
		vmlinux_close(&names->debug);
	if (names->has_vmlinux)
		vmlinux_close(&names->vmlinux);
	free(names->wanted);
	*names = (struct kernel_names){ 0 };
}
