// SPDX-License-Identifier: GPL-2.0-only
/* conf.c - the language of --config: words, then commands.
 * The text is read from one copy and its words are cut out of another, in place. */
#include "pages/conf.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/scope.h"

struct word {
	char *text; /* with a NUL behind it, in conf.words; NULL: the text ends here */
	size_t at, length;
	unsigned line, column;
	bool is_section; /* and text is the module's name */
};

struct parser {
	struct conf *conf;
	size_t at, line_start;
	unsigned line;
	struct word word;                   /* the next one */
	const char *module;
	bool or_kernel;
	unsigned open[CONF_NESTED_MOST];    /* numbers of the loops and ifs around */
	unsigned depth;
	unsigned command_room, step_room;
};

static const char *const reserved[] = { "erase", "size", "nullify", "for", "in", "within", "endfor",
					NULL };

/* --- words --- */

static err_t wrong_at(const struct parser *parser, const struct word *word, const char *what)
{
	return fail(ERR_USAGE, "%s: Config error at %u:%u: %s, not '%.64s'", parser->conf->name,
		    word->line, word->column, what,
		    !word->text ? "the end" : word->is_section ? "a section" : word->text);
}

static err_t wrong(const struct parser *parser, const char *what)
{
	return wrong_at(parser, &parser->word, what);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Blanks, newlines, comments, and what stands behind a section on its line. */
static void skip_blanks(struct parser *parser)
{
	const struct conf *conf = parser->conf;
	bool comment = parser->word.is_section;

	for (; parser->at < conf->bytes; parser->at++) {
		char c = conf->text[parser->at];
		if (c == '\n') {
			parser->line++;
			parser->line_start = parser->at + 1;
			comment = false;
		} else if (!comment && c == '#') {
			comment = true;
		} else if (!comment && !is_blank(c)) {
			return;
		}
	}
}

/* [module]: as far as the bracket, blanks and all. False: there is none. */
static bool take_section(struct parser *parser)
{
	struct conf *conf = parser->conf;
	const char *start = conf->text + parser->at + 1;
	size_t length = strcspn(start, "]\n");

	if (start[length] != ']')
		return false;
	parser->word.text = conf->words + parser->at + 1;
	parser->word.text[length] = 0;
	parser->word.is_section = true;
	parser->at += length + 2;
	return true;
}

/* A text in double quotes is one word, quotes and all. */
static size_t word_length(const char *text)
{
	size_t length = strcspn(text, " \t\r\n#");

	if (*text == '"') {
		size_t quoted = strcspn(text + 1, "\"\n") + 1;
		return text[quoted] == '"' ? quoted + 1 : length;
	}
	return length;
}

/* Make the next word the one at hand. */
static void next(struct parser *parser)
{
	struct conf *conf = parser->conf;

	skip_blanks(parser);
	parser->word = (struct word){ .at = parser->at, .line = parser->line,
				      .column = (unsigned)(parser->at - parser->line_start) + 1 };
	if (parser->at >= conf->bytes)
		return;
	if (conf->text[parser->at] == '[' && parser->at == parser->line_start &&
	    take_section(parser))
		return;
	parser->word.text = conf->words + parser->at;
	parser->word.length = word_length(conf->text + parser->at);
	parser->word.text[parser->word.length] = 0;
	parser->at += parser->word.length;
}

static bool is(const struct parser *parser, const char *word)
{
	return parser->word.text && !parser->word.is_section && !strcmp(parser->word.text, word);
}

/* Is there a word that may be a name or begin a path? */
static bool is_free(const struct parser *parser)
{
	if (!parser->word.text || parser->word.is_section)
		return false;
	for (const char *const *word = reserved; *word; word++)
		if (is(parser, *word))
			return false;
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How long a name begins the text. */
static size_t name_length(const char *text)
{
	size_t length = 0;

	if (is_letter(*text))
		while (is_letter(text[length]) || is_digit(text[length]))
			length++;
	return length;
}

/* --- numbers, names, paths --- */

/* A decimal or 0x number with K or M behind it. */
static bool to_number(const char *text, uint64_t *ret)
{
	char *end;
	unsigned shift = 0;

	if (!is_digit(*text))
		return false;
	unsigned long long number = strtoull(text, &end, 0);
	if (*end == 'k' || *end == 'K' || *end == 'm' || *end == 'M')
		shift = (*end++ | 0x20) == 'k' ? 10 : 20;
	*ret = number << shift;
	return !*end && number <= (uint64_t)INT64_MAX >> shift;
}

/* Room for one more of what has `count`. */
static err_t grow(const struct conf *conf, void **array, unsigned *room, unsigned count,
		  size_t size)
{
	if (count < *room)
		return OK;
	unsigned wanted = *room ? 2 * *room : 32;
	void *grown = realloc(*array, wanted * size);
	if (!grown)
		return fail(ERR_NOMEM, "%s: no memory for %u commands", conf->name, wanted);
	*array = grown;
	*room = wanted;
	return OK;
}

/* The number in brackets. */
static err_t take_index(struct parser *parser, struct conf_step *step, char **text)
{
	char *end = strchr(*text, ']');

	if (end) {
		*end = 0;
		step->has_index = to_number(*text, &step->index);
		*text = end + 1;
	}
	return step->has_index ? OK : wrong(parser, "an index must be a number in brackets");
}

/* One step; *text becomes what is behind it, and its separator a NUL. */
static err_t take_step(struct parser *parser, struct conf_step *step, char **text)
{
	size_t length = name_length(*text);

	*step = (struct conf_step){ .name = *text };
	if (!length)
		return wrong(parser, "a name was expected");
	*text += length;
	if (**text == '[') {
		*(*text)++ = 0;
		TRY(take_index(parser, step, text));
	}
	if (**text == ':') {
		*(*text)++ = 0;
		step->as = *text;
		*text += name_length(*text);
		if (**text == '@')
			*text += 1 + name_length(*text + 1);
		if (*text == step->as || (*text)[-1] == '@')
			return wrong(parser, "the name of a type was expected behind ':'");
		*text += strspn(*text, "*");
	}
	if (**text && **text != '.')
		return wrong(parser, "a path is names with dots between");
	while (**text == '.') /* empty names are passed over */
		*(*text)++ = 0;
	return OK;
}

/* The word at hand is a path. It is cut up once it is known to be one, so that a message can show
 * it whole. */
static err_t take_path(struct parser *parser, struct conf_path *ret)
{
	struct conf *conf = parser->conf;
	struct word word = parser->word;

	if (!is_free(parser) || !(is_letter(*word.text) || *word.text == '.'))
		return wrong(parser, "a path was expected");
	FREE_AT_END char *whole = strdup(word.text);
	if (!whole)
		return fail(ERR_NOMEM, "%s: no memory for a path", conf->name);
	*ret = (struct conf_path){ conf->text + word.at, word.length, conf->steps, 0 };
	char *text = word.text + strspn(word.text, ".");
	parser->word.text = whole;
	do {
		TRY(grow(conf, (void **)&conf->step, &parser->step_room, conf->steps,
			 sizeof(*conf->step)));
		TRY(take_step(parser, &conf->step[conf->steps], &text));
		conf->steps++;
		ret->steps++;
	} while (*text);
	next(parser);
	return OK;
}

/* A name alone, or with `mark` and another behind it. */
static err_t take_name(struct parser *parser, char mark, const char **name, const char **other)
{
	char *text = parser->word.text;
	size_t length = is_free(parser) ? name_length(text) : 0;

	if (!length || (text[length] && (!other || text[length] != mark)))
		return wrong(parser, "a name was expected");
	*name = text;
	if (text[length]) {
		const char *end = text + length; /* names with dots between, where members nest */
		do
			end += 1 + name_length(end + 1);
		while (*end == '.' && end[-1] != mark && end[-1] != '.');
		if (*end || end[-1] == mark || end[-1] == '.')
			return wrong(parser, "a name was expected behind ':'");
		text[length] = 0;
		*other = text + length + 1;
	}
	next(parser);
	return OK;
}

static err_t take_size(struct parser *parser, struct conf_command *command)
{
	const char *text = is_free(parser) ? parser->word.text : "";

	if (!is_digit(*text) && *text != '-')
		return take_path(parser, &command->size_path);
	if (!to_number(text, &command->size))
		return wrong(parser, "a size must be a positive number, with K or M");
	next(parser);
	return OK;
}

/* --- commands --- */

/* Is the first name of a path that of a loop around? */
static bool is_variable(const struct parser *parser, const struct conf_path *path)
{
	const struct conf *conf = parser->conf;

	for (unsigned i = 0; i < parser->depth; i++) {
		const char *variable = conf->command[parser->open[i]].variable;
		if (variable && !strcmp(conf->step[path->first].name, variable))
			return true;
	}
	return false;
}

static bool in_loop(const struct parser *parser)
{
	for (unsigned i = 0; i < parser->depth; i++)
		if (parser->conf->command[parser->open[i]].kind == CONF_FOR)
			return true;
	return false;
}

static err_t take_extent(struct parser *parser, struct conf_command *command)
{
	if (is(parser, "nullify")) {
		command->extent = CONF_NULLIFY;
		next(parser);
	} else if (is(parser, "size")) {
		command->extent = CONF_SIZE;
		next(parser);
		TRY(take_size(parser, command));
	} else if (is(parser, "to")) {
		command->extent = CONF_TO;
		next(parser);
		TRY(take_path(parser, &command->size_path));
	}
	if (!is(parser, "of"))
		return OK;
	if (command->extent != CONF_TO && command->extent != CONF_SIZE)
		return wrong(parser, "'of' needs 'size' or 'to' before it");
	next(parser);
	return take_path(parser, &command->space);
}

static err_t take_erase(struct parser *parser, struct conf_command *command)
{
	struct word begin = parser->word;

	TRY(take_path(parser, &command->path));
	if (in_loop(parser) && !is_variable(parser, &command->path))
		return fail(ERR_USAGE, "%s: Config error at %u:%u: unused iteration variable: "
			    "in a loop, a path begins with its variable", parser->conf->name,
			    begin.line, begin.column);
	return take_extent(parser, command);
}

static const struct along {
	const char *word;
	enum conf_along along;
	bool type, member; /* must be given */
} alongs[] = {
	{ "via",    CONF_VIA,    false, true },
	{ "within", CONF_WITHIN, true,  false },
	{ "tree",   CONF_TREE,   true,  true },
	{ NULL },
};

static err_t take_along(struct parser *parser, struct conf_command *command)
{
	const struct along *along = alongs;

	if (is(parser, "count") || is(parser, "through")) {
		command->along = CONF_COUNT;
		command->and_last = is(parser, "through");
		next(parser);
		return take_size(parser, command);
	}
	while (along->word && !is(parser, along->word))
		along++;
	if (!along->word)
		return OK;
	command->along = along->along;
	next(parser);
	if (!along->type)
		return take_name(parser, 0, &command->member, NULL);
	TRY(take_name(parser, ':', &command->type, &command->member));
	return !along->member || command->member
		       ? OK : wrong(parser, "'tree' needs STRUCT:MEMBER; a member was expected");
}

static err_t take_for(struct parser *parser, struct conf_command *command)
{
	TRY(take_name(parser, 0, &command->variable, NULL));
	if (!is(parser, "in"))
		return wrong(parser, "'in' was expected");
	next(parser);
	TRY(take_path(parser, &command->path));
	return take_along(parser, command);
}

static err_t take_if(struct parser *parser, struct conf_command *command)
{
	TRY(take_path(parser, &command->path));
	if (!is(parser, "is"))
		return wrong(parser, "'is' was expected");
	next(parser);
	char *text = parser->word.text;
	size_t length = parser->word.length;
	if (text && length >= 2 && text[0] == '"' && text[length - 1] == '"') {
		text[length - 1] = 0;
		command->text = text + 1;
	} else if (!text || !to_number(text, &command->size)) {
		return wrong(parser, "a number or a text in double quotes was expected");
	}
	next(parser);
	return OK;
}

/* --- the whole --- */

static const struct verb {
	const char *word, *end; /* end: what closes its body; NULL: it has none */
	enum conf_kind kind;
	err_t (*take)(struct parser *, struct conf_command *);
} verbs[] = {
	[CONF_ERASE] = { "erase", NULL, CONF_ERASE, take_erase },
	[CONF_FOR] = { "for", "endfor", CONF_FOR, take_for },
	[CONF_IF] = { "if", "endif", CONF_IF, take_if },
	{ NULL },
};

/* The end of the innermost loop or if. */
static err_t take_end(struct parser *parser)
{
	struct conf *conf = parser->conf;

	conf->command[parser->open[--parser->depth]].body_end = conf->commands;
	next(parser);
	return OK;
}

static bool ends_body(const struct parser *parser)
{
	const struct conf *conf = parser->conf;

	return parser->depth &&
	       is(parser, verbs[conf->command[parser->open[parser->depth - 1]].kind].end);
}

/* Everything must be closed where a section or the text ends. */
static err_t check_closed(const struct parser *parser)
{
	if (!parser->depth)
		return OK;
	const struct conf_command *open =
		&parser->conf->command[parser->open[parser->depth - 1]];
	return fail(ERR_USAGE, "%s: Config error at %u:%u: No matching '%s' found.",
		    parser->conf->name, open->line, open->column, verbs[open->kind].end);
}

static err_t take_command(struct parser *parser)
{
	struct conf *conf = parser->conf;
	const struct verb *verb = verbs;

	while (verb->word && !is(parser, verb->word))
		verb++;
	if (!verb->word && *parser->word.text == '[')
		return wrong(parser, "a section begins its line and ends with ']'");
	if (!verb->word)
		return wrong(parser, "a command was expected (erase, for, if)");
	if (verb->end && parser->depth == CONF_NESTED_MOST)
		return wrong(parser, "loops are nested too deep: 'endfor' was expected");
	struct conf_command command = { .kind = verb->kind, .line = parser->word.line,
					.column = parser->word.column, .module = parser->module,
					.or_kernel = parser->or_kernel };
	next(parser);
	TRY(verb->take(parser, &command));
	TRY(grow(conf, (void **)&conf->command, &parser->command_room, conf->commands,
		 sizeof(*conf->command)));
	if (verb->end)
		parser->open[parser->depth++] = conf->commands;
	conf->command[conf->commands++] = command;
	return OK;
}

/* [module], or [module|vmlinux]. */
static err_t begin_section(struct parser *parser)
{
	char *name = parser->word.text, *other = strchr(name, '|');

	TRY(check_closed(parser));
	parser->or_kernel = other && !strcmp(other, "|vmlinux");
	if (parser->or_kernel)
		*other = 0;
	parser->module = strcmp(name, "vmlinux") ? name : NULL;
	next(parser);
	return OK;
}

static err_t take_all(struct parser *parser)
{
	next(parser);
	while (parser->word.text) {
		if (parser->word.is_section) {
			TRY(begin_section(parser));
		} else {
			TRY(ends_body(parser) ? take_end(parser) : take_command(parser));
		}
	}
	return check_closed(parser);
}

err_t conf_parse(struct conf *ret, const char *name, const char *text, size_t bytes)
{
	struct parser parser = { .conf = ret, .line = 1 };

	*ret = (struct conf){ .name = name, .bytes = strnlen(text, bytes) };
	ret->text = calloc(1, bytes + 1);
	ret->words = calloc(1, bytes + 1);
	if (!ret->text || !ret->words)
		return fail(ERR_NOMEM, "%s: no memory for %zu bytes", name, bytes);
	memcpy(ret->text, text, ret->bytes);
	memcpy(ret->words, text, ret->bytes);
	err_t result = take_all(&parser);
	if (result == OK && ret->bytes < bytes)
		result = fail(ERR_USAGE, "%s: Config error at %u: a NUL in the text", name,
			      parser.line);
	if (result != OK && parser.depth)
		ret->commands = parser.open[0];
	return result;
}

err_t conf_read(struct conf *ret, const char *name)
{
	FREE_AT_END char *text = NULL;
	size_t bytes = 0;

	*ret = (struct conf){ .name = name };
	TRY(io_slurp(name, CONF_BYTES_MOST, &text, &bytes));
	return conf_parse(ret, name, text, bytes);
}

void conf_free(struct conf *conf)
{
	free(conf->text);
	free(conf->words);
	free(conf->command);
	free(conf->step);
	*conf = (struct conf){ 0 };
}
