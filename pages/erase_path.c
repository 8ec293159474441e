// SPDX-License-Identifier: GPL-2.0-only
/* erase_path.c - names, members and pointers, one step after the other. */
#include "pages/erase_path.h"

#include <string.h>

#include "base/bytes.h"

enum { TYPE_NAME_BYTES = 128 };

/* Types of variables that BTF does not tell: it knows those of each CPU alone. These have been what
 * they are since 2.6. */
static const struct {
	const char *name, *type;
} well_known[] = {
	{ "init_task",          "task_struct" },
	{ "init_mm",            "mm_struct" },
	{ "init_uts_ns",        "uts_namespace" },
	{ "init_net",           "net" },
	{ "modules",            "list_head" },
	{ "saved_command_line", "char*" },
	{ NULL },
};

/* --- objects --- */

bool object_is_pointer(const struct object *object)
{
	return object->stars || object->type.kind == TYPE_POINTER;
}

bool object_is_struct(const struct object *object)
{
	return !object->stars &&
	       (object->type.kind == TYPE_STRUCT || object->type.kind == TYPE_UNION);
}

/* The bare type of an id. False: it is damaged, or of nothing. */
static bool bare(struct types *types, uint64_t id, struct type *ret)
{
	struct type type;

	return types->get(types, id, &type) && types_bare(types, &type, ret);
}

uint64_t object_bytes(const struct scene *scene, const struct object *object)
{
	const struct type *type = &object->type;
	struct type of;
	uint64_t bytes;

	if (object_is_pointer(object))
		return scene->memory->space->target.word_bytes;
	if (type->kind != TYPE_ARRAY || type->bytes)
		return type->bytes;
	if (!bare(object->types, type->of, &of))
		return 0;
	const struct object element = { .types = object->types, .type = of };
	return __builtin_mul_overflow(object_bytes(scene, &element), type->elements, &bytes)
		       ? 0 : bytes;
}

err_t object_value(const struct scene *scene, const struct object *object, uint64_t *ret)
{
	const struct type *type = &object->type;
	uint64_t bytes = object_bytes(scene, object);
	uint8_t byte;

	if (!object_is_pointer(object) && type->kind != TYPE_NUMBER && type->kind != TYPE_ENUM)
		return fail(ERR_NOFACT, "%s is neither number nor pointer",
			    *type->name ? type->name : "it");
	if (bytes == 1) {
		TRY(memory_need(scene->memory, object->at, &byte, 1));
		*ret = byte;
		return OK;
	}
	if (bytes != 2 && bytes != 4 && bytes != 8)
		return fail(ERR_NOFACT, "a number of %" PRIu64 " bytes", bytes);
	return memory_number(scene->memory, object->at, (unsigned)bytes, ret);
}

err_t object_target(const struct scene *scene, const struct object *object, struct object *ret)
{
	struct object target = *object;

	if (!object_is_pointer(object))
		return fail(ERR_NOFACT, "it is no pointer");
	if (target.stars)
		target.stars--;
	else if (!bare(object->types, object->type.of, &target.type))
		target.type = (struct type){ .kind = TYPE_VOID, .name = "void" };
	TRY(object_value(scene, object, &target.at));
	if (!target.at)
		return ERR_HOLE;
	*ret = target;
	return OK;
}

err_t object_element(const struct scene *scene, const struct object *object, uint64_t index,
		     struct object *ret)
{
	struct object element = *object;
	uint64_t skip;

	if (object_is_pointer(object)) {
		TRY(object_target(scene, object, &element));
	} else {
		if (object->type.kind != TYPE_ARRAY ||
		    !bare(object->types, object->type.of, &element.type))
			return fail(ERR_NOFACT, "it is no array");
		if (object->type.elements && index >= object->type.elements)
			return fail(ERR_NOFACT, "element %" PRIu64 " of %" PRIu64, index,
				    object->type.elements);
	}
	uint64_t bytes = object_bytes(scene, &element);
	if ((index && !bytes) || __builtin_mul_overflow(bytes, index, &skip))
		return fail(ERR_NOFACT, "its elements have no size, or it has not so many");
	element.at += skip;
	*ret = element;
	return OK;
}

/* Down to a struct: through pointers, and to the first element of an array. */
static err_t enter(const struct scene *scene, struct object *object)
{
	for (unsigned i = 0; i <= STARS_MOST && !object_is_struct(object); i++) {
		if (object_is_pointer(object))
			TRY(object_target(scene, object, object));
		else if (object->type.kind == TYPE_ARRAY)
			TRY(object_element(scene, object, 0, object));
	}
	return object_is_struct(object) ? OK : fail(ERR_NOFACT, "what should have a member is no "
						    "struct");
}

err_t object_member(const struct scene *scene, const struct object *object, const char *name,
		    struct object *ret)
{
	struct object whole = *object, part = { 0 };
	struct member member;

	TRY(enter(scene, &whole));
	part.types = whole.types;
	if (!types_member_within(whole.types, &whole.type, name, &member) ||
	    !bare(whole.types, member.type, &part.type))
		return fail(ERR_NOFACT, "%s has no member %s",
			    *whole.type.name ? whole.type.name : "the struct", name);
	if (member.bits || member.bit_offset % 8)
		return fail(ERR_NOFACT, "the member %s is made of single bits", name);
	part.at = whole.at + member.bit_offset / 8;
	*ret = part;
	return OK;
}

/* --- types by name --- */

/* NAME or NAME@MODULE, with any number of stars behind it. */
static err_t take_type(const struct scene *scene, const char *text, struct object *object)
{
	size_t length = strcspn(text, "*"), stars = strlen(text + length);
	char name[TYPE_NAME_BYTES];

	if (length >= sizeof(name) || stars > STARS_MOST)
		return fail(ERR_NOFACT, "the type %.64s is too long", text);
	memcpy(name, text, length);
	name[length] = 0;
	char *module = strchr(name, '@');
	object->types = scene->types;
	if (module) {
		*module++ = 0;
		if (!scene->names->module(scene->names, module))
			module = NULL; /* built in, if it is there at all */
		object->types = scene->names->types(scene->names, module);
	}
	object->stars = (unsigned)stars;
	if (!object->types || !types_named(object->types, name, &object->type))
		return fail(ERR_NOFACT, "no type %s", name);
	return OK;
}

/* --- what was looked up --- */

size_t known_count(const struct conf *conf)
{
	return 2 * (size_t)conf->steps + conf->commands;
}

/* The type that a step is taken for. */
static err_t take_as(const struct scene *scene, const struct conf_step *step,
		     struct object *object)
{
	size_t steps = scene->conf->steps;
	struct known *known = &scene->known[steps + (size_t)(step - scene->conf->step)];

	if (!known->looked) {
		known->looked = true;
		TRY(take_type(scene, step->as, &known->object));
		known->found = true;
	}
	if (!known->found)
		return fail(ERR_NOFACT, "no type %s", step->as);
	object->types = known->object.types;
	object->type = known->object.type;
	object->stars = known->object.stars;
	return OK;
}

static err_t find_container(const struct scene *scene, const struct conf_command *command,
			    struct known *known)
{
	const char *member = command->member ? command->member : "list";
	struct member found;

	known->looked = true;
	TRY(take_type(scene, command->type, &known->object));
	if (!types_chain(known->object.types, &known->object.type, member, &found) ||
	    found.bit_offset % 8)
		return fail(ERR_NOFACT, "%s has no member %s", command->type, member);
	known->offset = found.bit_offset / 8;
	known->found = true;
	return OK;
}

err_t object_container(const struct scene *scene, const struct conf_command *command, vaddr_t at,
		       struct object *ret)
{
	const struct conf *conf = scene->conf;
	struct known *known = &scene->known[2 * (size_t)conf->steps +
					    (size_t)(command - conf->command)];

	if (!known->looked)
		TRY(find_container(scene, command, known));
	if (!known->found)
		return fail(ERR_NOFACT, "no type %s with such a member", command->type);
	*ret = known->object;
	ret->at = at - known->offset;
	return OK;
}

/* --- paths --- */

static err_t start_type(const struct scene *scene, const struct conf_step *step,
			struct object *object)
{
	struct type type;

	if (step->as && !step->has_index)
		return OK; /* which is taken anyway */
	object->types = scene->types;
	if (scene->types->variable(scene->types, step->name, &type) &&
	    types_bare(scene->types, &type, &object->type))
		return OK;
	for (unsigned i = 0; well_known[i].name; i++)
		if (!strcmp(well_known[i].name, step->name))
			return take_type(scene, well_known[i].type, object);
	return fail(ERR_NOFACT, "the type of %s is not known; %s:TYPE tells it", step->name,
		    step->name);
}

static err_t find_variable(const struct scene *scene, const struct conf_step *step,
			   struct object *ret)
{
	if (!scene->types)
		return fail(ERR_NOFACT, "no types of %s are known",
			    scene->module ? scene->module : "the kernel");
	if (!scene->names->symbol(scene->names, scene->module, step->name, &ret->at))
		return fail(ERR_NOFACT, "no symbol %s", step->name);
	return start_type(scene, step, ret);
}

/* A loop's variable, or a variable of the kernel. */
static err_t start(const struct scene *scene, const struct conf_step *step, struct object *ret)
{
	for (unsigned i = scene->variables; i-- > 0;) {
		if (!strcmp(scene->variable[i].name, step->name)) {
			*ret = scene->variable[i].object;
			return OK;
		}
	}
	struct known *known = &scene->known[step - scene->conf->step];
	if (!known->looked) {
		known->looked = true;
		TRY(find_variable(scene, step, &known->object));
		known->found = true;
	}
	*ret = known->object;
	return known->found ? OK : fail(ERR_NOFACT, "no symbol %s whose type is known", step->name);
}

err_t path_follow(const struct scene *scene, const struct conf_path *path, struct object *ret)
{
	const struct conf_step *step = &scene->conf->step[path->first];
	struct object object;

	TRY(start(scene, step, &object));
	for (unsigned i = 0; i < path->steps; i++, step++) {
		if (i)
			TRY(object_member(scene, &object, step->name, &object));
		if (step->has_index)
			TRY(object_element(scene, &object, step->index, &object));
		if (step->as)
			TRY(take_as(scene, step, &object));
	}
	*ret = object;
	return OK;
}

err_t path_value(const struct scene *scene, const struct conf_path *path, uint64_t *ret)
{
	struct object object;

	TRY(path_follow(scene, path, &object));
	return object_value(scene, &object, ret);
}
