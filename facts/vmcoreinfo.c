// SPDX-License-Identifier: GPL-2.0-only
/* vmcoreinfo.c - text to facts: one loop over the lines, one over the list. */
#include "facts/vmcoreinfo.h"

#include "base/text.h"
#include "facts/table.h"

enum { PAGESIZE_LEAST = 4096, PAGESIZE_MOST = 65536 };

/* The words of a line: KIND(name)=value, or NAME=value with an empty kind. */
struct line {
	struct piece whole, key, kind, name, value;
};

static bool split(struct piece whole, struct line *ret)
{
	struct piece rest;

	*ret = (struct line){ .whole = whole };
	if (!piece_split(whole, '=', &ret->key, &ret->value))
		return false;
	if (!piece_split(ret->key, '(', &ret->kind, &rest))
		ret->name = ret->key;
	else if (!piece_split(rest, ')', &ret->name, &rest))
		return false;
	return true;
}

static bool names(const struct line *line, const struct fact_entry *entry)
{
	const char *word = fact_kind_word(entry->kind);

	if (!word)
		return piece_is(line->key, entry->name);
	if (!piece_is(line->kind, word))
		return false;
	return piece_is(line->name, entry->name) ||
	       (entry->other && piece_is(line->name, entry->other));
}

static bool parse(enum fact_kind kind, struct piece value, uint64_t *ret)
{
	switch (kind) {
	case KIND_TEXT:
		*ret = value.length;
		return value.length > 0;
	case KIND_DECIMAL:
		return piece_decimal(value, ret);
	case KIND_HEX:
		return piece_hex(value, ret);
	case KIND_FLAG:
		*ret = piece_is(value, "y");
		return *ret;
	case KIND_SYMBOL: /* 0 and all ones are what a kernel writes for "none" */
		return piece_hex(value, ret) && *ret && *ret != UINT64_MAX;
	default:
		return piece_number(value, ret);
	}
}

static err_t take(struct facts *facts, const struct line *line, const char *source)
{
	uint64_t value;

	for (enum fact_id id = 0; id < FACTS; id++) {
		if (facts->known[id] || !names(line, &fact_table[id]))
			continue;
		if (!parse(fact_table[id].kind, line->value, &value))
			return fail(ERR_CORRUPT, "Invalid data in %s: %.*s", source,
				    (int)min_u64(line->whole.length, 200), line->whole.at);
		if (fact_table[id].kind == KIND_TEXT)
			fact_set_text(facts, id, line->value.at, line->value.length, source);
		else
			fact_set(facts, id, value, source);
		facts->by_other[id] = fact_table[id].other &&
				      piece_is(line->name, fact_table[id].other);
		return OK;
	}
	return OK;
}

err_t vmcoreinfo_read(struct facts *facts, const char *text, size_t bytes, const char *source)
{
	struct piece rest = { text, bytes }, whole;
	struct line line;

	/* The kernel's buffer is finite: a last line without its newline was cut off and says
	 * nothing. */
	while (piece_line(&rest, &whole))
		if (whole.at + whole.length < text + bytes && whole.at[whole.length] == '\n' &&
		    split(whole, &line))
			TRY(take(facts, &line, source));
	return OK;
}

static err_t check_page_size(uint64_t page, const char *source)
{
	if (page < PAGESIZE_LEAST || page > PAGESIZE_MOST || (page & (page - 1)))
		return fail(ERR_CORRUPT,
			    "Invalid format in %s: PAGESIZE %" PRIu64 " is not a power of "
			    "two from %d to %d",
			    source, page, PAGESIZE_LEAST, PAGESIZE_MOST);
	return OK;
}

err_t vmcoreinfo_check(const struct facts *facts, const char *source)
{
	if (!facts->release[0])
		return fail(ERR_CORRUPT, "Invalid format in %s: no OSRELEASE", source);
	return check_page_size(fact_or(facts, DECIMAL_PAGESIZE, 0), source);
}

err_t vmcoreinfo_check_part(const struct facts *facts, const char *source)
{
	return check_page_size(fact_or(facts, DECIMAL_PAGESIZE, PAGESIZE_LEAST), source);
}
