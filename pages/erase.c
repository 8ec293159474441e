// SPDX-License-Identifier: GPL-2.0-only
/* erase.c - carry out the commands of --config: loops over the kernel's own lists, and at their
 * ends addresses and sizes. Lists of a dead kernel may be broken, so none is followed without end:
 * a walk that comes back to where it was (Brent's way of finding it), or goes on too long, ends. */
#include "pages/erase.h"

#include <stdlib.h>
#include <string.h>

#include "base/scope.h"
#include "base/stop.h"
#include "pages/erase_path.h"

enum {
	LOOP_MOST = 1 << 20,     /* elements of one loop */
	WORK_MOST = 1 << 24,     /* elements of all loops, and pages of all that is erased */
	TOLD_MOST = 64 << 20,    /* bytes by a size that the dump tells: kmalloc() gives less */
	TREE_DEPTH_MOST = 128,
	STRING_MOST = 1024,      /* a char * ends there */
};

struct eraser {
	struct scene scene;
	struct scrub *scrub;
	erase_tell *tell;
	void *argument;
	bool *told;          /* of each command: why it was skipped; owned by erase_find() */
	const char *missing; /* a module that was told to be missing */
	uint64_t work;
};

static void tell(struct eraser *eraser, const struct conf_command *command, const char *text)
{
	bool *told = &eraser->told[command - eraser->scene.conf->command];

	if (!*told)
		eraser->tell(eraser->argument, command, text);
	*told = true;
}

/* Ends all, not just a command. */
static bool is_fatal(err_t result)
{
	return result == ERR_NOMEM || result == ERR_UNSUPPORTED || result == ERR_STOPPED;
}

/* Hostile data can make all of this long, so there is an end. */
static err_t work(struct eraser *eraser, const struct conf_command *command, uint64_t more)
{
	TRY(stop_check());
	eraser->work += more;
	return eraser->work <= WORK_MOST ? OK :
		fail(ERR_UNSUPPORTED, "%s:%u: these are more than %d elements and pages together",
		     eraser->scene.conf->name, command->line, WORK_MOST);
}

/* --- bytes --- */

static err_t translate(struct memory *memory, const struct space *space, vaddr_t at, paddr_t *ret,
		       uint64_t *run)
{
	return space ? space_translate(space, memory->tables, at, ret, run)
		     : memory_translate(memory, at, ret, run);
}

/* The highest address. */
static vaddr_t last_of(const struct memory *memory)
{
	return memory->space->target.word_bytes == 8 ? UINT64_MAX : UINT32_MAX;
}

err_t erase_range(struct memory *memory, const struct space *space, vaddr_t at, uint64_t bytes,
		  uint8_t fill, struct scrub *scrub)
{
	uint64_t page = page_bytes(&memory->space->target), run;
	struct kept_text why;
	err_t worst = OK;
	paddr_t physical;

	bytes = bytes ? min_u64(bytes - 1, last_of(memory) - at) + 1 : 0;
	while (bytes) {
		err_t result = translate(memory, space, at, &physical, &run);
		if (result != OK)
			run = page - at % page;
		run = min_u64(run, bytes);
		if (result == OK)
			TRY(scrub_add(scrub, physical, run, fill));
		if (result != OK && result != ERR_HOLE && worst == OK) {
			worst = result;
			err_keep(&why);
		}
		at += run;
		bytes -= run;
	}
	return worst == OK ? OK : err_again(worst, &why);
}

/* The page tables of a process. */
static err_t space_of(const struct scene *scene, const struct conf_path *path, struct space *ret)
{
	struct object mm, pgd;
	uint64_t at, run;

	*ret = *scene->memory->space;
	if (!ret->user_tables)
		return fail(ERR_NOFACT, "the address spaces of this machine's processes are not "
			    "known");
	TRY(path_follow(scene, path, &mm));
	TRY(object_member(scene, &mm, "pgd", &pgd));
	TRY(object_value(scene, &pgd, &at));
	err_t result = at ? memory_translate(scene->memory, at, &ret->root, &run) : ERR_HOLE;
	ret->regions = 0;
	return result;
}

/* --- erase --- */

/* Bytes of a string, without its NUL. */
static err_t string_bytes(const struct scene *scene, vaddr_t at, uint64_t *ret)
{
	uint8_t byte = 1;

	for (*ret = 0; *ret < STRING_MOST; ++*ret) {
		TRY(memory_need(scene->memory, at + *ret, &byte, 1));
		if (!byte)
			break;
	}
	return OK;
}

/* As much as the type says. */
static err_t whole(const struct scene *scene, const struct object *object, struct scrub_item *item)
{
	struct object target = *object;

	if (object_is_pointer(object))
		TRY(object_target(scene, object, &target));
	item->at = target.at;
	if (object_is_pointer(object) && !strcmp(target.type.name, "char") && !target.stars)
		return string_bytes(scene, target.at, &item->size);
	item->size = object_bytes(scene, &target);
	return item->size ? OK : fail(ERR_NOFACT, "its type has no size");
}

/* The pointer itself. */
static err_t pointer(const struct scene *scene, const struct object *object,
		     struct scrub_item *item)
{
	if (!object_is_pointer(object))
		return fail(ERR_NOFACT, "what is to be nullified is no pointer");
	item->nullify = true;
	item->at = object->at;
	item->size = object_bytes(scene, object);
	return OK;
}

/* Where it begins: a number is an address where only an address makes sense. */
static err_t begin_of(const struct scene *scene, const struct conf_command *command,
		      const struct object *object, vaddr_t *ret)
{
	bool number = object->type.kind == TYPE_NUMBER &&
		      (command->extent == CONF_TO || command->space.steps);

	*ret = object->at;
	if (!object_is_pointer(object) && !number)
		return OK;
	TRY(object_value(scene, object, ret));
	return *ret ? OK : ERR_HOLE;
}

static err_t extent(const struct scene *scene, const struct conf_command *command,
		    const struct object *object, struct scrub_item *item)
{
	uint64_t number = command->size;

	if (command->extent == CONF_NULLIFY)
		return pointer(scene, object, item);
	if (command->extent == CONF_WHOLE)
		return whole(scene, object, item);
	TRY(begin_of(scene, command, object, &item->at));
	if (command->size_path.steps)
		TRY(path_value(scene, &command->size_path, &number));
	if (command->extent == CONF_TO)
		number = number > item->at ? number - item->at : 0;
	item->size = number;
	return OK;
}

/* Bytes of what is erased, where there is a type that tells: behind a pointer, of structs alone,
 * for others may point to any number of bytes. */
static uint64_t bytes_of(const struct scene *scene, const struct object *object)
{
	struct object target = *object;

	if (!object_is_pointer(object))
		return object_bytes(scene, object);
	return object_target(scene, object, &target) == OK && object_is_struct(&target)
		? object_bytes(scene, &target) : 0;
}

/* What should be known of a size that is odd; it is erased all the same, up to an end. A number in
 * the dump may be anything. */
static void doubt_size(struct eraser *eraser, const struct conf_command *command,
		       const struct object *object, struct scrub_item *item)
{
	bool written = !command->size_path.steps || command->space.steps;
	uint64_t most = written ? RANGE_MOST : TOLD_MOST;
	bool whole = command->extent != CONF_SIZE || command->space.steps;
	uint64_t has = whole ? 0 : bytes_of(&eraser->scene, object);

	if (item->size > most) {
		fail(ERR_NOFACT, "%" PRIu64 " bytes are too many; the first %" PRIu64 " are erased",
		     item->size, most);
		tell(eraser, command, err_text());
		item->size = most;
	} else if (has && item->size > has) {
		fail(ERR_NOFACT, "%" PRIu64 " bytes are erased, and it has %" PRIu64, item->size,
		     has);
		tell(eraser, command, err_text());
	}
}

static err_t erase(struct eraser *eraser, const struct conf_command *command)
{
	const struct scene *scene = &eraser->scene;
	struct scrub_item item = { .text = command->path.text,
				   .text_bytes = (uint32_t)command->path.length };
	struct object object;
	struct space space;

	TRY(path_follow(scene, &command->path, &object));
	TRY(extent(scene, command, &object, &item));
	if (command->space.steps)
		TRY(space_of(scene, &command->space, &space));
	doubt_size(eraser, command, &object, &item);
	if (!item.size)
		return OK;
	TRY(work(eraser, command, item.size / page_bytes(&scene->memory->space->target)));
	TRY(scrub_item(eraser->scrub, &item));
	return erase_range(scene->memory, command->space.steps ? &space : NULL, item.at, item.size,
			   item.nullify ? 0 : SCRUB_FILL, eraser->scrub);
}

/* --- loops --- */

static err_t run(struct eraser *eraser, unsigned first, unsigned end);

/* The body, for one element. */
static err_t each(struct eraser *eraser, const struct conf_command *command,
		  const struct object *object)
{
	struct scene *scene = &eraser->scene;
	unsigned number = (unsigned)(command - scene->conf->command);

	TRY(work(eraser, command, 1));
	scene->variable[scene->variables++] = (struct variable){ command->variable, *object };
	err_t result = run(eraser, number + 1, command->body_end);
	scene->variables--;
	return result;
}

/* Where a walk has been: each power of two steps a mark is set, and met again in a circle. */
struct trail {
	vaddr_t mark;
	uint64_t steps, next_mark;
};

static err_t go_on(struct trail *trail, vaddr_t at)
{
	if (trail->steps && at == trail->mark)
		return fail(ERR_CORRUPT, "the list goes in a circle at %#" PRIx64
			    ", %" PRIu64 " elements from its beginning", at, trail->steps);
	if (trail->steps == LOOP_MOST)
		return fail(ERR_CORRUPT, "the list has more than %d elements", LOOP_MOST);
	if (trail->steps++ >= trail->next_mark) {
		trail->mark = at;
		trail->next_mark = 2 * trail->steps;
	}
	return OK;
}

/* Elements of an array, or `count` behind a pointer; NULL pointers are passed over. */
static err_t loop_elements(struct eraser *eraser, const struct conf_command *command,
			   const struct object *object, uint64_t count)
{
	const struct scene *scene = &eraser->scene;
	struct object element;

	if (count > LOOP_MOST)
		return fail(ERR_CORRUPT, "%" PRIu64 " elements are more than %d", count, LOOP_MOST);
	for (uint64_t i = 0; i < count; i++) {
		TRY(object_element(scene, object, i, &element));
		err_t result = object_is_pointer(&element)
				       ? object_target(scene, &element, &element) : OK;
		if (result == ERR_HOLE)
			continue;
		TRY(result);
		TRY(each(eraser, command, &element));
	}
	return OK;
}

/* Structs, each with a pointer to the next. */
static err_t loop_via(struct eraser *eraser, const struct conf_command *command,
		      const struct object *object)
{
	const struct scene *scene = &eraser->scene;
	const char *member = command->member ? command->member : "next";
	struct object at = *object, next;
	struct trail trail = { 0 };
	err_t result = OK;

	if (object_is_pointer(object))
		TRY(object_target(scene, object, &at));
	if (!object_is_struct(&at))
		return fail(ERR_NOFACT, "what is to be followed is no struct");
	for (vaddr_t first = at.at; result == OK && (!trail.steps || at.at != first); at = next) {
		TRY(go_on(&trail, at.at));
		TRY(object_member(scene, &at, member, &next));
		if (!object_is_pointer(&next))
			return fail(ERR_NOFACT, "the member %s is no pointer", member);
		TRY(each(eraser, command, &at));
		result = object_target(scene, &next, &next);
		if (result == OK && (next.type.kind != at.type.kind ||
				     strcmp(next.type.name, at.type.name) != 0))
			return fail(ERR_NOFACT, "the member %s does not lead to the same type",
				    member);
	}
	return result == ERR_HOLE ? OK : result;
}

/* The pointer to the first node of a list, and the address at which the list ends. */
static err_t list_begin(const struct scene *scene, struct object *object, vaddr_t *head)
{
	*head = object->at;
	if (object_is_pointer(object))
		return OK;
	return object_member(scene, object, "next", object) == OK
		       ? OK : object_member(scene, object, "first", object);
}

/* Structs with a node in them: list_head, which ends at its head; hlist_node and llist_node, which
 * end with NULL; hlist_nulls_node, which ends with an odd number. */
static err_t loop_within(struct eraser *eraser, const struct conf_command *command,
			 struct object object)
{
	const struct scene *scene = &eraser->scene;
	struct object node = { 0 }, container;
	struct trail trail = { 0 };
	vaddr_t head, first = 0, last = 0;

	TRY(list_begin(scene, &object, &head));
	err_t result = object_target(scene, &object, &node);
	while (result == OK && !(node.at & 1) && node.at != head && node.at != first) {
		if (!first)
			first = node.at;
		TRY(go_on(&trail, node.at));
		TRY(object_container(scene, command, node.at, &container));
		TRY(object_member(scene, &node, "next", &object));
		if (!object_is_pointer(&object))
			return fail(ERR_NOFACT, "it is no list");
		TRY(each(eraser, command, &container));
		last = node.at;
		result = object_target(scene, &object, &node);
	}
	bool broken = result == ERR_HOLE || (result == OK && node.at & 1);
	if (broken && last && !strcmp(node.type.name, "list_head"))
		return fail(ERR_CORRUPT, "the list ends at %#" PRIx64 ", and not at its head",
			    last);
	return result == ERR_HOLE ? OK : result;
}

/* Down a tree, left, itself, right, with the way back kept. */
struct climb {
	struct object stack[TREE_DEPTH_MOST];
	unsigned depth;
};

/* Push a node and everything left of it. `object` is a pointer to it. */
static err_t push_left(const struct scene *scene, struct climb *climb, struct object object)
{
	struct object node;
	err_t result;

	while ((result = object_target(scene, &object, &node)) == OK) {
		if (climb->depth == TREE_DEPTH_MOST)
			return fail(ERR_CORRUPT, "the tree is more than %d deep at %#" PRIx64,
				    TREE_DEPTH_MOST, node.at);
		climb->stack[climb->depth++] = node;
		TRY(object_member(scene, &node, "rb_left", &object));
	}
	return result == ERR_HOLE ? OK : result;
}

/* Structs with an rb_node in them. */
static err_t loop_tree(struct eraser *eraser, const struct conf_command *command,
		       struct object object)
{
	const struct scene *scene = &eraser->scene;
	struct climb climb = { .depth = 0 };
	struct object node, container;
	struct trail trail = { 0 };

	if (!object_is_pointer(&object))
		TRY(object_member(scene, &object, "rb_node", &object));
	TRY(push_left(scene, &climb, object));
	while (climb.depth) {
		node = climb.stack[--climb.depth];
		TRY(go_on(&trail, node.at));
		TRY(object_container(scene, command, node.at, &container));
		TRY(each(eraser, command, &container));
		TRY(object_member(scene, &node, "rb_right", &object));
		TRY(push_left(scene, &climb, object));
	}
	return OK;
}

static err_t loop(struct eraser *eraser, const struct conf_command *command)
{
	const struct scene *scene = &eraser->scene;
	struct object object;
	uint64_t count = command->size;

	TRY(path_follow(scene, &command->path, &object));
	bool array = !object_is_pointer(&object) && object.type.kind == TYPE_ARRAY;
	if (command->along == CONF_COUNT && command->size_path.steps)
		TRY(path_value(scene, &command->size_path, &count));
	if (command->along == CONF_COUNT)
		return loop_elements(eraser, command, &object,
				     count < UINT64_MAX ? count + command->and_last : count);
	if (command->along == CONF_TREE)
		return loop_tree(eraser, command, object);
	if (array && command->along != CONF_ELEMENTS)
		tell(eraser, command, "an array has all its elements one after the other; 'via' or "
		     "'within' is passed over");
	if (array && !object.type.elements)
		return fail(ERR_NOFACT, "nothing tells how many elements it has; 'count' can");
	if (array)
		return loop_elements(eraser, command, &object, object.type.elements);
	if (command->along == CONF_WITHIN)
		return loop_within(eraser, command, object);
	return loop_via(eraser, command, &object);
}

/* --- conditions --- */

/* Is it the text? A char * or an array of char. */
static err_t is_text(const struct scene *scene, const struct object *object, const char *text,
		     bool *ret)
{
	struct object target = *object;
	char found[STRING_MOST];
	size_t bytes = strlen(text) + 1;

	if (object_is_pointer(object))
		TRY(object_target(scene, object, &target));
	if (bytes > sizeof(found))
		return fail(ERR_NOFACT, "the text is too long");
	TRY(memory_need(scene->memory, target.at, found, bytes));
	*ret = !memcmp(found, text, bytes);
	return OK;
}

static err_t condition(struct eraser *eraser, const struct conf_command *command)
{
	const struct scene *scene = &eraser->scene;
	unsigned number = (unsigned)(command - scene->conf->command);
	struct object object;
	bool holds = false;
	uint64_t value;

	TRY(path_follow(scene, &command->path, &object));
	if (command->text) {
		TRY(is_text(scene, &object, command->text, &holds));
	} else {
		TRY(object_value(scene, &object, &value));
		holds = value == command->size;
	}
	return holds ? run(eraser, number + 1, command->body_end) : OK;
}

/* --- commands --- */

/* Whose symbols and types. False: there is no such module. */
static bool enter_module(struct eraser *eraser, const struct conf_command *command)
{
	struct scene *scene = &eraser->scene;
	const char *module = command->module;

	if (module && !scene->names->module(scene->names, module)) {
		if (!command->or_kernel) {
			if (eraser->missing != module)
				tell(eraser, command, "no such module is loaded");
			eraser->missing = module;
			return false;
		}
		module = NULL; /* built in, if it is there at all */
	}
	if (!scene->types || scene->module != module)
		scene->types = scene->names->types(scene->names, module);
	scene->module = module;
	return true;
}

static err_t run(struct eraser *eraser, unsigned first, unsigned end)
{
	static err_t (*const carry_out[])(struct eraser *, const struct conf_command *) = {
		[CONF_ERASE] = erase, [CONF_FOR] = loop, [CONF_IF] = condition,
	};
	const struct conf *conf = eraser->scene.conf;

	for (unsigned i = first; i < end;) {
		const struct conf_command *command = &conf->command[i];
		err_t result = enter_module(eraser, command) ? carry_out[command->kind](eraser,
									command) : OK;
		if (is_fatal(result))
			return result;
		if (result != OK && result != ERR_HOLE)
			tell(eraser, command, err_text());
		i = command->kind == CONF_ERASE ? i + 1 : command->body_end;
	}
	return OK;
}

err_t erase_find(const struct conf *conf, struct names *names, struct memory *memory,
		 struct scrub *scrub, erase_tell *to, void *argument)
{
	FREE_AT_END bool *told = calloc(conf->commands + 1, sizeof(*told));
	FREE_AT_END struct known *known = calloc(known_count(conf) + 1, sizeof(*known));
	struct eraser eraser = {
		.scene = { .conf = conf, .names = names, .memory = memory, .known = known },
		.scrub = scrub, .tell = to, .argument = argument, .told = told,
	};

	return told && known ? run(&eraser, 0, conf->commands)
		    : fail(ERR_NOMEM, "no memory for %u commands", conf->commands);
}
