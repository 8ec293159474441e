// SPDX-License-Identifier: GPL-2.0-only
/* btf.c - BTF as Documentation/bpf/btf.rst of the kernel describes it.
 *
 *     header | types, one behind the other, numbered from 1 | strings, each with its NUL
 *
 * A type is 12 bytes: name, info (kind, how many parts, a flag), size or another type; then its
 * parts. Where each type begins is noted when it is opened, and that all parts are there is checked
 * then; what a name or a type refers to is checked when it is followed. */
#include "kernel/btf.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/bytes.h"
#include "base/scope.h"
#include "facts/answer.h"

enum {
	MAGIC = 0xeb9f,
	HEADER_BYTES = 24,
	TYPE_BYTES = 12,
	BTF_MOST = 256 << 20,
	CHAIN_MOST = 32,
	HUGE_PAGE = 2 << 20,
};

enum kind {
	KIND_INT = 1, KIND_PTR, KIND_ARRAY, KIND_STRUCT, KIND_UNION, KIND_ENUM, KIND_FWD,
	KIND_TYPEDEF, KIND_VOLATILE, KIND_CONST, KIND_RESTRICT, KIND_FUNC, KIND_FUNC_PROTO,
	KIND_VAR, KIND_DATASEC, KIND_FLOAT, KIND_DECL_TAG, KIND_TYPE_TAG, KIND_ENUM64, KINDS,
};

/* What stands behind the 12 bytes of each kind, and what it is for us. */
static const struct {
	uint8_t fixed, each; /* bytes; `each` times the number of parts */
	uint8_t is;          /* enum type_kind */
} shapes[KINDS] = {
	[KIND_INT]        = { 4, 0, TYPE_NUMBER },
	[KIND_PTR]        = { 0, 0, TYPE_POINTER },
	[KIND_ARRAY]      = { 12, 0, TYPE_ARRAY },
	[KIND_STRUCT]     = { 0, 12, TYPE_STRUCT },
	[KIND_UNION]      = { 0, 12, TYPE_UNION },
	[KIND_ENUM]       = { 0, 8, TYPE_ENUM },
	[KIND_FWD]        = { 0, 0, TYPE_OTHER },
	[KIND_TYPEDEF]    = { 0, 0, TYPE_ALIAS },
	[KIND_VOLATILE]   = { 0, 0, TYPE_ALIAS },
	[KIND_CONST]      = { 0, 0, TYPE_ALIAS },
	[KIND_RESTRICT]   = { 0, 0, TYPE_ALIAS },
	[KIND_FUNC]       = { 0, 0, TYPE_OTHER },
	[KIND_FUNC_PROTO] = { 0, 8, TYPE_OTHER },
	[KIND_VAR]        = { 4, 0, TYPE_OTHER },
	[KIND_DATASEC]    = { 0, 12, TYPE_OTHER },
	[KIND_FLOAT]      = { 0, 0, TYPE_NUMBER },
	[KIND_DECL_TAG]   = { 4, 0, TYPE_OTHER },
	[KIND_TYPE_TAG]   = { 0, 0, TYPE_ALIAS },
	[KIND_ENUM64]     = { 0, 12, TYPE_ENUM },
};

/* A type as it is written. */
struct record {
	uint32_t name;
	enum kind kind;
	bool flag;
	uint32_t parts, value; /* value: size, or another type */
	const uint8_t *behind;
};

static uint32_t number(const struct btf *btf, const uint8_t *at)
{
	return get_32(btf->big_endian, at);
}

static uint32_t kind_of(uint32_t info)
{
	return info >> 24 & 0x1f;
}

static uint32_t parts_of(uint32_t info)
{
	return info & 0xffff;
}

static enum kind kind_at(const struct btf *btf, uint32_t at)
{
	return kind_of(number(btf, btf->type + at + 4));
}

static struct record record_at(const struct btf *btf, uint32_t at)
{
	const uint8_t *bytes = btf->type + at;
	uint32_t info = number(btf, bytes + 4);

	return (struct record){ .name = number(btf, bytes), .kind = kind_of(info),
				.flag = info >> 31, .parts = parts_of(info),
				.value = number(btf, bytes + 8), .behind = bytes + TYPE_BYTES };
}

/* False: there is no such type. */
static bool take_record(const struct btf *btf, uint64_t id, struct record *ret)
{
	if (btf->base && id < btf->first_id)
		btf = btf->base;
	if (id < btf->first_id || id - btf->first_id >= btf->count)
		return false;
	*ret = record_at(btf, btf->at[id - btf->first_id]);
	return true;
}

/* A name that lies nowhere is none. */
static const char *text(const struct btf *btf, uint32_t at)
{
	if (btf->base && at < btf->first_text)
		btf = btf->base;
	return at >= btf->first_text && at - btf->first_text < btf->text_bytes
		? (const char *)btf->text + (at - btf->first_text) : "";
}

/* --- the door --- */

/* Bytes of a type; 0: it has none. */
static uint64_t size_of(const struct btf *btf, uint64_t id)
{
	uint64_t times = 1;
	struct record record;

	for (unsigned i = 0; i < CHAIN_MOST && take_record(btf, id, &record); i++) {
		switch (shapes[record.kind].is) {
		case TYPE_POINTER:
			return times * btf->word_bytes;
		case TYPE_ALIAS:
			id = record.value;
			break;
		case TYPE_ARRAY:
			id = number(btf, record.behind);
			if (__builtin_mul_overflow(times, number(btf, record.behind + 8), &times))
				return 0;
			break;
		case TYPE_OTHER:
			return 0;
		default:
			return __builtin_mul_overflow(times, record.value, &times) ? 0 : times;
		}
	}
	return 0;
}

static void describe(const struct btf *btf, uint64_t id, const struct record *record,
		     struct type *ret)
{
	enum { SIGNED = 1 << 24 };

	*ret = (struct type){ .id = id, .kind = shapes[record->kind].is,
			      .name = text(btf, record->name), .bytes = size_of(btf, id) };
	switch (record->kind) {
	case KIND_INT:
		ret->is_signed = number(btf, record->behind) & SIGNED;
		break;
	case KIND_ENUM:
	case KIND_ENUM64:
		ret->is_signed = record->flag;
		break;
	case KIND_ARRAY:
		ret->of = number(btf, record->behind);
		ret->elements = number(btf, record->behind + 8);
		break;
	case KIND_TYPE_TAG: /* its name is a remark */
		ret->name = "";
		ret->of = record->value;
		break;
	default:
		if (ret->kind == TYPE_POINTER || ret->kind == TYPE_ALIAS)
			ret->of = record->value;
		break;
	}
}

static bool get(struct types *types, uint64_t id, struct type *ret)
{
	const struct btf *btf = (const struct btf *)types;
	struct record record;

	if (!id) {
		*ret = (struct type){ .kind = TYPE_VOID, .name = "void" };
		return true;
	}
	if (!take_record(btf, id, &record))
		return false;
	describe(btf, id, &record, ret);
	return true;
}

/* The kind that goes by a name: of aliases, those are typedefs. */
static bool is_found_as(const struct record *record, enum type_kind kind)
{
	return shapes[record->kind].is == kind &&
	       (kind != TYPE_ALIAS || record->kind == KIND_TYPEDEF);
}

static bool find_in(const struct btf *btf, const struct btf *whole, enum type_kind kind,
		    const char *name, struct type *ret)
{
	for (uint32_t i = 0; i < btf->count; i++) {
		const uint8_t *bytes = btf->type + btf->at[i];
		const char *is = text(btf, number(btf, bytes));
		if (is[0] != name[0] || strcmp(is, name)) /* mostly */
			continue;
		struct record record = record_at(btf, btf->at[i]);
		if (!is_found_as(&record, kind))
			continue;
		describe(whole, btf->first_id + (uint64_t)i, &record, ret);
		return true;
	}
	return false;
}

static bool find(struct types *types, enum type_kind kind, const char *name, struct type *ret)
{
	const struct btf *btf = (const struct btf *)types;

	return *name && (find_in(btf, btf, kind, name, ret) ||
			 (btf->base && find_in(btf->base, btf, kind, name, ret)));
}

static bool next_member(struct types *types, const struct type *whole, struct member *at)
{
	const struct btf *btf = (const struct btf *)types;
	struct record record;

	if (!take_record(btf, whole->id, &record) || at->place >= record.parts ||
	    (record.kind != KIND_STRUCT && record.kind != KIND_UNION))
		return false;
	const uint8_t *part = record.behind + at->place * 12;
	uint32_t offset = number(btf, part + 8);
	*at = (struct member){ .name = text(btf, number(btf, part)),
			       .type = number(btf, part + 4),
			       .bit_offset = record.flag ? offset & 0xffffff : offset,
			       .bits = record.flag ? offset >> 24 : 0, .place = at->place + 1 };
	return true;
}

/* The i-th enumerator of an enum. */
static const char *take_enumerator(const struct btf *btf, const struct record *record, uint32_t i,
				   uint64_t *ret)
{
	const uint8_t *part = record->behind + (size_t)i * shapes[record->kind].each;
	uint32_t low = number(btf, part + 4);

	if (record->kind == KIND_ENUM64)
		*ret = (uint64_t)number(btf, part + 8) << 32 | low;
	else
		*ret = record->flag ? (uint64_t)(int64_t)(int32_t)low : low;
	return text(btf, number(btf, part));
}

static bool find_enumerator(const struct btf *btf, const char *name, uint64_t *ret)
{
	uint64_t value;

	for (uint32_t i = 0; i < btf->count; i++) {
		struct record record = record_at(btf, btf->at[i]);
		if (shapes[record.kind].is != TYPE_ENUM)
			continue;
		for (uint32_t j = 0; j < record.parts; j++)
			if (!strcmp(take_enumerator(btf, &record, j, &value), name)) {
				*ret = value;
				return true;
			}
	}
	return btf->base && find_enumerator(btf->base, name, ret);
}

static bool enumerator(struct types *types, const char *name, uint64_t *ret)
{
	return *name && find_enumerator((const struct btf *)types, name, ret);
}

static bool variable(struct types *types, const char *name, struct type *ret)
{
	const struct btf *btf = (const struct btf *)types;

	for (uint32_t i = 0; i < btf->count; i++) {
		struct record record = record_at(btf, btf->at[i]);
		if (record.kind == KIND_VAR && !strcmp(text(btf, record.name), name))
			return get(types, record.value, ret);
	}
	return btf->base && variable((struct types *)btf->base, name, ret);
}

/* --- opening --- */

static err_t split(struct btf *btf, size_t size)
{
	bool big = btf->big_endian;
	const uint8_t *header = btf->bytes;

	if (size < HEADER_BYTES || get_16(big, header) != MAGIC || header[2] != 1)
		return fail(ERR_CORRUPT, "BTF: no header of version 1");
	uint64_t behind = get_32(big, header + 4);
	uint64_t type_at = behind + get_32(big, header + 8), text_at = behind +
		get_32(big, header + 16);
	btf->type_bytes = get_32(big, header + 12);
	btf->text_bytes = get_32(big, header + 20);
	if (behind < HEADER_BYTES || type_at + btf->type_bytes > size ||
	    text_at + btf->text_bytes > size)
		return fail(ERR_CORRUPT, "BTF: %" PRIu32 " bytes of types at %#" PRIx64 " and %"
			    PRIu32 " of strings at %#" PRIx64 " do not fit into %zu",
			    btf->type_bytes, type_at, btf->text_bytes, text_at, size);
	btf->type = btf->bytes + type_at;
	btf->text = btf->bytes + text_at;
	if (!btf->text_bytes || btf->text[btf->text_bytes - 1])
		return fail(ERR_CORRUPT, "BTF: the last of its strings has no end");
	return OK;
}

/* Go over the types. Behind a kind that is not known nothing can be told any more. */
static err_t index_types(struct btf *btf)
{
	btf->count = 0;
	for (uint64_t place = 0; place < btf->type_bytes; btf->count++) {
		if (btf->type_bytes - place < TYPE_BYTES)
			return fail(ERR_CORRUPT, "BTF: type %" PRIu32 " is cut off",
				    btf->first_id + btf->count);
		uint32_t info = number(btf, btf->type + place + 4);
		uint32_t kind = kind_of(info), parts = parts_of(info);
		if (!kind || kind >= KINDS)
			return OK;
		uint64_t bytes = TYPE_BYTES + shapes[kind].fixed +
				 (uint64_t)parts * shapes[kind].each;
		if (bytes > btf->type_bytes - place)
			return fail(ERR_CORRUPT, "BTF: type %" PRIu32 " of kind %" PRIu32 " has %"
				    PRIu32 " parts, beyond the end", btf->first_id + btf->count,
				    kind, parts);
		btf->at[btf->count] = (uint32_t)place;
		place += bytes;
	}
	return OK;
}

static err_t open_parts(struct btf *btf, size_t size)
{
	TRY(split(btf, size));
	size_t most = btf->type_bytes / TYPE_BYTES + (size_t)1;
	btf->at = malloc(most * sizeof(*btf->at));
	if (!btf->at)
		return fail(ERR_NOMEM, "BTF: no memory for %zu types", most);
	return index_types(btf);
}

err_t btf_parse(struct btf *btf, const struct target *target, uint8_t *bytes, size_t size,
		const struct btf *base)
{
	*btf = (struct btf){ .types = { "BTF", find, get, next_member, enumerator, variable },
			     .base = base, .big_endian = target->big_endian,
			     .word_bytes = target->word_bytes, .bytes = bytes,
			     .first_id = base ? base->first_id + base->count : 1,
			     .first_text = base ? base->first_text + base->text_bytes : 0 };
	err_t result = open_parts(btf, size);
	if (result != OK)
		btf_close(btf);
	return result;
}

/* Room for so many bytes, in huge pages as far as those are filled and the machine has some: taking
 * a thousand pages from it one by one is most of the time that reading takes. */
static uint8_t *make_room(size_t size)
{
	size_t filled = size / HUGE_PAGE * HUGE_PAGE;

	if (!filled)
		return malloc(size);
	uint8_t *bytes = aligned_alloc(HUGE_PAGE, filled + HUGE_PAGE);
	if (bytes)
		madvise(bytes, filled, MADV_HUGEPAGE); /* or not */
	return bytes;
}

err_t btf_open(struct btf *btf, struct memory *memory, vaddr_t start, vaddr_t end,
	       const struct btf *base)
{
	if (end <= start || end - start > BTF_MOST)
		return fail(ERR_CORRUPT, "BTF: from %#" PRIx64 " to %#" PRIx64 " it cannot be",
			    start, end);
	size_t size = (size_t)(end - start);
	uint8_t *bytes = make_room(size);
	if (!bytes)
		return fail(ERR_NOMEM, "BTF: no memory for %zu bytes", size);
	err_t result = within(memory_need(memory, start, bytes, size), "BTF");
	if (result == OK)
		return btf_parse(btf, &memory->space->target, bytes, size, base);
	free(bytes);
	return result;
}

void btf_close(struct btf *btf)
{
	free(btf->at);
	free(btf->bytes);
	btf->at = NULL;
	btf->bytes = NULL;
	btf->count = 0;
}

/* --- answers --- */

static void answer_enum(struct btf *btf, const struct record *record, struct asks *asks)
{
	uint64_t value;

	for (uint32_t i = 0; i < record->parts; i++) {
		const char *name = take_enumerator(btf, record, i, &value);
		if (*name)
			answer_enumerator(asks, name, value, btf->types.source);
	}
}

static void answer_named(struct btf *btf, uint32_t i, const struct record *record,
			 struct asks *asks)
{
	const char *name = text(btf, record->name);
	struct type type, bare;

	if (!*name || !answer_wants_type(asks, name))
		return;
	describe(btf, btf->first_id + (uint64_t)i, record, &type);
	if (types_bare(&btf->types, &type, &bare))
		answer_type(asks, &btf->types, name, &bare);
}

static void answer_one(struct btf *btf, uint32_t i, const struct record *record, struct asks *asks)
{
	struct type type;

	switch (record->kind) {
	case KIND_STRUCT:
	case KIND_TYPEDEF:
		answer_named(btf, i, record, asks);
		break;
	case KIND_ENUM:
	case KIND_ENUM64:
		answer_enum(btf, record, asks);
		break;
	default:
		if (get(&btf->types, record->value, &type))
			answer_variable(asks, &btf->types, text(btf, record->name), &type);
		break;
	}
}

void btf_answer(struct btf *btf, struct asks *asks)
{
	const uint32_t answering = 1u << KIND_STRUCT | 1u << KIND_TYPEDEF | 1u << KIND_ENUM |
				   1u << KIND_ENUM64 | 1u << KIND_VAR;

	for (uint32_t i = 0; i < btf->count; i++) {
		if (!(answering >> kind_at(btf, btf->at[i]) & 1))
			continue; /* mostly */
		struct record record = record_at(btf, btf->at[i]);
		answer_one(btf, i, &record, asks);
	}
}
