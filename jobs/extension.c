// SPDX-License-Identifier: GPL-2.0-only
/* extension.c - find, load and begin extensions, and answer what they call back.
 * What they call gets no argument that tells which dump is meant, so that stands in `host`, the
 * one variable of this file: set while extensions are loaded, and used by the main thread alone. */
#include "jobs/extension.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jobs/plugin.h"
#include "makedumpfile-extension.h"

struct extension {
	const char *path; /* owned */
	void *handle;
	bool complete; /* it has what it needs */
	int (*callback)(unsigned long pfn, const void *page);
	struct extension_symbol **symbol, **symbol_end;
	struct extension_type **type, **type_end;
};

struct extensions {
	struct extension one[EXTENSIONS_MOST];
	unsigned count;
};

static struct {
	struct dump *dump;
	bool sealed; /* nothing more can be erased */
} host;

int message_level, flag_strerr_message = 1;

/* --- what they may call --- */

int readmem(int type, unsigned long long at, void *bytes, size_t size)
{
	struct dump *dump = host.dump;
	err_t result = !dump || (type != VADDR && type != PADDR) ? ERR_HOLE
		       : type == VADDR ? memory_read(&dump->memory, at, bytes, size)
				       : reader_read(dump->memory.reader, at, bytes, size);

	return result == OK && size <= INT32_MAX ? (int)size : 0;
}

unsigned long long next_list(unsigned long long at)
{
	uint64_t next;

	return host.dump && memory_word(&host.dump->memory, at, &next) == OK ? next : 0;
}

int update_filter_info_raw(unsigned long long at, int fill, int length)
{
	const struct scrub_item item = { .at = at, .size = (uint64_t)length };

	if (!host.dump || !host.dump->scrub || host.sealed || length <= 0)
		return 0;
	return scrub_item(host.dump->scrub, &item) == OK &&
	       erase_range(&host.dump->memory, NULL, at, item.size, (uint8_t)fill,
			   host.dump->scrub) == OK;
}

/* --- loading --- */

static void tell(const struct dump *dump, const char *what, const char *path, const char *why)
{
	say(&dump->plan->say, SAY_ERROR, "makedumpfile: %s %s%s%s\n", what, path, why ? ": " : "",
	    why ? why : "");
}

/* As it is, or where extensions lie. NULL: nowhere. */
static char *find_file(const char *name)
{
	static const char *const folders[] = { "./", "./extensions/",
					       "/usr/lib64/makedumpfile/extensions/", NULL };
	char *path;

	if (*name == '/')
		return access(name, F_OK) ? NULL : strdup(name);
	for (const char *const *folder = folders; *folder; folder++) {
		if (asprintf(&path, "%s%s", *folder, name) < 0)
			return NULL;
		if (!access(path, F_OK))
			return path;
		free(path);
	}
	return NULL;
}

static bool is_extension(const char *name)
{
	size_t length = strlen(name);

	return length > 3 && !strcmp(name + length - 3, ".so");
}

/* Its tables; one that asks for nothing has none. */
static void find_tables(struct extension *extension)
{
	extension->symbol = plugin_symbol(extension->handle, "__start_init_ksyms");
	extension->symbol_end = plugin_symbol(extension->handle, "__stop_init_ksyms");
	extension->type = plugin_symbol(extension->handle, "__start_init_ktypes");
	extension->type_end = plugin_symbol(extension->handle, "__stop_init_ktypes");
	if (!extension->symbol || !extension->symbol_end)
		extension->symbol = extension->symbol_end = NULL;
	if (!extension->type || !extension->type_end)
		extension->type = extension->type_end = NULL;
}

static void unload(struct extension *extension)
{
	plugin_unload(extension->handle);
	free((void *)extension->path);
	*extension = (struct extension){ 0 };
}

/* False: it cannot be used, which was said. */
static bool load(const struct dump *dump, const char *name, struct extension *extension)
{
	if (!is_extension(name)) {
		tell(dump, "Skip invalid extension:", name, NULL);
		return false;
	}
	extension->path = find_file(name);
	if (!extension->path) {
		tell(dump, "Not found", name, NULL);
		return false;
	}
	if (plugin_load(extension->path, &extension->handle) != OK)
		tell(dump, "Failed to load", extension->path, err_text());
	else if (!plugin_symbol(extension->handle, "extension_init"))
		tell(dump, "Skip extension", extension->path, "No extension_init()");
	else
		return true;
	unload(extension);
	return false;
}

/* --- what they ask for --- */

/* NULL: the kernel itself. */
static const char *module_of(const char *name)
{
	return strcmp(name, "vmlinux") ? name : NULL;
}

static bool fill_symbol(struct kernel_names *names, struct extension_symbol *symbol)
{
	const char *module = module_of(symbol->module);

	symbol->index = -1;
	if (names->door.symbol(&names->door, module, symbol->name, &symbol->value))
		symbol->index = 0;
	return symbol->index >= 0 || !symbol->required;
}

static bool fill_member(struct types *types, const struct type *whole, struct extension_type *type)
{
	struct member member;
	struct type of;

	if (!types_member(types, whole, type->member, &member) ||
	    !types->get(types, member.type, &of) || !types_bare(types, &of, &of))
		return false;
	type->member_bit_offset = (uint32_t)member.bit_offset;
	type->member_bit_size = member.bits;
	type->member_size = (uint32_t)of.bytes;
	return true;
}

static bool fill_type(struct kernel_names *names, struct extension_type *type)
{
	struct types *types = names->door.types(&names->door, module_of(type->module));
	struct type whole;

	type->index = -1;
	if (!types || !types_named(types, type->name, &whole))
		return !type->struct_required && !(type->member && type->member_required);
	type->struct_size = (uint32_t)whole.bytes;
	if (type->member && !fill_member(types, &whole, type))
		return !type->member_required;
	type->index = 0;
	return true;
}

/* False: something that is required is missing, which is said. */
static bool fill(struct kernel_names *names, struct extension *extension)
{
	const struct dump *dump = names->dump;
	char what[256];

	for (struct extension_symbol **at = extension->symbol; at < extension->symbol_end; at++) {
		if (*at && !fill_symbol(names, *at)) {
			snprintf(what, sizeof(what), "Symbol %s in %s not found", (*at)->name,
				 (*at)->module);
			tell(dump, "Skip extension", extension->path, what);
			return false;
		}
	}
	for (struct extension_type **at = extension->type; at < extension->type_end; at++) {
		if (*at && !fill_type(names, *at)) {
			snprintf(what, sizeof(what), "%s%s%s %s in %s not found",
				 (*at)->member ? "Member " : "", (*at)->member ? (*at)->member : "",
				 (*at)->member ? " of struct" : "Struct", (*at)->name,
				 (*at)->module);
			tell(dump, "Skip extension", extension->path, what);
			return false;
		}
	}
	return true;
}

static err_t want(struct kernel_names *names, const struct extensions *extensions)
{
	for (unsigned i = 0; i < extensions->count; i++) {
		const struct extension *extension = &extensions->one[i];
		for (struct extension_symbol **at = extension->symbol; at < extension->symbol_end;
		     at++)
			if (*at)
				TRY(names_want(names, (*at)->name));
	}
	return OK;
}

/* Fill in what each asks for, and note who has what it needs. */
static err_t fill_all(struct kernel_names *names, struct extensions *extensions)
{
	struct kept_text why;

	TRY(want(names, extensions));
	TRY(names_load(names, &why));
	if (why.text[0])
		say(&names->dump->plan->say, SAY_ERROR, "makedumpfile: --extension: %s\n",
		    why.text);
	for (unsigned i = 0; i < extensions->count; i++)
		extensions->one[i].complete = fill(names, &extensions->one[i]);
	return OK;
}

/* Those that have what they need begin; the others go, now that nobody looks at their names. */
static void begin(struct extensions *extensions, const struct dump *dump)
{
	unsigned left = 0;

	for (unsigned i = 0; i < extensions->count; i++) {
		struct extension extension = extensions->one[i];
		if (!extension.complete) {
			unload(&extension);
			continue;
		}
		((void (*)(void))plugin_symbol(extension.handle, "extension_init"))();
		say(&dump->plan->say, SAY_COMMON, "Loaded extension: %s\n", extension.path);
		extensions->one[left++] = extension;
	}
	extensions->count = left;
}

static err_t fill_and_begin(struct extensions *extensions, struct dump *dump)
{
	struct kernel_names names;

	names_init(&names, dump);
	err_t result = fill_all(&names, extensions);
	names_free(&names);
	begin(extensions, dump);
	return result;
}

/* Any that keeps wins at once, then any that drops. */
static enum page_verdict ask(void *argument, pfn_t pfn, const uint8_t *page)
{
	const struct extensions *extensions = argument;
	enum page_verdict verdict = PAGE_UNDECIDED;

	for (unsigned i = 0; i < extensions->count; i++) {
		if (!extensions->one[i].callback)
			continue;
		int answer = extensions->one[i].callback((unsigned long)pfn, page);
		if (answer == EXTENSION_KEEP)
			return PAGE_KEEP;
		if (answer == EXTENSION_DROP)
			verdict = PAGE_DROP;
	}
	return verdict;
}

static err_t load_all(struct extensions *extensions, struct dump *dump)
{
	const struct plan *plan = dump->plan;

	for (unsigned i = 0; i < plan->extensions; i++) {
		struct extension *extension = &extensions->one[extensions->count];
		if (!load(dump, plan->extension[i], extension))
			continue;
		extension->callback = (int (*)(unsigned long, const void *))plugin_symbol(
			extension->handle, "extension_callback");
		find_tables(extension);
		extensions->count++;
	}
	return extensions->count ? fill_and_begin(extensions, dump) : OK;
}

err_t extensions_load(struct dump *dump)
{
	if (!dump->plan->extensions)
		return OK;
	if (!plugin_possible())
		return fail(ERR_UNSUPPORTED, "extension unsupported: this program is linked "
			    "statically");
	dump->extensions = calloc(1, sizeof(*dump->extensions));
	if (!dump->extensions)
		return fail(ERR_NOMEM, "no memory for extensions");
	host.dump = dump;
	host.sealed = false;
	message_level = (int)dump->plan->say.level;
	err_t result = load_all(dump->extensions, dump);
	host.sealed = true;
	for (unsigned i = 0; i < dump->extensions->count; i++)
		if (dump->extensions->one[i].callback)
			dump->decider.judge = ask;
	dump->decider.judge_of = dump->extensions;
	return result;
}

void extensions_unload(struct dump *dump)
{
	for (unsigned i = 0; dump->extensions && i < dump->extensions->count; i++)
		unload(&dump->extensions->one[i]);
	free(dump->extensions);
	dump->extensions = NULL;
	host.dump = NULL;
}
