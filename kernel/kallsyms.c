// SPDX-License-Identifier: GPL-2.0-only
/* kallsyms.c - names are written as bytes that stand for tokens; addresses stand in a table beside.
 *
 *     names        for each symbol: number of its bytes, then the bytes
 *     token_index  256 x 16 bits: where the token of a byte stands in
 *     token_table  strings; put together they make the type letter and the name
 *     addresses    in one of the forms of kallsyms.h
 */
#include "kernel/kallsyms.h"

#include <string.h>

#include "base/bytes.h"
#include "base/scope.h"
#include "facts/table.h"
#include "kernel/stream.h"

enum { TOKEN_TABLE_MOST = 1 << 16, TOKEN_MOST = 64, PIECE = 256 };

struct tokens {
	uint16_t at[KALLSYMS_TOKENS];
	uint8_t length[KALLSYMS_TOKENS];
	uint64_t head[KALLSYMS_TOKENS]; /* the first bytes, the first lowest; zeros behind */
	char text[TOKEN_TABLE_MOST + TOKEN_MOST];
};

/* What a walk holds. */
struct walk {
	const struct kallsyms *kallsyms;
	struct stream names, addresses;
	const struct initials *wanted;
	uint32_t seen; /* names */
	char name[KALLSYMS_NAME_BYTES + 1]; /* with the type before it */
	struct tokens tokens;
};

static err_t read_tokens(const struct kallsyms *kallsyms, struct tokens *tokens)
{
	bool big = kallsyms->memory->space->target.big_endian;
	uint8_t index[2 * KALLSYMS_TOKENS];
	struct stream stream;
	const uint8_t *byte;

	TRY(memory_need(kallsyms->memory, kallsyms->token_index, index, sizeof(index)));
	stream_init(&stream, kallsyms->memory, kallsyms->token_table);
	for (unsigned i = 0, at = 0; i < KALLSYMS_TOKENS; i++) {
		tokens->at[i] = get_16(big, index + (size_t)2 * i);
		if (tokens->at[i] != at)
			return fail(ERR_CORRUPT, "kallsyms_token_index: token %u is said to stand "
				    "at %u, and stands at %u", i, tokens->at[i], at);
		do {
			TRY(stream_take(&stream, 1, &byte));
			tokens->text[at++] = (char)*byte;
			if (at - tokens->at[i] > TOKEN_MOST || at > TOKEN_TABLE_MOST)
				return fail(ERR_CORRUPT, "kallsyms_token_table: token %u has no "
					    "end", i);
		} while (*byte);
		tokens->length[i] = (uint8_t)(at - tokens->at[i] - 1);
		tokens->head[i] = letters_of(tokens->text + tokens->at[i], TOKEN_MOST);
	}
	return OK;
}

static err_t take_length(struct walk *walk, unsigned *ret)
{
	const uint8_t *byte;

	TRY(stream_take(&walk->names, 1, &byte));
	*ret = *byte;
	if (*ret < 0x80 || !walk->kallsyms->long_names)
		return OK;
	TRY(stream_take(&walk->names, 1, &byte));
	*ret = (*ret & 0x7f) | (unsigned)*byte << 7;
	return *byte < 0x80 ? OK : fail(ERR_CORRUPT, "a name of more than 16383 bytes");
}

/* Do these tokens begin a name that is wanted? Of most names two or three tell. */
static bool is_wanted(const struct walk *walk, const uint8_t *bytes, unsigned length)
{
	enum { LETTERS = 1 + INITIALS }; /* the type stands before them */
	uint64_t begin = 0;

	for (unsigned i = 0, at = 0; i < length && at < LETTERS; i++) {
		begin |= walk->tokens.head[bytes[i]] << 8 * at;
		at += walk->tokens.length[bytes[i]];
	}
	return initials_have(walk->wanted, (uint32_t)(begin >> 8));
}

/* Put the tokens behind the `at` bytes of the name that are there; names longer than any kernel's
 * are cut. What the name has then comes back. */
static unsigned unfold(struct walk *walk, unsigned at, const uint8_t *bytes, unsigned length)
{
	for (unsigned i = 0; i < length; i++) {
		unsigned more = walk->tokens.length[bytes[i]];
		if (more > KALLSYMS_NAME_BYTES - at)
			more = KALLSYMS_NAME_BYTES - at;
		memcpy(walk->name + at, walk->tokens.text + walk->tokens.at[bytes[i]], more);
		at += more;
	}
	walk->name[at] = 0;
	return at;
}

/* The next name, or that it is not wanted. */
static err_t take_name(struct walk *walk, bool *wanted)
{
	unsigned length = 0, at = 0;
	const uint8_t *bytes;

	TRY(take_length(walk, &length));
	*wanted = length > PIECE; /* of those there are hardly any */
	do {
		unsigned piece = length < PIECE ? length : PIECE;
		TRY(stream_take(&walk->names, piece, &bytes));
		*wanted = *wanted || is_wanted(walk, bytes, piece);
		if (*wanted)
			at = unfold(walk, at, bytes, piece);
		length -= piece;
	} while (length);
	return OK;
}

static unsigned entry_bytes(const struct kallsyms *kallsyms, enum kallsyms_form form)
{
	return form == KALLSYMS_ABSOLUTE ? kallsyms->memory->space->target.word_bytes : 4;
}

/* What the entry at `at` says in a form. */
static vaddr_t address_in(const struct kallsyms *kallsyms, enum kallsyms_form form, vaddr_t at,
			  const uint8_t *entry)
{
	const struct target *target = &kallsyms->memory->space->target;

	if (form == KALLSYMS_ABSOLUTE)
		return get_word(target, entry);
	uint32_t offset = get_32(target->big_endian, entry);
	int64_t with_sign = (int32_t)offset;
	uint64_t word = target->word_bytes == 8 ? UINT64_MAX : UINT32_MAX;

	switch (form) {
	case KALLSYMS_PERCPU:
		return (with_sign >= 0 ? offset : kallsyms->base - 1 - (uint64_t)with_sign) & word;
	case KALLSYMS_BASE:
		return (kallsyms->base + offset) & word;
	default:
		return (at + (uint64_t)with_sign) & word;
	}
}

/* What is done with those that are wanted. */
typedef bool entry_visit(void *argument, const struct kallsyms *, uint32_t i, const char *name);

/* All names in turn. */
static err_t walk_names(struct walk *walk, entry_visit *visit, void *argument)
{
	const struct kallsyms *kallsyms = walk->kallsyms;
	bool wanted = false;

	TRY(read_tokens(kallsyms, &walk->tokens));
	stream_init(&walk->names, kallsyms->memory, kallsyms->names);
	for (uint32_t i = 0; i < kallsyms->count; i++) {
		walk->seen = i;
		err_t result = take_name(walk, &wanted);
		if (result != OK)
			return within(result, "kallsyms_names, symbol %u of %u", i,
				      kallsyms->count);
		if (wanted && !visit(argument, kallsyms, i, walk->name))
			return OK;
	}
	walk->seen = kallsyms->count;
	return OK;
}

struct shower {
	struct walk *walk;
	struct kallsyms_visitor *visitor;
	uint32_t passed; /* in the table of addresses */
	err_t result;
};

/* Pass the addresses before that of symbol i. */
static err_t pass(struct shower *shower, uint32_t i)
{
	const struct kallsyms *kallsyms = shower->walk->kallsyms;
	uint64_t entries = i - shower->passed;

	shower->passed = i;
	return within(stream_skip(&shower->walk->addresses,
				  entries * entry_bytes(kallsyms, kallsyms->form)),
		      "the addresses before symbol %u", i);
}

static bool show(void *argument, const struct kallsyms *kallsyms, uint32_t i, const char *name)
{
	struct shower *shower = argument;
	const uint8_t *entry;

	shower->result = pass(shower, i);
	if (shower->result != OK)
		return false;
	vaddr_t at = shower->walk->addresses.at;
	shower->result = stream_take(&shower->walk->addresses,
				     entry_bytes(kallsyms, kallsyms->form), &entry);
	if (shower->result != OK) {
		within(shower->result, "the address of symbol %u", i);
		return false;
	}
	shower->passed++;
	struct kernel_symbol symbol = { .name = name[0] ? name + 1 : name, .type = name[0],
					.at = address_in(kallsyms, kallsyms->form, at, entry) };
	shower->visitor->visit(shower->visitor->argument, &symbol);
	return true;
}

static struct walk *walk_create(const struct kallsyms *kallsyms, const struct initials *wanted)
{
	struct walk *walk = malloc(sizeof(*walk));

	if (!walk) {
		fail(ERR_NOMEM, "no memory for %zu bytes", sizeof(*walk));
		return NULL;
	}
	walk->kallsyms = kallsyms;
	walk->wanted = wanted;
	return walk;
}

err_t kallsyms_walk(const struct kallsyms *kallsyms, struct kallsyms_visitor *visitor)
{
	FREE_AT_END struct walk *walk = walk_create(kallsyms, visitor->wanted);
	struct shower shower = { .walk = walk, .visitor = visitor };

	visitor->seen = 0;
	if (!walk)
		return ERR_NOMEM;
	walk->seen = 0;
	stream_init(&walk->addresses, kallsyms->memory, kallsyms->addresses);
	err_t result = walk_names(walk, show, &shower);
	visitor->seen = walk->seen;
	TRY(result);
	TRY(shower.result);
	return pass(&shower, kallsyms->count);
}

/* --- who asks --- */

static void answer(void *argument, const struct kernel_symbol *symbol)
{
	struct asks *asks = argument;

	for (struct ask *ask = asks_find(asks, symbol->name); ask;
	     ask = asks_more(asks, ask, symbol->name))
		if (ask->what == ASK_SYMBOL && symbol->at)
			ask_answer(asks, ask, symbol->at, "kallsyms");
}

err_t kallsyms_answer(const struct kallsyms *kallsyms, struct asks *asks)
{
	struct kallsyms_visitor visitor = { answer, asks, .wanted = &asks->initials };

	return kallsyms_walk(kallsyms, &visitor);
}

/* --- finding and proving --- */

/* Every kernel has the first; of others there are some, for where it is not known. */
static const enum fact_id anchors[] = {
	SYMBOL_STEXT, SYMBOL_INIT_UTS_NS, SYMBOL_SWAPPER_PG_DIR, SYMBOL_INIT_TOP_PGT,
	SYMBOL_INIT_LEVEL4_PGT,
};

enum { ANCHORS = sizeof(anchors) / sizeof(anchors[0]) };

/* Which forms agree with the anchors seen so far. */
struct proof {
	const struct facts *facts;
	unsigned seen;
	unsigned left; /* forms, a bit each */
	err_t result;
};

static bool compare(struct proof *proof, const struct kallsyms *kallsyms, uint32_t i, vaddr_t is)
{
	uint8_t entry[8];

	for (unsigned form = 0; form < KALLSYMS_FORMS; form++) {
		unsigned bytes = entry_bytes(kallsyms, form);
		vaddr_t at = kallsyms->addresses + (uint64_t)i * bytes;
		if (!(proof->left >> form & 1))
			continue;
		proof->result = memory_need(kallsyms->memory, at, entry, bytes);
		if (proof->result != OK)
			return false;
		if (address_in(kallsyms, form, at, entry) != is)
			proof->left &= ~(1u << form);
	}
	return proof->left != 0;
}

static bool prove(void *argument, const struct kallsyms *kallsyms, uint32_t i, const char *name)
{
	struct proof *proof = argument;

	for (unsigned anchor = 0; name[0] && anchor < ANCHORS; anchor++) {
		enum fact_id id = anchors[anchor];
		if (strcmp(name + 1, fact_table[id].name) || !fact_known(proof->facts, id))
			continue;
		proof->seen |= 1u << anchor;
		if (!compare(proof, kallsyms, i, proof->facts->value[id]))
			return false;
	}
	return !(proof->seen & 1);
}

/* Take the form that agrees with all anchors. */
static err_t choose_form(struct kallsyms *kallsyms, const struct facts *facts, unsigned forms)
{
	struct initials wanted = { 0 };
	FREE_AT_END struct walk *walk = walk_create(kallsyms, &wanted);
	struct proof proof = { .facts = facts, .left = forms };

	if (!walk)
		return ERR_NOMEM;
	for (unsigned i = 0; i < ANCHORS; i++)
		initials_add(&wanted, fact_table[anchors[i]].name, INITIALS);
	TRY(walk_names(walk, prove, &proof));
	TRY(within(proof.result, "the table of addresses at %#" PRIx64, kallsyms->addresses));
	if (!proof.seen || !proof.left)
		return fail(ERR_CORRUPT, "kallsyms: none of its %u symbols is one whose address is "
			    "known, or not where it is known to be", kallsyms->count);
	kallsyms->form = (enum kallsyms_form)__builtin_ctz(proof.left);
	return OK;
}

/* Where the tables are and which forms are possible, as vmcoreinfo tells. */
static err_t take_places(struct kallsyms *kallsyms, const struct facts *facts,
			 struct kallsyms_places *ret)
{
	vaddr_t count_at = 0;
	uint64_t count = 0;

	*ret = (struct kallsyms_places){ .count = 1 };
	TRY(fact_need(facts, SYMBOL_KALLSYMS_NAMES, &kallsyms->names));
	TRY(fact_need(facts, SYMBOL_KALLSYMS_NUM_SYMS, &count_at));
	TRY(fact_need(facts, SYMBOL_KALLSYMS_TOKEN_TABLE, &kallsyms->token_table));
	TRY(fact_need(facts, SYMBOL_KALLSYMS_TOKEN_INDEX, &kallsyms->token_index));
	TRY(within(memory_number(kallsyms->memory, count_at, 4, &count), "kallsyms_num_syms"));
	if (!count || count > KALLSYMS_MOST)
		return fail(ERR_CORRUPT, "kallsyms_num_syms is %" PRIu64, count);
	kallsyms->count = (uint32_t)count;
	ret->at[0].forms = 1u << KALLSYMS_ABSOLUTE;
	if (!fact_known(facts, SYMBOL_KALLSYMS_OFFSETS))
		return fact_need(facts, SYMBOL_KALLSYMS_ADDRESSES, &ret->at[0].addresses);
	ret->at[0].addresses = facts->value[SYMBOL_KALLSYMS_OFFSETS];
	ret->at[0].forms = 1u << KALLSYMS_PLACE;
	ret->at[0].base_at = fact_or(facts, SYMBOL_KALLSYMS_BASE, 0);
	if (ret->at[0].base_at)
		ret->at[0].forms = 1u << KALLSYMS_PERCPU | 1u << KALLSYMS_BASE;
	return OK;
}

/* Of the possible places the first that is proved. */
static err_t choose_place(struct kallsyms *kallsyms, const struct facts *facts,
			  const struct kallsyms_places *places)
{
	err_t result = ERR_NOFACT;

	for (unsigned i = 0; i < places->count; i++) {
		kallsyms->addresses = places->at[i].addresses;
		result = OK;
		if (places->at[i].base_at)
			result = within(memory_word(kallsyms->memory, places->at[i].base_at,
						    &kallsyms->base), "kallsyms_relative_base");
		if (result == OK)
			result = choose_form(kallsyms, facts, places->at[i].forms);
		if (result == OK)
			return OK;
	}
	return result;
}

/* By their looks. */
static err_t open_found(struct kallsyms *kallsyms, const struct facts *facts)
{
	struct constants constants;
	struct kallsyms_places places;

	TRY(constants_find(facts, &constants));
	TRY(kallsyms_search(kallsyms, &constants, &places));
	return choose_place(kallsyms, facts, &places);
}

err_t kallsyms_open(struct kallsyms *kallsyms, struct memory *memory, const struct facts *facts)
{
	struct kallsyms_places places;
	struct kept_text why;

	*kallsyms = (struct kallsyms){
		.memory = memory, .long_names = facts_version(facts) >= KERNEL_VERSION(6, 1, 0) };
	err_t result = take_places(kallsyms, facts, &places);
	if (result == OK)
		result = choose_place(kallsyms, facts, &places);
	if (result == OK || !fact_known(facts, SYMBOL_STEXT))
		return result;
	err_keep(&why);
	err_t found = open_found(kallsyms, facts);
	return found == ERR_NOFACT && result != ERR_NOFACT ? err_again(result, &why) : found;
}
