// SPDX-License-Identifier: GPL-2.0-only
/* json.c - RFC 8259. */
#include "base/json.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

static void flush(struct json *json)
{
	if (fwrite(json->piece, 1, json->used, json->to) != json->used)
		json->failed = true;
	json->used = 0;
}

static void put(struct json *json, const char *text, size_t length)
{
	for (size_t step; length; text += step, length -= step) {
		if (json->used == JSON_PIECE)
			flush(json);
		step = (size_t)min_u64(length, JSON_PIECE - json->used);
		memcpy(json->piece + json->used, text, step);
		json->used += step;
	}
}

/* How many bytes of well-formed UTF-8 (RFC 3629) the character at `text` has; 0: it is none. */
static size_t utf8_length(const uint8_t *text, size_t length)
{
	uint8_t lead = text[0];
	size_t bytes = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3
		       : lead < 0xf5 ? 4 : 0;
	/* The second byte rules out long forms, surrogates and what is above U+10FFFF. */
	uint8_t least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
	uint8_t most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;

	if (bytes > length)
		return 0;
	for (size_t i = 1; i < bytes; i++) {
		if (text[i] < least || text[i] > most)
			return 0;
		least = 0x80;
		most = 0xbf;
	}
	return bytes;
}

static void put_character(struct json *json, const char *text, size_t bytes)
{
	uint8_t byte = (uint8_t)*text;
	char escape[8];

	if (!bytes) {
		put(json, "\\ufffd", 6);
	} else if (byte < 0x20 || byte == 0x7f) {
		snprintf(escape, sizeof(escape), "\\u%04x", byte);
		put(json, escape, 6);
	} else {
		if (byte == '"' || byte == '\\')
			put(json, "\\", 1);
		put(json, text, bytes);
	}
}

static void put_string(struct json *json, const char *text, size_t length)
{
	put(json, "\"", 1);
	for (size_t step; length && *text; text += step, length -= step) {
		size_t bytes = utf8_length((const uint8_t *)text, length);
		put_character(json, text, bytes);
		step = bytes ? bytes : 1;
	}
	put(json, "\"", 1);
}

static void put_key(struct json *json, const char *key)
{
	if (!json->first)
		put(json, ",", 1);
	json->first = false;
	if (key) {
		put_string(json, key, strlen(key));
		put(json, ":", 1);
	}
}

static void open_level(struct json *json, char open, char close)
{
	assert(json->depth < JSON_DEPTH);
	put(json, &open, 1);
	json->close[json->depth++] = close;
	json->first = true;
}

void json_begin(struct json *json, FILE *to)
{
	*json = (struct json){ .to = to };
	open_level(json, '{', '}');
}

err_t json_end(struct json *json)
{
	while (json->depth)
		json_close(json);
	put(json, "\n", 1);
	flush(json);
	errno = 0;
	if (fflush(json->to) || json->failed)
		return fail(ERR_IO, "Can't write the JSON object. %s",
			    errno ? strerror(errno) : "It was cut off");
	return OK;
}

static void put_value(struct json *json, const char *key, const char *value)
{
	put_key(json, key);
	put(json, value, strlen(value));
}

void json_number(struct json *json, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	put_value(json, key, text);
}

void json_tenths(struct json *json, const char *key, uint64_t tenths)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
	put_value(json, key, text);
}

void json_bool(struct json *json, const char *key, bool value)
{
	put_value(json, key, value ? "true" : "false");
}

void json_null(struct json *json, const char *key)
{
	put_value(json, key, "null");
}

void json_text(struct json *json, const char *key, const char *text, size_t length)
{
	put_key(json, key);
	put_string(json, text, length);
}

void json_object(struct json *json, const char *key)
{
	put_key(json, key);
	open_level(json, '{', '}');
}

void json_list(struct json *json, const char *key)
{
	put_key(json, key);
	open_level(json, '[', ']');
}

void json_close(struct json *json)
{
	put(json, &json->close[--json->depth], 1);
	json->first = false;
}
