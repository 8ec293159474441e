// SPDX-License-Identifier: GPL-2.0-only
/* err.c - the failure sentence of each thread.
 * This buffer is one of the two variables at file scope in the program; see base/fault.c for the
 * other. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char text[ERR_TEXT_BYTES];

err_t fail(err_t code, const char *fmt, ...)
{
	char made[ERR_TEXT_BYTES] = "";
	va_list args;

	va_start(args, fmt);
	vsnprintf(made, sizeof(made), fmt, args); /* arguments may point into text */
	va_end(args);
	memcpy(text, made, sizeof(text));
	return code;
}

err_t within(err_t code, const char *fmt, ...)
{
	if (code == OK) /* mostly, and often */
		return code;

	char made[2 * ERR_TEXT_BYTES + 2] = "";
	va_list args;

	va_start(args, fmt);
	vsnprintf(made, ERR_TEXT_BYTES, fmt, args);
	va_end(args);
	strcat(made, ": ");
	strcat(made, code == ERR_HOLE ? "no such memory in the dump" : text);
	memcpy(text, made, sizeof(text) - 1);
	return code;
}

void err_keep(struct kept_text *kept)
{
	memcpy(kept->text, text, sizeof(text));
}

err_t err_again(err_t code, const struct kept_text *kept)
{
	memcpy(text, kept->text, sizeof(text));
	return code;
}

const char *err_text(void)
{
	return text;
}
