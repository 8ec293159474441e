// SPDX-License-Identifier: GPL-2.0-only
/* conf.c - fuzz the language of --config. What is understood must hang together. */
#include "pages/conf.h"

#include <stdlib.h>

static void check(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf conf;

	conf_parse(&conf, "fuzz", (const char *)data, size);
	for (unsigned i = 0; i < conf.commands; i++) {
		const struct conf_command *command = &conf.command[i];
		check(command->path.steps > 0 &&
		      command->path.first + command->path.steps <= conf.steps);
		check(command->size_path.first + command->size_path.steps <= conf.steps);
		check(command->space.first + command->space.steps <= conf.steps);
		check(command->kind == CONF_ERASE ||
		      (command->body_end > i && command->body_end <= conf.commands));
	}
	conf_free(&conf);
	return 0;
}
